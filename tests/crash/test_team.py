"""Two schedulers and three workers on a real PostgreSQL, and everything that can happen to them at once: nothing is
doubled, lost or stuck; the networks' recorder is the witness."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from planner.domain.states import DeliveryState
from planner.models import Attempt
from planner.services import heartbeats
from planner.services.publishing.send import Step
from tests.crash.scene import PATIENCE, SETTINGS, Scene, scene
from tests.crash.story import Story
from tests.crash.test_crash import assert_nothing_is_doubled
from tests.support.databases import own_postgres_server

pytestmark = pytest.mark.crash

TEAM = {"SENDEPLAN_SENDERS": "workers", "SENDEPLAN_PREPARE_TIMEOUT_SECONDS": "2"}
LEASE = float(SETTINGS["SENDEPLAN_LEASE_SECONDS"])


def test_with_a_worker_killed_one_frozen_past_its_lease_and_the_database_restarted_nothing_is_doubled_or_lost(
    tmp_path: Path,
) -> None:
    story = Story()
    with own_postgres_server() as server, scene(tmp_path, server.database(), **TEAM) as here:
        killed = here.start("worker", Step.CALLED.value, "3", "kill")
        frozen = here.start("worker", Step.SENDING.value, "4", "freeze")
        third = here.start("worker")
        story.people = {killed.pid: "worker 1", frozen.pid: "worker 2", third.pid: "worker 3"}
        wait_for(lambda: live_workers(here) == 3)
        story.people[here.start("scheduler").pid] = "the first scheduler"
        here.schedule(40)
        story.say("three workers run, a scheduler starts, and 40 posts are due")

        assert killed.wait(PATIENCE) == -signal.SIGKILL
        story.say("worker 1 was killed with -9, right after a network took its post")
        wait_for(lambda: is_frozen(frozen.pid))
        story.say("worker 2 stands still, right before a call")
        server.restart()
        story.people[here.start("scheduler").pid] = "the second scheduler"
        here.schedule(30)
        story.say("PostgreSQL was restarted, a second scheduler starts, and 30 more posts are due")
        time.sleep(3 * LEASE)  # not a wait for anything: others are to find it silent for longer than its lease
        os.kill(frozen.pid, signal.SIGCONT)
        story.say(f"worker 2 goes on, three leases ({3 * LEASE:g} s) later")

        here.wait_until_at_rest()
        wait_for(lambda: jobs(here) == {})
        story.say(f"all is at rest; the networks' recorder has {len(here.accepted())} posts, the engine no job")
        print(story.tell(here))  # noqa: T201 - for whoever asks (-s), or finds the test red
        assert here.states() == {DeliveryState.PUBLISHED: 70}
        assert_nothing_is_doubled(here)
        assert {str(killed.pid), str(frozen.pid)} < senders(here)
        assert frozen.poll() is None, "it goes on working after it was frozen"


def senders(here: Scene) -> set[str]:
    """The ids of the processes that have sent anything."""
    with here.platform.database.read() as session:
        return {owner.split("-")[-2] for owner in session.scalars(select(Attempt.owner))}


def live_workers(here: Scene) -> int:
    with here.platform.database.read() as session:
        return heartbeats.live_workers(session, here.platform.clock.now())


def is_frozen(pid: int) -> bool:
    return "State:\tT" in Path(f"/proc/{pid}/status").read_text(encoding="ascii")


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def jobs(here: Scene) -> Counter[str]:
    """What the engine has, by state."""
    with psycopg.connect(here.platform.database.conninfo) as connection:
        return Counter(row[0] for row in connection.execute("SELECT status::text FROM procrastinate_jobs"))
