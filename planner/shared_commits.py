"""Several threads' small writes in one transaction: to commit is the dear part, and a disk takes one at a time.

Whoever comes while another thread commits waits; the first of those who wait then writes for all of them. Each
thread's own work stands or falls by itself, and each goes on only after its work is on the disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from planner.afterwards import forgotten_on_failure

Result = TypeVar("Result")
Work = Callable[[Session], Any]


class SharedCommits:
    """Runs work in write transactions that ``write`` opens, as few as the moment allows."""

    def __init__(self, write: Callable[[], AbstractContextManager[Session]]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[_Place] = []
        self._busy = False

    def run(self, work: Callable[[Session], Result]) -> Result:
        """Run ``work`` and return its result once it is committed. Raises what it raises, or what the commit does."""
        place = _Place(work)
        with self._lock:
            self._waiting.append(place)
            leads, self._busy = not self._busy, True
        if not leads:
            place.called.wait()
        if not place.done:
            self._lead()
        result: Result = place.outcome()
        return result

    @property
    def waiting(self) -> int:
        """How many wait for the next commit."""
        return len(self._waiting)

    def _lead(self) -> None:
        """Write for everyone who waits now, then let the first of those who came meanwhile lead."""
        with self._lock:
            together, self._waiting = self._waiting, []
        try:
            self._commit(together)
        finally:
            with self._lock:
                self._busy = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].called.set()
            for place in together:
                place.done = True
                place.called.set()

    def _commit(self, together: list[_Place]) -> None:
        try:
            with self._write() as session:
                if len(together) == 1:
                    together[0].result = together[0].do(session)
                else:
                    for place in together:
                        place.try_in(session)
        except BaseException as error:  # noqa: BLE001 - it is raised again, by each whose work it undid
            for place in together:
                place.error = error


class _Place:
    """One thread's work, and how it went."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._context = copy_context()  # the leader's thread does the work, but its lines in the log are this one's
        self.called = threading.Event()
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None

    def do(self, session: Session) -> Any:
        """Do the work as the thread that brought it."""
        return self._context.run(self._work, session)

    def try_in(self, session: Session) -> None:
        """Do the work in a savepoint: what fails undoes itself and nothing else."""
        try:
            with forgotten_on_failure(session), session.begin_nested():
                self.result = self.do(session)
        except Exception as error:  # noqa: BLE001 - it is raised again, in the thread whose work it was
            self.error = error

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result
