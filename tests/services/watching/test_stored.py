"""What the figures say of the database: the truth, in few queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from planner.bootstrap import Platform
from planner.domain.answers import AnswerState
from planner.domain.states import DeliveryState
from planner.models import Campaign, Channel, Delivery, Post, Workspace
from planner.services import heartbeats, limits
from planner.services.connections import ChannelAccess
from planner.services.posts import When
from planner.services.publishing import guards
from planner.services.watching import Watch, stored
from publishers.limits import Calls, Scope, spent
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_answer, make_channel, make_platform, make_post
from tests.support.queries import counted


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Platform]:
    platform = make_platform(tmp_path, database_url, clock)
    yield platform
    platform.close()


def set_all(platform: Platform, what: type[Any], **values: Any) -> None:
    with platform.database.write() as session:
        session.execute(update(what).values(**values))


def test_the_figures_are_those_of_the_database(platform: Platform, company: Company, clock: FakeClock) -> None:
    now = clock.now()
    free = make_channel(platform.database, company, now)
    waiting = make_channel(
        platform.database,
        company,
        now,
        "twitter",
        throttled_until=now + timedelta(minutes=5),
        token_expires_at=now + timedelta(days=3),
        credentials=platform.vault.seal({"access_token": "x"}),
    )
    for minutes in (-3, -1, 60):
        when = When(at=now + timedelta(hours=2, minutes=minutes))
        make_post(platform, company.alice, [free, waiting], when, approve=True)
    make_post(platform, company.alice, [free])
    clock.advance(hours=2)
    set_all(platform, Channel, throttled_until=clock.now() + timedelta(minutes=5))
    with platform.database.write() as session:
        session.execute(update(Channel).where(Channel.id == free.id).values(throttled_until=None))
    with platform.database.write() as session:
        for scope in Scope:
            limit = spent(scope, Calls.METRICS, "15min", 600.0)
            limits.note(session, "", ChannelAccess.of(waiting), [limit], clock.now())
    heartbeats.beat(platform, "scheduler", "me")
    make_answer(platform.database, free, now, state=AnswerState.UNKNOWN)
    make_answer(platform.database, waiting, now, state=AnswerState.ANSWERED)
    clock.advance(seconds=30)
    with counted(platform.database) as statements, platform.database.read() as session:
        found = stored.read(session, clock.now(), {"published": 7})
    assert len(statements) == 6
    counted_states = {state: count for state, count in found.states.items() if count}
    assert counted_states == {"scheduled": 6, "draft": 1, "published": 7}
    assert (found.due, found.ahead, found.oldest_due_age) == (2, 2, 210.0)
    assert found.held == {hold.value: 0 for hold in guards.Hold} | {"throttled": 2}
    assert found.heartbeats == {"scheduler": 30.0}
    assert found.channels == {("linkedin", "assisted"): 1, ("twitter", "expiring"): 1}
    assert found.throttled == {(waiting.id, "twitter"): 270.0}
    assert list(found.expires) == [(waiting.id, "twitter")]
    assert stored.expiring(found) == 1
    assert found.app_limits == {"linkedin": 0, "twitter": 1}, "a channel's own limit is told of with the channel"
    on_their_way = dict.fromkeys(("asked", "waiting", "sending", "needs_person", "failed"), 0)
    assert found.answers == on_their_way | {"unknown": 1}


def test_the_reason_in_sql_is_the_reason_that_a_person_is_told(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    """Every combination of what may hold a delivery: SQL and Python name the same."""
    now = clock.now()
    channel = make_channel(platform.database, company, now)
    with platform.database.write() as session:
        campaign = Campaign(workspace_id=company.workspace.id, name="Messe")
        session.add(campaign)
    post = make_post(platform, company.alice, [channel], When(at=now + timedelta(hours=1)), approve=True)
    set_all(platform, Post, campaign_id=campaign.id)
    clock.advance(hours=2)
    now = clock.now()
    reasons = set()
    for workspace, camp, chan, unapproved, reconnect, throttled in product((None, now), repeat=6):
        with platform.database.write() as session:
            session.execute(update(Workspace).values(paused_at=workspace))
            session.execute(update(Campaign).values(paused_at=camp))
            until = throttled and now + timedelta(minutes=1)
            session.execute(update(Channel).values(paused_at=chan, reconnect_since=reconnect, throttled_until=until))
            session.execute(update(Post).values(needs_approval=True, approved_at=None if unapproved else now))
            query = (
                select(guards.hold_in_sql().label("reason"), *guards.STANDING)
                .select_from(Delivery)
                .join(Post, Post.id == Delivery.post_id)
                .join(Channel, Channel.id == Delivery.channel_id)
                .join(Workspace, Workspace.id == Delivery.workspace_id)
                .where(Delivery.post_id == post.id)
            )
            row = session.execute(query, {"now": now}).one()
            assert row.reason == guards.hold(row, now)
            reasons.add(row.reason)
    for what in (Workspace, Campaign):
        set_all(platform, what, paused_at=None)
    set_all(platform, Post, needs_approval=False)
    set_all(platform, Channel, paused_at=None, reconnect_since=None, throttle_reason="unreachable")
    with platform.database.write() as session:
        assert session.execute(query, {"now": now}).one().reason == "unreachable"
        session.execute(update(Channel).values(throttled_until=None))
        limits.note(session, "", ChannelAccess.of(channel), [spent(Scope.APP, Calls.PUBLISH, "24hour", 60.0)], now)
        row = session.execute(query, {"now": now}).one()
        assert row.reason == guards.hold(row, now) == "app_throttled"
    assert reasons >= {None, "workspace_paused", "campaign_paused", "channel_paused", "approval_missing"}


def test_two_who_ask_at_once_share_one_look(platform: Platform, company: Company, clock: FakeClock) -> None:
    watch = Watch(platform)
    with counted(platform.database) as statements:
        watch.figures()
        watch.figures()
        assert len(statements) == 7
        clock.advance(seconds=6)
        watch.figures()
        assert len(statements) == 13, "what is done with is counted once a minute"
        clock.advance(minutes=1)
        watch.figures()
    assert len(statements) == 20


def test_without_a_database_the_process_still_tells_of_itself(tmp_path: Path, clock: FakeClock) -> None:
    lost = make_platform(tmp_path, f"sqlite:///{tmp_path / 'nowhere' / 'x.sqlite'}", clock)
    body = Watch(lost).figures()[0].decode()
    lost.close()
    assert "sendeplan_database_up 0.0" in body
    assert "process_resident_memory_bytes" in body
    assert "sendeplan_deliveries{" not in body
    assert DeliveryState.UNKNOWN.value not in body
