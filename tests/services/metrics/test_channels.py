"""What is counted of whole channels: asked once a day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.channel_days import CHANNEL_METRICS
from planner.models import Channel, ChannelDay, ChannelSnapshot
from planner.services.connections import ChannelAccess
from planner.services.metrics import Following, days, following, history, pull_channels
from planner.services.observed import ObservedPublisher
from publishers.sandbox import Sandbox
from publishers.sandbox.accounts import ALL_SCOPES
from tests.publishers.accounts import CREDENTIALS
from tests.services.metrics.published import connected
from tests.support.clock import FakeClock
from tests.support.factories import Company


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin"])
def test_followers_are_asked_for_once_a_day_and_their_growth_is_told(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock, key: str
) -> None:
    channel = connected(platform, company, key)
    assert pull_channels(platform) == 1
    assert pull_channels(platform) == 0
    asked = len(sandbox.requests(key))
    clock.advance(hours=1)
    pull_channels(platform)
    assert len(sandbox.requests(key)) == asked

    with platform.database.write() as session:
        before = ChannelSnapshot(channel_id=channel.id, taken_at=clock.now() - timedelta(days=31), followers=1_000)
        session.add(before)
    clock.advance(days=1)
    assert pull_channels(platform) == 1
    with platform.database.read() as session:
        counted = history(session, channel.id, clock.now() - timedelta(days=365))
        assert [one.followers for one in counted[:1]] == [1_000]
        newest = counted[-1].followers
        assert set(counted[-1].extra) == ({"posts", "listed"} if key == "twitter" else set())
        assert newest is not None
        assert following(session, channel.id) == Following(newest, clock.now(), newest - 1_000)


def test_a_channel_that_does_not_answer_is_asked_again_tomorrow_and_keeps_no_others_waiting(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    failing, well = connected(platform, company, "facebook"), connected(platform, company, "linkedin")
    sandbox.faults.add("error", "facebook", "read", status=500, count=1)
    assert pull_channels(platform) == 1
    with platform.database.read() as session:
        assert following(session, failing.id) is None
        assert following(session, well.id) is not None
    assert pull_channels(platform) == 0
    clock.advance(days=1)
    assert pull_channels(platform) == 2


def stored(platform: Platform, channel: Channel) -> list[ChannelDay]:
    with platform.database.read() as session:
        return list(days(session, channel.id, date.min, date.max))


def test_days_are_kept_once_and_what_a_network_corrects_is_written_over(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company, "linkedin")
    assert pull_channels(platform) == 1
    first = stored(platform, channel)
    assert len(first) == 30, "the last thirty days come with the first answer"
    yesterday = first[-1]
    assert yesterday.day == (clock.now() - timedelta(days=1)).date()
    assert (yesterday.follower_gain, yesterday.extra) == (None, {}), "LinkedIn tells of followers two days late"

    with platform.database.write() as session:  # what it tells no longer stays, and what is older is not asked for
        session.get_one(ChannelDay, first[-3].id).extra = {"of_old": 4}
        session.get_one(ChannelDay, first[0].id).impressions = 77
    clock.advance(days=1)
    asked = len(sandbox.requests("linkedin"))
    assert pull_channels(platform) == 1
    assert len(sandbox.requests("linkedin")) - asked == 4
    second = stored(platform, channel)
    assert len(second) == 31
    by_day = {one.day: one for one in second}
    corrected = by_day[yesterday.day]
    assert corrected.impressions is not None
    assert yesterday.impressions is not None
    assert corrected.impressions > yesterday.impressions
    assert corrected.follower_gain is not None
    assert by_day[first[-3].day].extra.keys() == {"of_old", "organic_gain", "paid_gain"}
    assert by_day[first[0].day].impressions == 77

    clock.advance(days=12)  # nobody asked meanwhile: what is between comes too
    pull_channels(platform)
    assert len({one.day for one in stored(platform, channel)}) == 43


def test_what_a_channel_does_not_tell_is_missing_with_the_reason_and_holds_nothing(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    page, organisation = connected(platform, company, "facebook"), connected(platform, company, "linkedin")
    sandbox.world.directory.withdraw("linkedin", CREDENTIALS["linkedin"]["author"], "rw_organization_admin")
    sandbox.faults.add("error", "facebook", "read", status=500, count=1)
    assert pull_channels(platform) == 1
    with platform.database.read() as session:
        newest = {one.channel_id: one for one in session.scalars(select(ChannelSnapshot))}
        assert newest[page.id].missing["impressions"] == {"why": "failed", "permissions": []}
        asked_for = {"why": "permission", "permissions": ["rw_organization_admin"]}
        assert newest[organisation.id].missing == dict.fromkeys(CHANNEL_METRICS, asked_for)
        assert newest[organisation.id].followers
        assert session.get_one(Channel, organisation.id).reconnect_since is None
        assert session.get_one(Channel, organisation.id).paused_at is None
    assert stored(platform, organisation) == []
    sandbox.world.directory.tokens["linkedin", CREDENTIALS["linkedin"]["access_token"]].scopes = ALL_SCOPES["linkedin"]
    clock.advance(days=1)
    assert pull_channels(platform) == 2
    assert len(stored(platform, organisation)) == len(stored(platform, page)) == 30


def test_two_who_ask_at_once_keep_each_day_once(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    channel = connected(platform, company, "linkedin")
    together = threading.Barrier(2, timeout=20)
    ask = platform.connections.publisher

    @contextmanager
    def both_at_once(access: ChannelAccess) -> Iterator[ObservedPublisher]:
        with ask(access) as publisher:
            yield publisher
        together.wait()  # both know what to store, neither has

    platform.connections.publisher = both_at_once  # type: ignore[method-assign]
    with ThreadPoolExecutor(2) as asking:
        answered = list(asking.map(lambda _: pull_channels(platform), range(2)))
    assert answered == [1, 1]
    assert len(sandbox.requests("linkedin")) == 8
    assert len(stored(platform, channel)) == 30
