"""The workspace's settings, keys for scripts, and one's own name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from planner.bootstrap import Platform
from planner.models import ApiToken, Channel, Delivery, User, Workspace
from planner.services import tokens
from planner.services.posts import When
from tests.support.factories import Company, make_post
from tests.support.web import Browsing, ClientOf

FIELDS = {
    "name": "Brandt AG",
    "zone": "Europe/Vienna",
    "language": "en",
    "weekly_weekday": "4",
    "weekly_time": "15:30",
}


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.alice)
    client.send("/language", language="en")
    return client


def workspace(platform: Platform, company: Company) -> Workspace:
    with platform.database.read() as session:
        return session.get_one(Workspace, company.workspace.id)


def test_everyone_sees_how_it_is_set_and_only_admins_change_it(client_of: ClientOf, company: Company) -> None:
    for actor in (company.bob, company.charlie, company.rita):
        client = client_of(actor)
        page = client.get("/settings").text
        assert "Europe/Berlin" in page
        assert "token_name" not in page
        for path in ("workspace", "tokens", "tokens/1/revocation"):
            assert client.send(f"/settings/{path}", **FIELDS).status_code == 403


def test_settings_are_saved(alice: Browsing, platform: Platform, company: Company) -> None:
    assert alice.send("/settings/workspace", **FIELDS).status_code == 302
    place = workspace(platform, company)
    assert (place.name, place.zone, place.language, place.approval_required) == (
        "Brandt AG",
        "Europe/Vienna",
        "en",
        False,
    )
    assert (place.weekly_weekday, f"{place.weekly_time:%H:%M}") == (4, "15:30")
    assert not place.answers_need_approval
    alice.send("/settings/workspace", **FIELDS, answers_need_approval="on")
    assert workspace(platform, company).answers_need_approval


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("zone", "Europe/Atlantis"),
        ("language", "fr"),
        ("weekly_weekday", "8"),
        ("weekly_time", "early"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_stored(
    alice: Browsing, platform: Platform, company: Company, field: str, value: str
) -> None:
    answer = alice.send("/settings/workspace", **(FIELDS | {field: value}))
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert workspace(platform, company).name == "Brandt Maschinenbau"
    if field != "name":
        assert 'value="Brandt AG"' in answer.text


def test_a_new_zone_shows_what_it_does_and_asks_about_fixed_times_before_anything_is_saved(
    alice: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    now = platform.clock.now()
    queued = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    one, two = (
        make_post(platform, company.bob, [linkedin], When(at=now + timedelta(hours=h)), approve=True, text=f"In {h}")
        for h in (50, 51)
    )
    wanted = FIELDS | {"zone": "America/New_York"}

    asked = alice.send("/settings/workspace", **wanted)

    assert workspace(platform, company).zone == "Europe/Berlin"
    for shown in ("Wed, 18 Mar 2026, 12:00", "Wed, 18 Mar 2026, 17:00", "Wed, 18 Mar 2026, 07:00", "In 50", "In 51"):
        assert shown in asked.text
    assert 'value="Brandt AG"' in asked.text
    refused = alice.send("/settings/workspace", **wanted, asked="yes")
    assert (refused.status_code, workspace(platform, company).zone) == (422, "Europe/Berlin")

    ids = delivery_ids(platform)
    choices = {"asked": "yes", "keep": "clock", f"keep-{ids[two.id]}": "moment"}
    saved = alice.send_and_follow("/settings/workspace", **wanted, **choices)

    assert "1 queued post moved. 1 keeps its time on the clock. 1 keeps its moment." in saved.text
    assert times_of(platform) == {queued.id: "17 13:00", one.id: "18 16:00", two.id: "18 12:00"}
    undo = re.search(r"/times/zone/\d+/undo", saved.text)
    assert undo is not None
    assert "The former time zone is back. 3 posts have" in alice.send_and_follow(undo[0]).text
    assert times_of(platform) == {queued.id: "17 08:00", one.id: "18 11:00", two.id: "18 12:00"}
    assert workspace(platform, company).zone == "Europe/Berlin"


def test_a_time_that_would_be_past_is_said_at_its_post_and_the_choices_stay(
    alice: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    for hours in (1, 40):
        at = platform.clock.now() + timedelta(hours=hours)
        make_post(platform, company.bob, [linkedin], When(at=at), approve=True, text=f"In {hours}")
    wanted = FIELDS | {"zone": "Asia/Tokyo"}
    assert "would be past" in alice.send("/settings/workspace", **wanted).text

    refused = alice.send("/settings/workspace", **wanted, asked="yes", keep="clock")

    first = min(delivery_ids(platform).values())
    assert refused.status_code == 422
    assert f'id="keep-{first}-error"' in refused.text
    assert workspace(platform, company).zone == "Europe/Berlin"


def test_changed_rules_ask_on_the_same_page(
    client_of: ClientOf, platform: Platform, company: Company, linkedin: Channel
) -> None:
    at = platform.clock.now() + timedelta(hours=50)
    make_post(platform, company.bob, [linkedin], When(at=at), approve=True, text="Fest.")
    charlie, rita = client_of(company.charlie), client_of(company.rita)
    assert "Fest." not in charlie.get("/times").text
    with platform.database.write() as session:  # as if the clock of Berlin had been an hour further when it was planned
        session.query(Delivery).one().wall_time = "2026-03-18T13:00"

    assert "Fest." in charlie.get("/times").text
    assert rita.send("/times", keep="clock").status_code == 403
    assert charlie.send("/times").status_code == 422
    done = charlie.send_and_follow("/times", keep="clock")

    assert list(times_of(platform).values()) == ["18 12:00"]
    undo = re.search(r"/times/rules/\d+/undo", done.text)
    assert undo is not None
    charlie.send(undo[0])
    assert list(times_of(platform).values()) == ["18 11:00"]


def times_of(platform: Platform) -> dict[int, str]:
    """When each post goes out: day, hour and minute in UTC."""
    with platform.database.read() as session:
        return {d.post_id: f"{d.publish_at:%d %H:%M}" for d in session.query(Delivery)}


def delivery_ids(platform: Platform) -> dict[int, int]:
    with platform.database.read() as session:
        return {d.post_id: d.id for d in session.query(Delivery)}


def test_a_token_is_shown_once_and_works_until_it_is_revoked(alice: Browsing, platform: Platform) -> None:
    page = alice.send("/settings/tokens", token_name="Intranet", role="reader").text
    found = re.search(r'id="new-token"[^>]*>([^<]+)<', page)
    assert found is not None
    assert found[1] not in alice.get("/settings").text
    with platform.database.read() as session:
        token = tokens.identify(session, found[1])
        assert token is not None
        assert token.token_hash != found[1]
    assert alice.send(f"/settings/tokens/{token.id}/revocation").status_code == 302
    with platform.database.read() as session:
        assert tokens.identify(session, found[1]) is None
    assert "Intranet" not in alice.get("/settings").text.split("tokens-title")[1]


def test_a_token_needs_a_name(alice: Browsing, platform: Platform) -> None:
    answer = alice.send("/settings/tokens", token_name=" ", role="admin")
    assert answer.status_code == 422
    assert 'id="field-token_name-error"' in answer.text
    with platform.database.read() as session:
        assert session.query(ApiToken).count() == 0


def test_an_outsider_revokes_no_token(client_of: ClientOf, alice: Browsing, company: Company) -> None:
    alice.send("/settings/tokens", token_name="Intranet", role="reader")
    assert client_of(company.oscar).send("/settings/tokens/1/revocation").status_code == 404


def test_a_person_changes_the_own_name(client_of: ClientOf, platform: Platform, company: Company) -> None:
    rita = client_of(company.rita)
    assert rita.send("/account/profile", name="Rita Sommer").status_code == 302
    with platform.database.read() as session:
        assert session.get_one(User, company.rita.user_id).name == "Rita Sommer"
    answer = rita.send("/account/profile", name=" ")
    assert answer.status_code == 422
    assert 'id="field-name-error"' in answer.text
