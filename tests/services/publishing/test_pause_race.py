"""The moment between a sender's last check and a pause, with real threads on PostgreSQL, where both run at once.

On SQLite writers come one at a time, so there is no such moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Campaign, Delivery
from planner.services.publishing import pause
from planner.services.publishing.claim import Claimed
from planner.services.publishing.send import begin
from tests.services.publishing.stage import Stage

S = DeliveryState
PATIENCE = 30.0

Act = Callable[[Session], object]


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture(params=["workspace", "campaign", "channel"])
def scene(stage: Stage, request: pytest.FixtureRequest) -> tuple[Delivery, Claimed, Act]:
    """A delivery in a sender's hands, and a pause that concerns it."""
    with stage.platform.database.write() as session:
        campaign = Campaign(workspace_id=stage.company.workspace.id, name="Messe")
        session.add(campaign)
    channel = stage.channel()
    delivery = stage.due(channel, campaign_id=campaign.id)
    (work,) = stage.claim()
    actor, now = stage.company.charlie, stage.clock.now()
    pauses: dict[str, Act] = {
        "workspace": lambda session: pause.pause_workspace(session, actor, "Störfall", now=now),
        "campaign": lambda session: pause.pause_campaign(session, actor, campaign.id, "Budget", now=now),
        "channel": lambda session: pause.pause_channel(session, actor, channel.id, "Umbau", now=now),
    }
    return delivery, work, pauses[request.param]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_a_sender_that_comes_while_a_pause_is_being_written_waits_and_then_sends_nothing(
    stage: Stage, scene: tuple[Delivery, Claimed, Act], threads: ThreadPoolExecutor
) -> None:
    delivery, work, hold = scene
    with stage.platform.database.write() as session:
        hold(session)
        session.flush()
        sender = threads.submit(begin, stage.platform, work, work.access)
        wait_until_blocked(stage, 1, sender)

    assert sender.result(PATIENCE) is None
    assert (stage.state(delivery), len(stage.attempts(delivery))) == (S.SCHEDULED, 0)
    assert stage.run() == 0
    assert stage.sent() == 0


def test_a_pause_is_not_confirmed_before_what_passed_the_last_check_is_on_record(
    stage: Stage, scene: tuple[Delivery, Claimed, Act], threads: ThreadPoolExecutor
) -> None:
    delivery, work, hold = scene

    def pull() -> tuple[DeliveryState, int]:
        with stage.platform.database.write() as session:
            hold(session)
        return stage.state(delivery), len(stage.attempts(delivery))

    with stage.platform.database.write() as session:
        # Whoever holds the row stops the sender between its check and its note.
        session.execute(select(Delivery.id).where(Delivery.id == delivery.id).with_for_update())
        sender = threads.submit(begin, stage.platform, work, work.access)
        wait_until_blocked(stage, 1, sender)
        pulled = threads.submit(pull)
        wait_until_blocked(stage, 2, sender, pulled)

    assert pulled.result(PATIENCE) == (S.SENDING, 1)
    assert sender.result(PATIENCE) is not None


def wait_until_blocked(stage: Stage, count: int, *working: Future[Any]) -> None:
    """Until so many transactions wait for a lock of another."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert not any(one.done() for one in working), "it did not wait"
        with stage.platform.database.read() as session:
            if session.scalar(waiting) == count:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
