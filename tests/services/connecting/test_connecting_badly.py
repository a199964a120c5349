"""Connecting by consent where it goes wrong: nothing is stored, and nothing that was there is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.bootstrap import Platform
from planner.models import Channel
from planner.services import connecting
from planner.services.errors import Conflict, Forbidden, NotFound
from publishers.sandbox import Sandbox
from tests.services.connecting.tripping import SESSION, all_channels, begin, choose, come_back, rows
from tests.support.clock import FakeClock
from tests.support.consenting import brought, decide
from tests.support.factories import Company, make_channel


@pytest.fixture
def database_url(any_url: str) -> str:
    """What goes wrong here goes wrong alike on both kinds of database."""
    return any_url


def test_the_wrong_account_changes_nothing_and_can_become_a_channel_of_its_own(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    now = platform.clock.now()
    sealed = platform.vault.seal({"user_id": "1502893746120984576", "access_token": "old"})
    channel = make_channel(
        platform.database, company, now, "twitter", name="@brandt", remote_account_id="1502893746120984576",
        credentials=sealed,
    )  # fmt: skip
    address = begin(platform, company.alice, "twitter", channel)
    parameters = brought(decide(address, account="1733890412265500672"))
    arrival = come_back(platform, company.alice, "twitter", parameters)
    assert arrival.reconnected is None
    with platform.database.read() as session:
        offered = connecting.choice(session, platform, company.alice, arrival.begun_id, SESSION)
        assert session.get_one(Channel, channel.id).credentials == sealed
    assert offered.expected is not None
    assert (offered.expected.name, [o.id for o in offered.options]) == ("@brandt", ["1733890412265500672"])
    [new] = choose(platform, company.alice, arrival.begun_id, "1733890412265500672").connected
    assert (new.id != channel.id, new.renews) == (True, True)
    assert [c.credentials for c in all_channels(platform) if c.id == channel.id] == [sealed]


def test_an_account_that_is_connected_already_is_renewed_instead_of_doubled(
    platform: Platform, company: Company
) -> None:
    for _ in range(2):
        arrival = come_back(platform, company.alice, "xing", brought(decide(begin(platform, company.alice, "xing"))))
        choose(platform, company.alice, arrival.begun_id, "28471936_5f3c9a")
    [channel] = all_channels(platform)
    assert channel.credentials_version == 2


def test_a_trip_belongs_to_one_person_session_workspace_and_network_and_ends(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    parameters = brought(decide(begin(platform, company.alice, "linkedin")))
    strangers = [
        (company.oscar, "linkedin", SESSION, "consent_foreign"),
        (company.alice, "linkedin", "another-session", "consent_foreign"),
        (company.alice, "facebook", SESSION, "consent_unknown"),
    ]
    for actor, network, session, code in strangers:
        with pytest.raises(Conflict, match=code):
            come_back(platform, actor, network, parameters, session)
    with pytest.raises(Conflict, match="consent_unknown"):
        come_back(platform, company.alice, "linkedin", {**parameters, "state": "forged"})
    with pytest.raises(Forbidden):
        come_back(platform, company.bob, "linkedin", parameters)
    clock.advance(timedelta(minutes=15))
    with pytest.raises(Conflict, match="consent_expired"):
        come_back(platform, company.alice, "linkedin", parameters)
    assert all_channels(platform) == []
    begin(platform, company.alice, "twitter")
    clock.advance(timedelta(seconds=1))
    begin(platform, company.alice, "twitter")
    assert [row.network for row in rows(platform)] == ["twitter", "twitter"], "what has ended is swept up"


def test_where_the_network_took_nothing_the_same_return_works_again(
    platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    parameters = brought(decide(begin(platform, company.alice, "linkedin")))
    sandbox.faults.add("throttled", "linkedin", "refresh", count=1)
    with pytest.raises(Conflict, match="consent_unreachable"):
        come_back(platform, company.alice, "linkedin", parameters)
    assert come_back(platform, company.alice, "linkedin", parameters).begun_id


@pytest.mark.parametrize(("trouble", "code"), [("html", "consent_unreadable"), ("malformed", "consent_unreadable")])
def test_rubbish_ends_the_trip_and_stores_nothing(
    platform: Platform, company: Company, sandbox: Sandbox, trouble: str, code: str
) -> None:
    parameters = brought(decide(begin(platform, company.alice, "linkedin")))
    sandbox.faults.add(trouble, "linkedin", "refresh", count=1)
    with pytest.raises(Conflict, match=code):
        come_back(platform, company.alice, "linkedin", parameters)
    with pytest.raises(Conflict, match="consent_unknown"):
        come_back(platform, company.alice, "linkedin", parameters)
    assert (rows(platform), all_channels(platform)) == ([], [])


def test_without_the_vital_permission_a_channel_keeps_what_it_has(platform: Platform, company: Company) -> None:
    page = "104872951638204"
    sealed = platform.vault.seal({"page_id": page, "access_token": "old"})
    channel = make_channel(
        platform.database, company, platform.clock.now(), "facebook", remote_account_id=page, credentials=sealed
    )
    address = begin(platform, company.alice, "facebook", channel)
    parameters = brought(decide(address, without={"pages_manage_posts"}))
    arrival = come_back(platform, company.alice, "facebook", parameters)
    assert arrival.reconnected is None
    assert [c.credentials for c in all_channels(platform)] == [sealed]


def test_a_channel_of_another_network_or_workspace_is_not_reconnected(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now(), "twitter")
    with pytest.raises(NotFound):
        begin(platform, company.alice, "facebook", channel)
    with pytest.raises(NotFound):
        begin(platform, company.oscar, "twitter", channel)
