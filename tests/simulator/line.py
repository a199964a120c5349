"""The line between one process and its database: where it breaks, where its process dies, where it may stand still.

It sits at the driver's own functions, so that everything above it (SQLAlchemy's pools, wrapped errors and
transactions, and all of ours) is the real thing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import psycopg
from sqlalchemy import Engine


class Point(StrEnum):
    """Where something can befall a process."""

    STEP = "step"
    CLOCK = "clock"
    STATEMENT = "statement"
    LOCK = "lock"
    COMMIT = "commit"
    COMMITTED = "committed"


class Broken(StrEnum):
    """What becomes of a statement or a commit."""

    NO = "no"
    LOST = "lost"


Befall = Callable[[Point], Broken]


class Line:
    """``befall`` is asked at every point and may raise. ``holding`` says that others may have to wait for a lock."""

    def __init__(self, engine: Engine, befall: Befall, cut: Callable[[Any], None]) -> None:
        self._befall = befall
        self._cut = cut
        self._dialect = engine.dialect
        self._execute = self._dialect.do_execute
        self._commit = self._dialect.do_commit
        self._rollback = self._dialect.do_rollback
        self._error = sqlite3.OperationalError if engine.dialect.name == "sqlite" else psycopg.OperationalError
        self._is_sqlite = engine.dialect.name == "sqlite"
        self.holding = self._has_read = False
        #: Whether anything broke since somebody last asked.
        self.broke = False
        for name, function in (
            ("do_execute", self.execute),
            ("do_commit", self.commit),
            ("do_rollback", self.rollback),
        ):
            setattr(self._dialect, name, function)

    def execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        reads = _reads(statement)
        if not reads and self._has_read and not self.holding:
            self._befall(Point.LOCK)  # where what was read may be old by the time the lock is there
        if self._befall(Point.STATEMENT) is Broken.LOST:
            self.broke = True
            self._lose(cursor)
        self._execute(cursor, statement, parameters, context)
        self.holding |= not reads
        self._has_read = not self._is_sqlite

    def commit(self, connection: Any) -> None:
        wrote = self.holding
        if wrote and self._befall(Point.COMMIT) is Broken.LOST:
            self._break("the connection was lost before the commit")
        self._commit(connection)
        self.forget()
        if wrote and self._befall(Point.COMMITTED) is Broken.LOST:
            self._break("the answer to the commit was lost")

    def rollback(self, connection: Any) -> None:
        self._rollback(connection)
        self.forget()

    def forget(self) -> None:
        """The transaction is over."""
        self.holding = self._has_read = False

    def _lose(self, cursor: Any) -> None:
        """PostgreSQL's connection is cut for real: the statement that follows finds out."""
        if self._is_sqlite:
            self._break("disk I/O error")
        self._cut(cursor.connection)

    def _break(self, words: str) -> None:
        self.broke = True
        raise self._error(words)


def _reads(statement: str) -> bool:
    """Whether a statement leaves nobody waiting."""
    begin = statement.lstrip()[:16].upper()
    if begin.startswith("BEGIN"):
        return "IMMEDIATE" not in begin
    return begin.startswith(("SELECT", "WITH")) and " FOR " not in statement and "advisory" not in statement
