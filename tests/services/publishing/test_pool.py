"""Sender threads and the clock, in real time: bounded, awake when they must be, and gone without a trace."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from planner.bootstrap import Platform, bootstrap
from planner.clock import SystemClock
from planner.domain.states import DeliveryState
from planner.leader import Leader
from planner.models import Delivery, Heartbeat
from planner.scheduler import Scheduler
from planner.services.publishing import pause
from planner.services.publishing.outage import Outage
from planner.services.publishing.pool import Pool, run_due
from planner.services.publishing.recover import recover
from planner.services.publishing.send import Step
from tests.services.publishing.stage import Stage
from tests.support.clock import FakeClock
from tests.support.factories import make_media, make_platform

S = DeliveryState
PATIENCE = 20.0


@pytest.fixture
def clock() -> FakeClock:
    """Set to the real time, with which the threads here go."""
    return FakeClock(datetime.now(UTC))


@pytest.fixture
def live(platform: Platform) -> Iterator[Platform]:
    """The same wiring on the machine's own clock, with short times."""
    settings = replace(
        platform.settings, lease_seconds=2.0, send_timeout_seconds=5.0, sender_threads=4, safety_tick_seconds=0.5
    )
    live = bootstrap(settings, clock=SystemClock())
    yield live
    live.close()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def due_now(stage: Stage, channels: int, each: int, network: str = "linkedin") -> list[Delivery]:
    """Deliveries that are due at the real present."""
    targets = [stage.channel(network) for _ in range(channels)]
    made = [stage.due(channel, text=f"Beitrag {number}") for number in range(each) for channel in targets]
    for delivery in made:
        stage.change(delivery, publish_at=datetime.now(UTC), try_at=datetime.now(UTC))
    return made


def all_in(stage: Stage, deliveries: list[Delivery], state: DeliveryState) -> bool:
    return all(stage.state(delivery) is state for delivery in deliveries)


def test_everything_due_is_sent_once_and_no_channel_gets_more_than_its_bound(stage: Stage, live: Platform) -> None:
    deliveries = due_now(stage, channels=3, each=5)
    channel_of = {d.id: d.channel_id for d in deliveries}
    lock, busy, most = threading.Lock(), Counter[int](), Counter[int]()

    def watch(step: Step, delivery_id: int) -> None:
        channel = channel_of[delivery_id]
        with lock:
            if step is Step.CLAIMED:
                busy[channel] += 1
                most[channel] = max(most[channel], busy[channel])
            elif step is Step.CALLED:  # by the time that somebody hears of the note, the next may have begun
                busy[channel] -= 1

    pool = Pool(live, "pool", observe=watch)
    pool.start()
    pool.wake()
    wait_for(lambda: all_in(stage, deliveries, S.PUBLISHED))
    pool.stop()

    assert stage.sent() == len(stage.live()) == 15
    assert set(most.values()) == {1}


def test_once_a_pause_is_confirmed_nothing_new_begins(stage: Stage, live: Platform) -> None:
    deliveries = due_now(stage, channels=6, each=4)
    stage.sandbox.latency = 0.05
    pool = Pool(live, "pool")
    pool.start()
    wait_for(lambda: stage.sent() > 3)
    with live.database.write() as session:
        pause.pause_workspace(session, stage.company.charlie, "Störfall im Werk", now=datetime.now(UTC))
    begun = sum(len(stage.attempts(delivery)) for delivery in deliveries)
    wait_for(lambda: all(stage.state(delivery) in (S.PUBLISHED, S.SCHEDULED) for delivery in deliveries))
    pool.stop()

    assert 3 < begun < len(deliveries)
    assert sum(len(stage.attempts(delivery)) for delivery in deliveries) == stage.sent() == begun


def test_stopping_finishes_what_is_being_sent_and_hands_back_what_is_only_claimed(stage: Stage, live: Platform) -> None:
    deliveries = due_now(stage, channels=8, each=1)
    reached, go_on = threading.Semaphore(0), threading.Event()

    def hold(step: Step, _delivery_id: int) -> None:
        if step is Step.SENDING:
            reached.release()
            go_on.wait(PATIENCE)

    pool = Pool(live, "pool", observe=hold)
    pool.start()
    for _ in range(4):
        assert reached.acquire(timeout=PATIENCE)
    stopping = threading.Thread(target=pool.stop)
    stopping.start()
    wait_for(lambda: Counter(stage.state(d) for d in deliveries)[S.SCHEDULED] == 4)
    go_on.set()
    stopping.join()

    assert Counter(stage.state(d) for d in deliveries) == {S.PUBLISHED: 4, S.SCHEDULED: 4}
    assert pool.in_hand == 0


def test_a_preparation_that_outlasts_its_lease_keeps_it_alive(stage: Stage, live: Platform) -> None:
    image = make_media(stage.platform, stage.company.alice)
    delivery = stage.due(stage.channel(), media=(image,))
    stage.change(delivery, publish_at=datetime.now(UTC), try_at=datetime.now(UTC))
    stage.sandbox.latency = 1.4  # of each of the two calls of an upload
    pool = Pool(live, "pool")
    pool.start()

    def settled() -> bool:
        recover(live)
        return stage.state(delivery) is S.PUBLISHED

    wait_for(settled)
    pool.stop()

    assert stage.read(delivery).epoch == 1
    assert stage.sent() == 1


def test_the_scheduler_sends_at_the_due_moment_and_one_that_was_added_meanwhile(stage: Stage, live: Platform) -> None:
    scheduler = Scheduler(live)
    scheduler.start()
    (first,) = due_now(stage, channels=1, each=1)
    live.wake()
    wait_for(lambda: stage.state(first) is S.PUBLISHED)
    (second,) = due_now(stage, channels=1, each=1)
    wait_for(lambda: stage.state(second) is S.PUBLISHED)
    scheduler.stop()

    assert stage.sent() == 2
    with live.database.read() as session:
        assert session.get_one(Heartbeat, "scheduler").owner == scheduler.owner


def test_the_scheduler_looks_for_what_is_unconfirmed_and_recovers_what_a_dead_process_left(
    stage: Stage, live: Platform
) -> None:
    lost, left = due_now(stage, channels=2, each=1)
    stage.sandbox.faults.add("error", "linkedin", status=503, accepted=True, count=1)
    past = datetime.now(UTC)
    stage.change(left, state=S.CLAIMED, claim_owner="dead", lease_until=past, epoch=3)
    scheduler = Scheduler(live)
    scheduler.start()

    wait_for(lambda: all_in(stage, [lost, left], S.PUBLISHED))
    scheduler.stop()

    assert len(stage.live()) == 2


def test_what_was_to_be_looked_for_long_ago_is_looked_for_after_a_start(stage: Stage, live: Platform) -> None:
    (unconfirmed,) = due_now(stage, channels=1, each=1)
    stage.sandbox.faults.add("error", "linkedin", status=503, accepted=True, count=1)
    run_due(live, "before")
    stage.change(unconfirmed, look_at=stage.moment(hours=-1))
    scheduler = Scheduler(live)
    scheduler.start()

    wait_for(lambda: stage.state(unconfirmed) is S.PUBLISHED)
    scheduler.stop()


def test_two_schedulers_at_once_send_everything_once(stage: Stage, live: Platform) -> None:
    deliveries = due_now(stage, channels=4, each=4)
    other = bootstrap(live.settings, clock=SystemClock())
    schedulers = [Scheduler(live), Scheduler(other)]
    for scheduler in schedulers:
        scheduler.start()
    wait_for(lambda: all_in(stage, deliveries, S.PUBLISHED))
    for scheduler in schedulers:
        scheduler.stop()
    other.close()

    assert stage.sent() == len(stage.live()) == 16


def test_one_of_several_leads_until_it_resigns(stage: Stage) -> None:
    other_process = bootstrap(stage.platform.settings, clock=stage.clock)
    one, other = Leader(stage.platform, "one"), Leader(other_process, "other")

    assert (one.stand(), other.stand(), one.stand()) == (True, False, True)
    one.resign()
    assert (other.stand(), one.stand()) == (True, False)

    for candidate in (one, other):
        candidate.resign()
    other_process.close()


def test_a_database_that_is_away_is_told_in_a_line_when_it_begins_and_when_it_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Twice a second it is tried: an hour would fill the disk with tracebacks."""
    lost = make_platform(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:1/nowhere", FakeClock())
    clock = Scheduler(lost)
    with pytest.raises(OperationalError) as away:
        clock.start()
    outage = Outage(logging.getLogger("planner.test"), "Nothing can be claimed")
    for _ in range(9):
        outage.met(away.value)
    outage.over()
    outage.over()
    told = [record.getMessage() for record in caplog.records if record.name == "planner.test"]
    assert len(told) == 2, told
    assert "Nothing can be claimed" in told[0]
    assert "refused" in told[0]
    assert "back" in told[1]
    outage.met(ValueError("a mistake of ours"))
    assert caplog.records[-1].exc_info, "where a mistake happened is worth a traceback"
    lost.close()
