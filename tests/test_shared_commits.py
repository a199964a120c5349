"""Small writes of several threads in one transaction: each on the disk before its thread goes on, each on its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner.database import Database
from planner.models import Heartbeat
from planner.shared_commits import SharedCommits

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


def beat(name: str) -> Callable[[Session], str]:
    """Work that writes one row and gives its name."""

    def work(session: Session) -> str:
        session.add(Heartbeat(name=name, owner="test", at=NOW, data={}))
        return name

    return work


def names(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Heartbeat.name)))


def test_work_is_on_the_disk_when_it_returns(database: Database) -> None:
    assert database.write_together(beat("one")) == "one"
    assert names(database) == {"one"}


def test_work_that_fails_writes_nothing_and_raises_in_its_own_thread(database: Database) -> None:
    def fail(session: Session) -> None:
        beat("never")(session)
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write_together(fail)

    assert names(database) == set()


def test_threads_that_come_while_another_writes_share_a_commit_and_one_failure_spoils_only_itself(
    sqlite_database: Database,
) -> None:
    database, go_on = sqlite_database, threading.Event()
    database.write_together(beat("taken"))
    transactions: list[int] = []

    @contextmanager
    def write_slowly() -> Iterator[Session]:
        transactions.append(1)
        assert go_on.wait(10)
        with database.write() as session:
            yield session

    shared = SharedCommits(write_slowly)
    work = [*(beat(f"beat-{number}") for number in range(6)), beat("taken"), beat("last")]
    with ThreadPoolExecutor(8) as threads:
        results = [threads.submit(shared.run, each) for each in work]
        wait_until(lambda: shared.waiting == 7)
        go_on.set()
        wait(results)

    assert [type(future.exception()) for future in results] == [type(None)] * 6 + [IntegrityError, type(None)]
    assert names(database) == {f"beat-{number}" for number in range(6)} | {"taken", "last"}
    assert len(transactions) == 2


def test_many_threads_all_get_their_own_result(database: Database) -> None:
    wanted = {f"beat-{number}" for number in range(60)}

    with ThreadPoolExecutor(12) as threads:
        given = set(threads.map(lambda name: database.write_together(beat(name)), wanted))

    assert given == wanted == names(database)


def wait_until(condition: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(1000):
        if condition():
            return
        tick.wait(0.01)
    raise AssertionError("it did not come to pass")
