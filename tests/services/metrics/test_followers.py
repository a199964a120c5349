"""How many follow each channel: asked once a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.bootstrap import Platform
from planner.models import ChannelSnapshot
from planner.services.metrics import Following, following, history, pull_followers
from publishers.sandbox import Sandbox
from tests.services.metrics.published import connected
from tests.support.clock import FakeClock
from tests.support.factories import Company


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin"])
def test_followers_are_asked_for_once_a_day_and_their_growth_is_told(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock, key: str
) -> None:
    channel = connected(platform, company, key)
    assert pull_followers(platform) == 1
    assert pull_followers(platform) == 0
    asked = len(sandbox.requests(key))
    clock.advance(hours=1)
    pull_followers(platform)
    assert len(sandbox.requests(key)) == asked

    with platform.database.write() as session:
        before = ChannelSnapshot(channel_id=channel.id, taken_at=clock.now() - timedelta(days=31), followers=1_000)
        session.add(before)
    clock.advance(days=1)
    assert pull_followers(platform) == 1
    with platform.database.read() as session:
        counted = history(session, channel.id, clock.now() - timedelta(days=365))
        assert [one.followers for one in counted[:1]] == [1_000]
        newest = counted[-1].followers
        assert newest is not None
        assert following(session, channel.id) == Following(newest, clock.now(), newest - 1_000)


def test_a_channel_that_does_not_answer_is_asked_again_tomorrow_and_keeps_no_others_waiting(
    platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock
) -> None:
    failing, well = connected(platform, company, "facebook"), connected(platform, company, "linkedin")
    sandbox.faults.add("error", "facebook", "read", status=500, count=1)
    assert pull_followers(platform) == 1
    with platform.database.read() as session:
        assert following(session, failing.id) is None
        assert following(session, well.id) is not None
    assert pull_followers(platform) == 0
    clock.advance(days=1)
    assert pull_followers(platform) == 2
