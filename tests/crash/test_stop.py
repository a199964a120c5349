"""SIGTERM in the middle of everything, to web, schedulers and workers on a real PostgreSQL: all of them end soon, also
where the database is away, and nothing is left that somebody would have to wait for."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.domain.states import DeliveryState
from tests.crash.scene import ROOT, Scene, scene
from tests.crash.test_crash import assert_nothing_is_doubled
from tests.crash.test_team import TEAM, live_workers, wait_for
from tests.support.databases import own_postgres_server

pytestmark = pytest.mark.crash

#: What is promised, where a call to a network takes a tenth of a second.
SOON = 15.0
HERE = {"SENDEPLAN_SENDERS": "here"}
EACH = 60


def test_asked_to_stop_in_mid_load_all_end_soon_with_the_database_or_without_it(tmp_path: Path) -> None:
    with own_postgres_server() as server, scene(tmp_path, server.database(), **TEAM) as here:
        team = at_work(here, tmp_path / "first")
        assert set(stop(team)) == {0}
        left = here.states()
        assert left.keys() == {DeliveryState.SCHEDULED, DeliveryState.PUBLISHED}, "nothing is in anybody's hands"

        team = at_work(here, tmp_path / "second")
        server.stop()
        stop(team)
        server.restart()
        assert here.states()[DeliveryState.SCHEDULED], "it was asked to stop before everything was sent"

        here.start("scheduler")
        here.wait_until_at_rest()
        assert here.states() == {DeliveryState.PUBLISHED: 2 * EACH}
        assert_nothing_is_doubled(here)


def at_work(here: Scene, said: Path) -> list[subprocess.Popen[bytes]]:
    """Pages, a worker, a scheduler that calls it and one that sends by itself, with much to do and some of it done."""
    team = [run(here, said, TEAM, "web", "--port", "0"), run(here, said, TEAM, "worker")]
    wait_for(lambda: b"running at" in said.read_bytes() and live_workers(here) == 1)
    before = here.states()[DeliveryState.PUBLISHED]
    here.schedule(EACH)
    team += [run(here, said, settings, "scheduler") for settings in (TEAM, HERE)]
    wait_for(lambda: said.read_bytes().count(b"scheduler is running") == 2)
    wait_for(lambda: here.states()[DeliveryState.PUBLISHED] >= before + 4)
    return team


def run(here: Scene, said: Path, settings: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-u", "-m", "planner", *arguments]
    environment = {**here.environment, **settings, "SENDEPLAN_LOG_LEVEL": "CRITICAL"}
    with said.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.DEVNULL)
    here.processes.append(process)
    return process


def stop(team: list[subprocess.Popen[bytes]]) -> list[int]:
    """Ask all to stop at once. Their exit statuses; fails where one does not end soon."""
    for process in team:
        process.send_signal(signal.SIGTERM)
    end = time.monotonic() + SOON
    return [process.wait(max(0.1, end - time.monotonic())) for process in team]
