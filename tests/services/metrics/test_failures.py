"""A network that gives no figures holds up neither the other networks nor the publishing."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings
from planner.models import Channel, Notice
from planner.services.metrics import Pulled, pull_due
from planner.services.metrics.pulling import LATER
from publishers.sandbox import Sandbox
from tests.publishers.accounts import KEYS
from tests.services.metrics.published import asked, connected, due_at, published, snapshots
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_company, make_settings


@pytest.mark.parametrize("fault", ["error", "malformed", "reset", "html"])
def test_a_channel_that_fails_is_asked_later_and_the_others_go_on(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock, fault: str
) -> None:
    broken = published(platform, company, connected(platform, company, "xing"), sandbox, age=timedelta(days=3))
    sound = published(platform, company, connected(platform, company, "linkedin"), sandbox, age=timedelta(days=3))
    sandbox.faults.add(fault, "xing", "metrics")

    assert pull_due(platform) == Pulled(channels=2, posts=2, snapshots=1, failed=1)

    assert (len(snapshots(platform, broken)), len(snapshots(platform, sound))) == (0, 1)
    assert due_at(platform, broken) == clock.now() + LATER
    sandbox.faults.clear()
    clock.advance(LATER)
    pull_due(platform)
    assert len(snapshots(platform, broken)) == 1


def test_a_throttling_network_is_left_alone_for_as_long_as_it_asks(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    delivery = published(platform, company, connected(platform, company, "xing"), sandbox, age=timedelta(days=3))
    sandbox.faults.add("throttled", "xing", "metrics", retry_after=7200.0)

    assert pull_due(platform).failed == 1

    assert due_at(platform, delivery) == clock.now() + timedelta(hours=2)
    with platform.database.read() as session:
        assert session.scalars(select(Channel)).one().throttled_until is None


def test_a_dead_token_asks_people_to_reconnect_the_channel_and_stops_the_asking(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company)
    ids = [published(platform, company, channel, sandbox, age=timedelta(days=3)) for _ in range(2)]
    sandbox.faults.add("expired_token", "linkedin", "metrics")

    assert pull_due(platform).failed == 1

    with platform.database.read() as session:
        assert session.get_one(Channel, channel.id).reconnect_since == clock.now()
        notices = session.scalars(select(Notice).where(Notice.kind == "channel_reconnect")).all()
    assert {n.user_id for n in notices} >= {company.alice.user_id, company.bob.user_id}
    sandbox.faults.clear()
    before = asked(sandbox)
    clock.advance(days=2)
    assert pull_due(platform) == Pulled()
    assert asked(sandbox) == before
    assert [len(snapshots(platform, i)) for i in ids] == [0, 0]


def test_a_reconnected_channel_gives_its_figures_again(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company, reconnect_since=clock.now())
    delivery = published(platform, company, channel, sandbox, age=timedelta(days=3))
    assert pull_due(platform) == Pulled()

    with platform.database.write() as session:
        session.get_one(Channel, channel.id).reconnect_since = None

    assert pull_due(platform).snapshots == 1
    assert len(snapshots(platform, delivery)) == 1


def test_a_token_that_ended_is_renewed_where_it_can_be(
    tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox
) -> None:
    settings = {"twitter": NetworkSettings(sandbox.api_url("twitter"), {"client_id": "the-app"})}
    base = make_settings(tmp_path / "instance", database_url)
    platform = bootstrap(dataclasses.replace(base, networks=settings), clock=clock)
    company = make_company(platform.database, clock.now())
    delivery = published(platform, company, connected(platform, company, "twitter"), sandbox, age=timedelta(days=40))
    sandbox.faults.add("expired_token", "twitter", "metrics", count=1)

    assert pull_due(platform) == Pulled(channels=1, posts=1, snapshots=1)

    with platform.database.read() as session:
        channel = session.scalars(select(Channel)).one()
    assert (channel.credentials_version, channel.reconnect_since) == (2, None)
    assert len(snapshots(platform, delivery)) == 1
    platform.close()


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_permission_for_figures_does_not_stop_the_publishing(
    platform: Platform, company: Company, sandbox: Sandbox, key: str
) -> None:
    channel = connected(platform, company, key)
    published(platform, company, channel, sandbox, age=timedelta(days=3))
    sandbox.faults.add("missing_permission", key, "metrics")

    pull_due(platform)

    with platform.database.read() as session:
        assert session.get_one(Channel, channel.id).reconnect_since is None


def test_credentials_that_cannot_be_read_hold_up_no_other_channel(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    locked = make_channel(platform.database, company, clock.now(), "xing", credentials="sealed-with-another-key")
    stuck = published(platform, company, locked, None)
    sound = published(platform, company, connected(platform, company), sandbox, age=timedelta(days=3))

    assert pull_due(platform) == Pulled(channels=2, posts=2, snapshots=1, failed=1)

    assert due_at(platform, stuck) == clock.now() + LATER
    assert len(snapshots(platform, sound)) == 1


def test_an_assisted_channel_is_never_asked_for(platform: Platform, company: Company, sandbox: Sandbox) -> None:
    channel = make_channel(platform.database, company, platform.clock.now(), "xing")
    delivery = published(platform, company, channel, None)

    assert pull_due(platform) == Pulled()

    assert due_at(platform, delivery) is None
    assert asked(sandbox) == 0
