"""Which of several scheduler processes asks the networks for figures. Convenience, not safety: deliveries are claimed
by compare-and-set, whoever leads."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, or_, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from planner.models import Heartbeat

if TYPE_CHECKING:
    from planner.bootstrap import Platform

NAME = "leader"
#: Any number that no other program on the server uses for its advisory locks.
LOCK = 0x5E4DE91A4

_log = logging.getLogger(__name__)


class Leader:
    """One process's candidature. On PostgreSQL a lock that ends with its connection, on SQLite a row with a lease."""

    def __init__(self, platform: Platform, owner: str) -> None:
        self._platform = platform
        self._owner = owner
        self._lease = timedelta(seconds=3 * platform.settings.safety_tick_seconds)
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def stand(self) -> bool:
        """Become the leader if there is none, or stay it. Returns whether this process leads now."""
        with self._lock:
            return self._take_row() if self._platform.database.is_sqlite else self._take_lock()

    def resign(self) -> None:
        """Let another process lead at once."""
        with self._lock:
            if self._platform.database.is_sqlite:
                self._leave_row()
            elif self._connection is not None:
                self._connection.invalidate()
                self._connection = None

    def _take_row(self) -> bool:
        now = self._platform.clock.now()
        mine = insert(Heartbeat).values(name=NAME, owner=self._owner, at=now, data={})
        free = or_(Heartbeat.owner.in_((self._owner, "")), Heartbeat.at < now - self._lease)
        taken = mine.on_conflict_do_update(
            index_elements=["name"], set_={"owner": self._owner, "at": now}, where=free
        ).returning(Heartbeat.owner)
        with self._platform.database.write() as session:
            return session.execute(taken).one_or_none() is not None

    def _leave_row(self) -> None:
        statement = update(Heartbeat).where(Heartbeat.name == NAME, Heartbeat.owner == self._owner)
        with self._platform.database.write() as session:
            session.execute(statement.values(owner=""), execution_options={"synchronize_session": False})

    def _take_lock(self) -> bool:
        if self._connection is not None and self._is_alive(self._connection):
            return True
        self._connection = None
        engine = self._platform.database.engine
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
            self._connection = connection
            return True
        connection.close()
        return False

    def _is_alive(self, connection: Connection) -> bool:
        try:
            connection.scalar(text("SELECT 1"))
        except SQLAlchemyError:
            _log.warning("The leader's connection was lost")
            connection.invalidate()
            return False
        return True
