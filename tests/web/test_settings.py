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


def test_a_new_zone_moves_the_queue_and_leaves_fixed_times(
    alice: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    fixed = platform.clock.now() + timedelta(hours=50)
    queued = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    timed = make_post(platform, company.bob, [linkedin], When(at=fixed), approve=True, text="Fest.")
    answer = alice.send_and_follow("/settings/workspace", **(FIELDS | {"zone": "America/New_York"}))
    assert "1 queued post moved" in answer.text
    with platform.database.read() as session:
        moments = {d.post_id: d.publish_at for d in session.query(Delivery)}
    assert moments[timed.id] == fixed
    assert f"{moments[queued.id]:%H:%M}" == "13:00"


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
