"""One of several schedulers leads, on a real PostgreSQL: whatever becomes of the leader, of its connection or of the
server, another one takes over within ten seconds, and the former leader knows."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from sqlalchemy import make_url

from planner.advisory_lock import LOCK, AdvisoryLock
from tests.crash.scene import Scene, scene
from tests.support.databases import OwnServer, own_postgres_server

pytestmark = pytest.mark.crash

#: What is promised.
TAKEOVER_SECONDS = 10.0
PATIENCE = 60.0

Found = TypeVar("Found")


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_postgres_server() as server:
        yield server


def test_when_the_leader_is_killed_frozen_or_cut_off_another_takes_over_within_ten_seconds(
    tmp_path: Path, server: OwnServer, capfd: pytest.CaptureFixture[str]
) -> None:
    with scene(tmp_path, server.database()) as here:
        alive = {here.start("scheduler").pid for _ in range(3)}
        wait_for(lambda: candidates(here) == alive, PATIENCE)

        killed = wait_for(lambda: leading_of(here, alive), PATIENCE)
        os.kill(killed, signal.SIGKILL)
        alive -= {killed}
        frozen = wait_for(lambda: leading_of(here, alive), TAKEOVER_SECONDS)

        os.kill(frozen, signal.SIGSTOP)
        (last,) = alive - {frozen}
        assert wait_for(lambda: leading(here) == last, TAKEOVER_SECONDS)
        os.kill(frozen, signal.SIGCONT)

        end_session_of_the_leader(here)
        assert wait_for(lambda: leading(here) in alive, TAKEOVER_SECONDS)
        server.restart()
        assert wait_for(lambda: leading(here) in alive, TAKEOVER_SECONDS)
        assert {process.pid for process in here.processes if process.poll() is None} == alive
    assert "Traceback" not in capfd.readouterr().err, "a database that is away is told in lines"


def test_a_leader_whose_session_was_dropped_does_not_go_on_believing(server: OwnServer) -> None:
    url = server.database()
    one, other = lock(url, "one"), lock(url, "other")
    assert (one.take(), other.take()) == (True, False)
    with psycopg.connect(conninfo(url), autocommit=True) as admin:
        assert admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'").fetchall()

    assert wait_for(other.take, TAKEOVER_SECONDS)
    assert (one.take(), one.take(), other.take()) == (False, False, True)
    for candidate in (one, other):
        candidate.leave()


def test_a_leader_whose_packets_are_swallowed_steps_down_and_leads_again_when_they_pass(server: OwnServer) -> None:
    with swallowing_line(server.socket) as line:
        url = make_url(server.database()).set(host="127.0.0.1", port=line.port, query={})
        one = lock(url.render_as_string(hide_password=False), "one")
        assert one.take()

        line.swallows.set()
        began = time.monotonic()
        assert not one.take()
        assert time.monotonic() - began < TAKEOVER_SECONDS
        line.swallows.clear()

        assert wait_for(one.take, TAKEOVER_SECONDS)
        one.leave()


def lock(url: str, name: str) -> AdvisoryLock:
    return AdvisoryLock(conninfo(url), name)


def conninfo(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def wait_for(condition: Callable[[], Found | None], seconds: float) -> Found:
    """What it gives as soon as that is anything."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.1)
    return found


_LEADER = """
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND ((classid::bigint << 32) | objid::bigint) = %s
"""


def leading_of(here: Scene, processes: Collection[int]) -> int | None:
    """Which of these leads; None where none of them does, so that no signal goes to anybody else."""
    leader = leading(here)
    return leader if leader in processes else None


def leading(here: Scene) -> int | None:
    """The id of the process that leads, as the server sees it; None where none does."""
    with suppress(psycopg.OperationalError), psycopg.connect(here.platform.database.conninfo) as connection:
        names = [row[0] for row in connection.execute(_LEADER, [LOCK])]
        assert len(names) <= 1
        return int(names[0].split("-")[-2]) if names else None
    return None


def candidates(here: Scene) -> set[int]:
    """The ids of the processes that lead or would like to."""
    with psycopg.connect(here.platform.database.conninfo) as connection:
        names = connection.execute(
            "SELECT application_name FROM pg_stat_activity WHERE application_name ~ '^sendeplan l'"
        )
        return {int(row[0].split("-")[-2]) for row in names}


def end_session_of_the_leader(here: Scene) -> None:
    with psycopg.connect(here.platform.database.conninfo, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")


class Line:
    """A line to the server that can swallow everything without a word."""

    def __init__(self, target: Path) -> None:
        self.swallows = threading.Event()
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self._target))
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source:
            while data := source.recv(65536):
                if not self.swallows.is_set():
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def swallowing_line(target: Path) -> Iterator[Line]:
    line = Line(target)
    yield line
    line.close()
