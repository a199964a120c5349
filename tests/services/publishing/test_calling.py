"""Workers are called by jobs that are written with the state: one waits for each channel, and none is the truth."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from planner.bootstrap import Platform, bootstrap
from planner.clock import SystemClock
from planner.config import Senders
from planner.domain.states import DeliveryState as S
from planner.models import Delivery
from planner.scheduler import Scheduler
from planner.services import heartbeats
from planner.services.publishing.calling import ANSWER_SECONDS, Caller
from planner.services.publishing.claim import claim
from planner.team.engine import Engine, _run, _steps_after
from planner.team.worker import Worker
from tests.services.publishing.stage import Stage

PATIENCE = 20.0


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """Workers need PostgreSQL."""
    return postgresql_url


@pytest.fixture
def engine(platform: Platform) -> Engine:
    made = Engine(platform)
    made.install()
    return made


@pytest.fixture
def caller(platform: Platform, engine: Engine) -> Caller:
    return Caller(platform, engine.enqueue)


@pytest.fixture
def worker(platform: Platform, engine: Engine) -> Worker:
    return Worker(platform, engine)


@pytest.fixture
def live(platform: Platform, engine: Engine) -> Iterator[Platform]:
    """The same wiring with workers wanted, on the machine's own clock."""
    settings = replace(platform.settings, senders=Senders.WORKERS, safety_tick_seconds=0.5, sender_threads=2)
    live = bootstrap(settings, clock=SystemClock())
    yield live
    live.close()


def jobs(platform: Platform) -> list[tuple[str, str]]:
    """State and lock of each job."""
    with platform.database.read() as session:
        found = session.execute(text("SELECT status::text, queueing_lock FROM procrastinate_jobs ORDER BY id"))
        return [(row[0], row[1]) for row in found]


def waiting_for(*channel_ids: int) -> list[tuple[str, str]]:
    return [("todo", f"channel:{channel}") for channel in channel_ids]


def test_a_delivery_is_marked_as_called_in_the_transaction_that_writes_the_job_or_neither_is(
    stage: Stage, engine: Engine, caller: Caller
) -> None:
    delivery = stage.due(stage.channel())

    def enqueue_and_fail(session: Session, channels: Sequence[int]) -> None:
        engine.enqueue(session, channels)
        raise RuntimeError("the machine fails here")

    with pytest.raises(RuntimeError):
        Caller(stage.platform, enqueue_and_fail).call()
    assert (jobs(stage.platform), stage.read(delivery).called_until) == ([], None)

    assert caller.call() == 1
    assert jobs(stage.platform) == waiting_for(delivery.channel_id)
    assert stage.read(delivery).called_until == stage.clock.now() + timedelta(seconds=ANSWER_SECONDS)
    assert stage.state(delivery) is S.SCHEDULED


def test_one_job_waits_for_each_channel_however_much_is_due_and_however_often_is_called(
    stage: Stage, caller: Caller, worker: Worker
) -> None:
    first, second = stage.channel(), stage.channel()
    stage.planned(stage.channel(), text="Später", after=timedelta(hours=1))
    for number in range(3):
        stage.due(first, second, text=f"Beitrag {number}")

    assert [caller.call() for _ in range(3)] == [2, 0, 0]
    stage.clock.advance(seconds=ANSWER_SECONDS)
    caller.call()
    assert jobs(stage.platform) == waiting_for(first.id, second.id)

    worker.answer(first.id)
    assert stage.sent() == 1
    assert jobs(stage.platform) == waiting_for(first.id, second.id), "its next one is called to, by the same job"


def test_two_schedulers_that_call_at_once_call_once(stage: Stage, caller: Caller) -> None:
    for _ in range(6):
        stage.due(stage.channel(), text="Neue Fräse")
    start, made = threading.Barrier(4), list[int]()

    def call() -> None:
        start.wait(PATIENCE)
        made.append(caller.call())

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(made) == len(jobs(stage.platform)) == 6


def test_a_job_that_runs_twice_or_late_sends_nothing_twice(stage: Stage, caller: Caller, worker: Worker) -> None:
    delivery = stage.due(stage.channel())
    caller.call()
    for _ in range(3):
        worker.answer(delivery.channel_id)

    assert stage.state(delivery) is S.PUBLISHED
    assert stage.sent() == len(stage.live()) == 1


def test_a_call_that_nobody_answers_in_time_is_answered_by_the_scheduler_itself(stage: Stage, caller: Caller) -> None:
    called, uncalled = stage.due(stage.channel()), stage.channel()
    caller.call()
    stage.due(uncalled)
    stage.change(called, try_at=stage.read(called).publish_at)

    stage.clock.advance(seconds=ANSWER_SECONDS - 61)
    assert claim(stage.platform, "scheduler", 10, unanswered=True).claimed == ()
    stage.clock.advance(seconds=61)
    (taken,) = claim(stage.platform, "scheduler", 10, unanswered=True).claimed
    assert taken.ref.id == called.id
    assert stage.read(called).called_until is None


def test_what_cannot_go_out_when_the_worker_comes_and_what_was_given_another_time_is_called_to_anew(
    stage: Stage, caller: Caller, worker: Worker
) -> None:
    delivery = stage.due(stage.channel())
    caller.call()
    channel = stage.read(delivery).channel_id
    until = stage.clock.now() + timedelta(seconds=2)
    from planner.models import Channel

    with stage.platform.database.write() as session:
        session.get_one(Channel, channel).throttled_until = until
    worker.answer(channel)
    assert (stage.sent(), stage.read(delivery).called_until) == (0, None)

    stage.clock.set(until)
    assert caller.call() == 1
    later = stage.clock.advance(minutes=3)
    stage.change(delivery, try_at=later, publish_at=later)
    assert claim(stage.platform, "scheduler", 10, unanswered=True).claimed == ()
    assert caller.call() == 1


def test_a_worker_that_is_called_sends_and_a_dead_ones_jobs_are_removed(stage: Stage, live: Platform) -> None:
    engine = Engine(live)
    with live.database.write() as session:  # what a worker leaves that is killed with a job in hand
        session.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 day')"))
        engine.enqueue(session, [4711])
        session.execute(text("SELECT procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))"))
    assert jobs(live) == [("doing", "channel:4711")]
    scheduler, employed = Scheduler(live), Worker(live, engine)
    deliveries = [due_now(stage, f"Beitrag {number}") for number in range(4)]

    async def work() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(employed.run(stop))
        await asyncio.to_thread(wait_for_workers, live)
        scheduler.start()
        await asyncio.to_thread(wait_for_all, stage, deliveries)
        stop.set()
        await running

    # In a thread of their own, as they run: the browser of other tests keeps a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work()).result()
        assert thread.submit(engine.tidy).result() == 1
    scheduler.stop()

    assert jobs(live) == []
    assert {attempt.owner for delivery in deliveries for attempt in stage.attempts(delivery)} == {employed.owner}
    assert count_workers(live) == 0


def test_the_scheduler_removes_what_dead_workers_had_in_hand_and_what_nobody_has_ended(live: Platform) -> None:
    soon = bootstrap(replace(live.settings, lease_seconds=0.5), clock=live.clock)
    engine, scheduler = Engine(soon), Scheduler(soon)
    for channel, heard, taken in ((1, "-1 day", "0"), (2, "1 day", "-1 day"), (3, "1 day", "0")):
        take_a_job(live, engine, channel, heard, taken)
    assert jobs(live) == [("doing", f"channel:{channel}") for channel in (1, 2, 3)]

    scheduler.start()
    end = time.monotonic() + PATIENCE
    while len(jobs(live)) > 1 and time.monotonic() < end:
        time.sleep(0.02)
    scheduler.stop()
    soon.close()

    assert jobs(live) == [("doing", "channel:3")], "a living worker has it in hand, since just now"


def take_a_job(platform: Platform, engine: Engine, channel: int, heard: str, taken: str) -> None:
    """A worker that was last heard of at one time (from now) took the channel's job at another."""
    with platform.database.write() as session:
        worker = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + CAST(:heard AS interval))"
        session.execute(text(worker), {"heard": heard})
        engine.enqueue(session, [channel])
        session.execute(text("SELECT procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))"))
        since = "UPDATE procrastinate_events SET at = now() + CAST(:taken AS interval) WHERE type = 'started'"
        newest = " AND job_id = (SELECT max(id) FROM procrastinate_jobs)"
        session.execute(text(since + newest), {"taken": taken})


def test_where_no_worker_is_alive_the_scheduler_sends_by_itself_and_says_so(
    stage: Stage, live: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = due_now(stage, "Niemand da")
    scheduler = Scheduler(live)
    scheduler.start()
    wait_for_all(stage, [delivery])
    scheduler.stop()

    assert stage.attempts(delivery)[0].owner == scheduler.owner
    assert jobs(live) == []
    said = [line.message for line in caplog.records if line.levelname == "ERROR"]
    assert said == ["No worker gives a sign of life: this scheduler sends by itself. Start `sendeplan worker`."]


def test_the_engines_schema_is_made_once_and_brought_up_to_date_from_an_older_one(
    platform: Platform, engine: Engine
) -> None:
    engine.install()
    assert engine.is_installed()
    wanted = functions(platform)
    with platform.database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    assert not engine.is_installed()
    old = "02.08.00_01_add_additional_params_to_retry_job"
    with platform.database.engine.begin() as connection:
        for step in _steps_after(""):
            if step.stem <= old:
                _run(connection, step.read_text(encoding="utf-8"))
        _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{old}'")
    assert not engine.is_installed()
    engine.install()
    assert engine.is_installed()
    assert functions(platform) >= wanted


def functions(platform: Platform) -> set[str]:
    with platform.database.read() as session:
        return set(session.scalars(text("SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'")))


def due_now(stage: Stage, words: str) -> Delivery:
    """Due at the real present."""
    delivery = stage.due(stage.channel(), text=words)
    stage.change(delivery, publish_at=datetime.now(UTC), try_at=datetime.now(UTC))
    return delivery


def count_workers(platform: Platform) -> int:
    with platform.database.read() as session:
        return heartbeats.live_workers(session, platform.clock.now())


def wait_for_workers(platform: Platform) -> None:
    end = time.monotonic() + PATIENCE
    while not count_workers(platform):
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_for_all(stage: Stage, deliveries: Sequence[Delivery]) -> None:
    end = time.monotonic() + PATIENCE
    while any(stage.state(delivery) is not S.PUBLISHED for delivery in deliveries):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)
