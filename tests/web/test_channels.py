"""The screens about channels: the list, one channel, its slots and its connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Slot
from planner.services.posts import When
from publishers.sandbox import Sandbox
from tests.support import sandboxed
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post
from tests.support.web import Browsing, ClientOf

PAGES = ("/channels", "/channels/{id}")
LEAD_PAGES = ("/channels/{id}/slots",)
ADMIN_PAGES = ("/channels/new", "/channels/new?network=linkedin", "/channels/{id}/connection")

sandbox = sandboxed.seeded


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Wired to the sandbox networks."""
    platform = sandboxed.wired(tmp_path / "instance", any_url, clock, sandbox)
    yield platform
    platform.close()


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.alice)
    client.send("/language", language="en")
    return client


def account(sandbox: Sandbox, network: str) -> dict[str, str]:
    """The form fields that connect the sandbox's account of a network."""
    given = next(a for a in sandbox.credentials() if a["network"] == network)
    names = {"linkedin": ("author", "access_token"), "facebook": ("page_id", "access_token")}[network]
    return {f"credentials.{name}": given[name] for name in names}


def stored(platform: Platform, channel_id: int) -> Channel:
    with platform.database.read() as session:
        channel = session.get_one(Channel, channel_id)
        assert channel.slots is not None
        return channel


def test_everyone_sees_channels_and_only_admins_change_them(
    client_of: ClientOf, company: Company, linkedin: Channel
) -> None:
    for actor in (company.alice, company.charlie, company.rita):
        assert all(client_of(actor).get(page.format(id=linkedin.id)).status_code == 200 for page in PAGES)
    for page in LEAD_PAGES:
        assert client_of(company.bob).get(page.format(id=linkedin.id)).status_code == 200
        assert client_of(company.charlie).get(page.format(id=linkedin.id)).status_code == 403
    for page in ADMIN_PAGES:
        assert client_of(company.alice).get(page.format(id=linkedin.id)).status_code == 200
        assert client_of(company.charlie).get(page.format(id=linkedin.id)).status_code == 403
    assert "Slots" not in client_of(company.rita).get("/channels/new").text


def test_an_outsider_finds_no_channel(client_of: ClientOf, company: Company, linkedin: Channel) -> None:
    oscar = client_of(company.oscar)
    assert linkedin.name not in oscar.get("/channels").text
    for page in (f"/channels/{linkedin.id}", f"/channels/{linkedin.id}/slots", f"/channels/{linkedin.id}/connection"):
        assert oscar.get(page).status_code == 404
    assert oscar.send(f"/channels/{linkedin.id}/archive").status_code == 404


def test_the_list_says_health_next_post_and_rhythm(
    alice: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    tomorrow = platform.clock.now() + timedelta(days=1)
    make_post(platform, company.bob, [linkedin], When(at=tomorrow), approve=True)
    with platform.database.write() as session:
        session.get_one(Channel, linkedin.id).reconnect_since = platform.clock.now()
    page = alice.get("/channels").text
    assert "Reconnect now" in page
    assert "Tue, 17 Mar 2026, 10:00" in page
    assert "1 of 2" in page


def test_the_list_says_what_keeps_a_connected_channel_back(
    alice: Browsing, platform: Platform, linkedin: Channel
) -> None:
    connected = {"credentials": platform.vault.seal({"access_token": "x"}), "missing": ["w_organization_social"]}
    rehearsing = {**connected, "rehearsing_since": platform.clock.now()}
    waiting = {"throttled_until": platform.clock.now() + timedelta(minutes=9)}
    said = {
        "limit": "limit is reached. It goes on by itself on Mon, 16 Mar 2026, 10:09.",
        "unreachable": "could not be reached. It is tried again by itself on Mon, 16 Mar 2026, 10:09.",
    }
    for reason, sentence in said.items():
        with platform.database.write() as session:
            values = {**rehearsing, **waiting, "throttle_reason": reason}
            session.execute(update(Channel).where(Channel.id == linkedin.id).values(**values))
        page = alice.get("/channels").text
        assert sentence in page
        assert "Nothing of it reaches the public." in page
        assert "Permissions are missing" in page
    assert "It is tried again by itself on Mon, 16 Mar 2026, 10:09." in alice.get(f"/channels/{linkedin.id}").text


def test_connecting_asks_the_network_and_shows_whose_account_it_is(
    alice: Browsing, platform: Platform, sandbox: Sandbox
) -> None:
    answer = alice.send("/channels/new", network="linkedin", name="", **account(sandbox, "linkedin"))
    assert answer.status_code == 302
    assert answer.location.endswith("/slots")
    page = alice.get(answer.location).text
    assert "Connected as" in page
    with platform.database.read() as session:
        channel = session.query(Channel).one()
    assert channel.verified_at == platform.clock.now()
    assert sandbox.credentials()[0]["access_token"] not in str(channel.credentials)


def test_a_refused_connection_stores_nothing_and_keeps_all_but_the_secret(
    alice: Browsing, platform: Platform, sandbox: Sandbox
) -> None:
    fields = account(sandbox, "linkedin") | {"credentials.access_token": "not-the-token"}
    answer = alice.send("/channels/new", network="linkedin", name="Unsere Seite", **fields)
    assert answer.status_code == 422
    assert "The network did not accept this connection" in answer.text
    assert 'value="Unsere Seite"' in answer.text
    assert fields["credentials.author"] in answer.text
    assert "not-the-token" not in answer.text
    with platform.database.read() as session:
        assert session.query(Channel).count() == 0


def test_what_came_along_when_a_token_was_copied_is_taken_off(alice: Browsing, sandbox: Sandbox) -> None:
    fields = account(sandbox, "linkedin")
    token = fields["credentials.access_token"]
    fields["credentials.access_token"] = f" “{token[:9]}\n{token[9:]}\u200b” "
    assert alice.send("/channels/new", network="linkedin", **fields).status_code == 302


def test_a_malformed_author_is_said_at_its_field_before_the_network_is_asked(alice: Browsing, sandbox: Sandbox) -> None:
    fields = account(sandbox, "linkedin") | {"credentials.author": "linkedin.com/company/brandt"}
    answer = alice.send("/channels/new", network="linkedin", **fields)
    assert answer.status_code == 422
    assert "does not look right. It looks like this: urn:li:organization:" in answer.text
    assert 'id="field-author-error"' in answer.text
    assert sandbox.requests("linkedin") == []


@pytest.mark.parametrize("fault", ["reset", "throttled"])
def test_a_network_that_gives_no_answer_did_not_refuse(
    alice: Browsing, platform: Platform, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.add(fault, "linkedin", None)
    answer = alice.send("/channels/new", network="linkedin", **account(sandbox, "linkedin"))
    assert answer.status_code == 422
    assert "LinkedIn could not be asked" in answer.text
    assert "Nothing was stored." in answer.text
    assert "did not accept" not in answer.text
    with platform.database.read() as session:
        assert session.query(Channel).count() == 0


def test_where_permissions_are_missing_the_account_is_named_with_them(alice: Browsing, sandbox: Sandbox) -> None:
    user = sandbox.world.directory.token("facebook", "EAABsandboxBrandtUser")
    assert user
    sandbox.world.directory.grant(replace(user, value="weak", scopes=user.scopes - {"pages_manage_posts"}))
    fields = account(sandbox, "facebook") | {"credentials.access_token": "weak"}
    answer = alice.send("/channels/new", network="facebook", **fields)
    assert answer.status_code == 422
    assert "This is “Brandt Maschinenbau”, but these permissions are missing: pages_manage_posts." in answer.text


def test_a_permission_that_only_figures_need_keeps_nobody_from_connecting_and_is_said(
    alice: Browsing, platform: Platform, sandbox: Sandbox
) -> None:
    user = sandbox.world.directory.token("facebook", "EAABsandboxBrandtUser")
    assert user
    sandbox.world.directory.grant(replace(user, value="blind-to-figures", scopes=user.scopes - {"read_insights"}))
    fields = account(sandbox, "facebook") | {"credentials.access_token": "blind-to-figures"}
    answer = alice.send("/channels/new", network="facebook", **fields)
    said = alice.get(answer.location).text
    assert "Connected as Brandt Maschinenbau." in said
    assert "Without it, there are no figures." in said
    with platform.database.read() as session:
        assert session.query(Channel).one().missing == ["read_insights"]


def test_a_missing_credential_is_said_at_its_field_by_its_label(alice: Browsing) -> None:
    answer = alice.send("/channels/new", network="linkedin", **{"credentials.author": "urn:li:organization:1"})
    assert answer.status_code == 422
    assert "“Access token” is missing." in answer.text


def test_the_same_account_is_not_connected_twice(alice: Browsing, sandbox: Sandbox) -> None:
    alice.send("/channels/new", network="linkedin", name="Erste", **account(sandbox, "linkedin"))
    answer = alice.send("/channels/new", network="linkedin", name="Zweite", **account(sandbox, "linkedin"))
    assert answer.status_code == 422
    assert "connected already, as “Erste”" in answer.text


def test_xing_without_credentials_is_published_by_hand(alice: Browsing, platform: Platform) -> None:
    assert alice.send("/channels/new", network="xing", name="Von Hand").status_code == 302
    page = alice.get("/channels").text
    assert "By hand" in page


def test_new_credentials_for_the_same_account_end_the_reconnect(
    alice: Browsing, platform: Platform, sandbox: Sandbox
) -> None:
    alice.send("/channels/new", network="linkedin", **account(sandbox, "linkedin"))
    with platform.database.write() as session:
        channel = session.query(Channel).one()
        channel.reconnect_since = platform.clock.now()
        channel_id = channel.id
    fields = account(sandbox, "linkedin")
    assert alice.send(f"/channels/{channel_id}/connection", network="linkedin", **fields).status_code == 302
    assert stored(platform, channel_id).reconnect_since is None


def test_an_unknown_network_is_not_found(alice: Browsing) -> None:
    assert alice.get("/channels/new?network=myspace").status_code == 404


def test_slots_are_set_by_weekday_and_the_page_shows_them(
    alice: Browsing, platform: Platform, linkedin: Channel
) -> None:
    fields = {"weekday": ["0", "4"], "time": ["08:15", "16:00"], "category": ["", ""]}
    assert alice.send(f"/channels/{linkedin.id}/slots", **fields).status_code == 302
    slots = [(s.weekday, f"{s.wall_time:%H:%M}") for s in stored(platform, linkedin.id).slots]
    assert slots == [(0, "08:15"), (4, "16:00")]
    assert "08:15" in alice.get(f"/channels/{linkedin.id}").text


def test_an_empty_line_is_no_slot(alice: Browsing, platform: Platform, linkedin: Channel) -> None:
    fields = {"weekday": ["0", "0"], "time": ["", "09:00"], "category": ["", ""]}
    alice.send(f"/channels/{linkedin.id}/slots", **fields)
    assert len(stored(platform, linkedin.id).slots) == 1


@pytest.mark.parametrize(
    ("times", "sentence"),
    [(("09:00", "09:00"), "there already"), (("09:00", "half past"), "Enter a time of day from 00:00 to 23:59")],
)
def test_a_wrong_slot_is_said_at_its_line_and_nothing_typed_is_lost(
    alice: Browsing, platform: Platform, linkedin: Channel, times: tuple[str, str], sentence: str
) -> None:
    fields = {"weekday": ["2", "2"], "time": list(times), "category": ["", ""]}
    answer = alice.send(f"/channels/{linkedin.id}/slots", **fields)
    assert answer.status_code == 422
    assert 'id="slot-error-1"' in answer.text
    assert sentence in answer.text
    assert f'value="{times[1]}"' in answer.text
    assert len(stored(platform, linkedin.id).slots) == 2


def test_clock_changes_are_told_beside_the_slots(alice: Browsing, platform: Platform, company: Company) -> None:
    night = make_channel(platform.database, company, platform.clock.now(), "facebook", [(6, "02:30")])
    page = alice.get(f"/channels/{night.id}").text
    assert "On 29 March 2026 the clocks go forward: the slot at 02:30 does not exist that day" in page
    assert "On 25 October 2026 the clocks go back" in page


def test_settings_are_saved(alice: Browsing, platform: Platform, company: Company, linkedin: Channel) -> None:
    fields = {"name": "Neuer Name", "rhythm_per_week": "3", "missed_after_seconds": "14400"}
    owner = str(company.bob.user_id)
    assert alice.send(f"/channels/{linkedin.id}/settings", owner=owner, **fields).status_code == 302
    channel = stored(platform, linkedin.id)
    assert (channel.name, channel.rhythm_per_week, channel.missed_after_seconds, channel.owner_id) == (
        "Neuer Name",
        3,
        14400,
        company.bob.user_id,
    )


def test_an_empty_rhythm_takes_it_away(alice: Browsing, platform: Platform, linkedin: Channel) -> None:
    fields = {"name": "Brandt", "rhythm_per_week": "", "missed_after_seconds": "7200"}
    alice.send(f"/channels/{linkedin.id}/settings", **fields)
    assert stored(platform, linkedin.id).rhythm_per_week is None


def test_wrong_settings_are_said_at_their_field_and_stay_typed(
    alice: Browsing, platform: Platform, linkedin: Channel
) -> None:
    fields = {"name": " ", "rhythm_per_week": "many", "missed_after_seconds": "7200", "profile_url": "javascript:x"}
    answer = alice.send(f"/channels/{linkedin.id}/settings", **fields)
    assert answer.status_code == 422
    for said in ("Enter a number from 0 to 100.", 'id="field-name-error"', 'id="field-profile_url-error"'):
        assert said in answer.text, "all of them at once"
    assert 'value="many"' in answer.text
    fields |= {"rhythm_per_week": "some", "name": "Neu", "profile_url": ""}
    assert alice.send(f"/channels/{linkedin.id}/settings", **fields).status_code == 422
    assert stored(platform, linkedin.id).name == "Brandt", "nothing of it is stored"
    fields |= {"rhythm_per_week": "3", "name": "x" * 201}
    assert "at most 200 characters" in alice.send(f"/channels/{linkedin.id}/settings", **fields).text


def test_anyone_who_writes_may_pause_and_a_lead_resumes(
    client_of: ClientOf, platform: Platform, company: Company, linkedin: Channel
) -> None:
    rita, charlie, bob = (client_of(actor) for actor in (company.rita, company.charlie, company.bob))
    assert rita.send(f"/channels/{linkedin.id}/pause", reason="Nein").status_code == 403
    charlie.send(f"/channels/{linkedin.id}/pause", reason="Falsche Zahlen im Umlauf")
    assert stored(platform, linkedin.id).paused_at is not None
    assert "Falsche Zahlen im Umlauf" in rita.get(f"/channels/{linkedin.id}").text
    assert charlie.send(f"/channels/{linkedin.id}/pause/release").status_code == 403
    bob.send(f"/channels/{linkedin.id}/pause/release")
    assert stored(platform, linkedin.id).paused_at is None


def test_a_pause_needs_a_reason(alice: Browsing, platform: Platform, linkedin: Channel) -> None:
    assert 'id="field-reason-error"' in alice.send(f"/channels/{linkedin.id}/pause", reason=" ").text
    long = "x" * 501
    answer = alice.send(f"/channels/{linkedin.id}/pause", reason=long)
    assert (answer.status_code, long in answer.text) == (422, True)
    assert stored(platform, linkedin.id).paused_at is None


def test_archiving_cancels_what_is_planned_and_erases_the_credentials(
    alice: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    make_post(platform, company.charlie, [linkedin], When(queue=True))
    assert "1 planned post is cancelled" in alice.get(f"/channels/{linkedin.id}").text
    assert alice.send(f"/channels/{linkedin.id}/archive").location == "/channels"
    channel = stored(platform, linkedin.id)
    assert channel.archived_at is not None
    assert channel.credentials is None
    with platform.database.read() as session:
        assert session.query(Delivery).one().state is DeliveryState.CANCELLED
        assert session.query(Slot).count() == 2
    assert alice.get(f"/channels/{linkedin.id}").status_code == 404


def test_a_channel_that_is_sending_is_not_archived(
    alice: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    make_post(platform, company.charlie, [linkedin], When(queue=True))
    with platform.database.write() as session:
        session.query(Delivery).one().state = DeliveryState.SENDING
    alice.send(f"/channels/{linkedin.id}/archive")
    assert stored(platform, linkedin.id).archived_at is None
    assert "is sending a post right now" in alice.get("/channels").text


def test_a_channels_page_says_what_its_access_lacks_and_what_to_do_about_a_version_that_is_over(
    alice: Browsing, platform: Platform, company: Company, linkedin: Channel
) -> None:
    advice = {
        "advice": "version", "network": "LinkedIn", "setting": "SENDEPLAN_LINKEDIN_API_VERSION", "version": "202401",
        "newer": "202609", "listed_at": "https://learn.microsoft.com/linkedin/marketing/versioning",
    }  # fmt: skip
    with platform.database.write() as session:
        channel = session.get_one(Channel, linkedin.id)
        channel.missing = ["r_organization_social"]
        channel.paused_at, channel.paused_by = platform.clock.now(), "Sendeplan"
        channel.pause_reason, channel.pause_advice = "Requested version is not active", advice
    page = alice.get(f"/channels/{linkedin.id}").text
    assert "Permissions are missing" in page
    assert "<code>r_organization_social</code>" in page
    assert "SENDEPLAN_LINKEDIN_API_VERSION" in page
    assert "202609" in page
    assert "Requested version is not active" in page
    assert "202609" in alice.get("/channels").text
