"""Checking a channel's connection, by a person and by the clock, against the sandbox networks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Notice
from planner.services import channels, checkup, verifying
from planner.services.errors import Conflict, Forbidden, Invalid
from planner.services.posts import When
from planner.services.verifying import Outcome
from publishers import registry
from publishers.sandbox import Sandbox
from tests.support.clock import FakeClock
from tests.support.databases import on_one_kind
from tests.support.factories import Company, make_channel, make_post

PAGE = {"page_id": "104872951638204", "access_token": "EAABsandboxBrandtPage"}
X = {
    "user_id": "1502893746120984576", "access_token": "sandbox-x-brandt-access",
    "refresh_token": "sandbox-x-brandt-refresh",
}  # fmt: skip
LINKEDIN = {"author": "urn:li:organization:78214563", "access_token": "AQXsandboxBrandtLinkedIn"}

pytestmark = on_one_kind


def connected(platform: Platform, company: Company, network: str, credentials: dict[str, str], **more: Any) -> Channel:
    account = {"facebook": "page_id", "twitter": "user_id", "linkedin": "author"}[network]
    more.setdefault("remote_account_id", credentials[account])
    sealed = platform.vault.seal(credentials)
    return make_channel(platform.database, company, platform.clock.now(), network, credentials=sealed, **more)


def now_of(platform: Platform, channel: Channel) -> Channel:
    with platform.database.read() as session:
        return session.get_one(Channel, channel.id)


def told(platform: Platform) -> list[tuple[str, dict[str, object]]]:
    with platform.database.read() as session:
        return [(n.kind, n.data) for n in session.scalars(select(Notice).order_by(Notice.id))]


def test_a_connection_that_works_is_noted_with_its_permissions(platform: Platform, company: Company) -> None:
    channel = connected(platform, company, "facebook", PAGE)
    for actor in (company.bob, company.charlie, company.rita):
        with pytest.raises(Forbidden):
            verifying.check(platform, actor, channel.id)
    checked = verifying.check(platform, company.alice, channel.id)
    assert (checked.outcome, checked.account, checked.permissions_known) == (Outcome.FINE, "Brandt Maschinenbau", True)
    stored = now_of(platform, channel)
    assert (stored.verified_at, stored.missing) == (platform.clock.now(), [])
    by_hand = make_channel(platform.database, company, platform.clock.now(), "xing")
    with pytest.raises(Conflict, match="no_connection"):
        verifying.check(platform, company.alice, by_hand.id)


def test_a_permission_that_was_taken_away_is_told_by_the_clock_before_a_post_fails(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    page = connected(platform, company, "facebook", PAGE)
    x = connected(platform, company, "twitter", X)
    assert verifying.check_due(platform) == 1, "X is not asked: reading there costs money"
    assert verifying.check_due(platform) == 0, "once a day"
    sandbox.withdraw("facebook", PAGE["page_id"], "read_insights")
    clock.advance(hours=24)
    verifying.check_due(platform)
    assert now_of(platform, page).missing == ["read_insights"]
    assert now_of(platform, page).reconnect_since is None
    assert {kind for kind, _ in told(platform)} == {"channel_lacks"}
    first = len(told(platform))
    clock.advance(hours=24)
    verifying.check_due(platform)
    assert len(told(platform)) == first, "told once"

    sandbox.withdraw("facebook", PAGE["page_id"], "pages_manage_posts")
    clock.advance(hours=24)
    verifying.check_due(platform)
    held = now_of(platform, page)
    assert (held.reconnect_since, held.reconnect_advice) == (
        clock.now(), {"advice": "permission", "permissions": ["pages_manage_posts"]},
    )  # fmt: skip
    assert "channel_reconnect" in {kind for kind, _ in told(platform)}
    assert now_of(platform, x).verified_at is None


@pytest.mark.parametrize(("fault", "options"), [("reset", {}), ("throttled", {}), ("error", {"status": 503})])
def test_a_network_that_cannot_be_asked_changes_nothing(
    platform: Platform, company: Company, sandbox: Sandbox, fault: str, options: dict[str, int]
) -> None:
    channel = connected(platform, company, "linkedin", LINKEDIN, missing=["r_organization_social"])
    sandbox.faults.add(fault, "linkedin", None, **options)
    assert verifying.check(platform, company.alice, channel.id).outcome is Outcome.UNREACHABLE
    assert verifying.check_due(platform) == 0
    stored = now_of(platform, channel)
    assert (stored.reconnect_since, stored.missing, stored.verified_at) == (None, ["r_organization_social"], None)
    assert told(platform) == []


def test_a_page_that_vanished_another_account_and_an_ended_token_each_hold_the_channel_and_lose_nothing(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    vanished = connected(platform, company, "facebook", {**PAGE, "page_id": "4711"})
    other = connected(platform, company, "linkedin", LINKEDIN, remote_account_id="urn:li:organization:1")
    ended = connected(platform, company, "twitter", {"user_id": X["user_id"], "access_token": "no-such-token"})
    post = make_post(platform, company.bob, [vanished], When(at=clock.now() + timedelta(hours=1)), approve=True)
    outcomes = [verifying.check(platform, company.alice, c.id).outcome for c in (vanished, other, ended)]
    assert outcomes == [Outcome.GONE, Outcome.OTHER_ACCOUNT, Outcome.ENDED]
    for channel in (vanished, other, ended):
        stored = now_of(platform, channel)
        assert (stored.reconnect_since, stored.credentials) == (clock.now(), channel.credentials)
        assert stored.reconnect_reason
    with platform.database.read() as session:
        assert session.query(Delivery).filter_by(post_id=post.id).one().state is DeliveryState.SCHEDULED


def test_access_that_has_run_out_is_renewed_before_it_is_called_ended(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    sandbox.add_account("twitter", X["user_id"], "Brandt", "ran-out", refresh="renews", expires_at=clock.now())
    run_out = {**X, "access_token": "ran-out", "refresh_token": "renews"}
    channel = connected(platform, company, "twitter", run_out, renews=True)
    sandbox.faults.add("reset", "twitter", "refresh", count=1)
    assert verifying.check(platform, company.alice, channel.id).outcome is Outcome.UNREACHABLE
    assert now_of(platform, channel).reconnect_since is None
    clock.advance(minutes=10)
    checked = verifying.check(platform, company.alice, channel.id)
    assert (checked.outcome, checked.permissions_known) == (Outcome.FINE, True)
    assert now_of(platform, channel).credentials_version == channel.credentials_version + 1


def test_a_channel_whose_same_access_works_again_goes_on_once_a_person_had_it_checked(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company, "facebook", PAGE, reconnect_since=clock.now(), reconnect_reason="…")
    post = make_post(platform, company.bob, [channel], When(at=clock.now() + timedelta(hours=1)), approve=True)
    with platform.database.write() as session:
        delivery = session.query(Delivery).filter_by(post_id=post.id).one()
        delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, "reconnect"
    assert verifying.check_due(platform) == 0
    assert verifying.check(platform, company.alice, channel.id).resumed
    assert now_of(platform, channel).reconnect_since is None
    with platform.database.read() as session:
        assert session.query(Delivery).filter_by(post_id=post.id).one().state is DeliveryState.SCHEDULED


def test_the_doctor_names_what_is_stored_and_with_leave_what_the_networks_say_now(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    page = connected(platform, company, "facebook", PAGE, missing=["pages_manage_engagement"])
    connected(platform, company, "linkedin", LINKEDIN, remote_account_id="urn:li:organization:1")

    def found(*, online: bool) -> list[tuple[str, str]]:
        looked = checkup.examine(platform, environ={}, online=online)
        return [(f.code, str(f.params.get("permission", ""))) for f in looked if f.area == "channels"]

    assert found(online=False) == [("channel_lacks", "pages_manage_engagement")]
    sandbox.withdraw("facebook", PAGE["page_id"], "pages_manage_posts", "read_insights")
    assert [one for one in found(online=True) if one[0] != "channels_fine"] == [
        ("channel_unfit", "pages_manage_posts"), ("channel_lacks", "read_insights"), ("connection_other_account", ""),
    ]  # fmt: skip
    stored = now_of(platform, page)
    assert (stored.missing, stored.reconnect_since) == (["pages_manage_engagement"], None), "it only looks"


def test_credentials_of_another_account_than_was_typed_are_not_connected(platform: Platform) -> None:
    with pytest.raises(Invalid) as caught:
        channels.ask_network(platform.connections, "twitter", {**X, "user_id": "1733890412265500672"})
    assert [error.code for error in caught.value.errors] == ["credentials_of_another"]


def test_an_adapter_that_fails_at_one_channel_keeps_none_of_the_others_from_being_checked(
    platform: Platform, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = connected(platform, company, "facebook", PAGE)
    linkedin = connected(platform, company, "linkedin", LINKEDIN)

    def fails(*_: object) -> Any:
        raise ZeroDivisionError("nobody thought of this")

    broken = replace(registry.network("facebook"), connect=fails)
    installed = {**registry.networks(), "facebook": broken}
    monkeypatch.setattr(registry, "_networks", lambda: installed)

    assert verifying.check_due(platform) == 1

    stored = now_of(platform, page)
    assert (stored.verified_at, stored.reconnect_since) == (None, None)
    assert now_of(platform, linkedin).verified_at == platform.clock.now()
