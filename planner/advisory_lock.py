"""A lock in PostgreSQL that one process has, and that is free again as soon as that process is gone."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

#: Any number that no other program on the server uses for its advisory locks.
LOCK = 0x5E4DE91A4
#: A database that has not answered by then is lost, and the lock with it.
ANSWER_SECONDS = 3.0

#: The server takes the lock of whom it has not heard for this long: the process is frozen, or its machine vanished.
SILENCE_SECONDS = 6

_log = logging.getLogger(__name__)


class AdvisoryLock:
    """The server itself takes it back when the connection ends, however it ends, and when it hears nothing more.

    It belongs to a transaction that stays open. A pooler like PgBouncer gives such a transaction a session of its own,
    so that no other client comes into possession of the lock; and as the transaction keeps no snapshot, it keeps
    nothing from being cleaned up.
    """

    def __init__(self, conninfo: str, owner: str) -> None:
        self._conninfo = conninfo
        self._name = f"sendeplan leader {owner}"
        self._connection: psycopg.Connection[Any] | None = None
        self._holds = False

    def take(self) -> bool:
        """Take it if it is free, or make sure to have it still. To be called more often than :data:`SILENCE_SECONDS`.

        Takes about twice :data:`ANSWER_SECONDS` at most, and raises nothing.
        """
        try:
            connection = self._connection or self._connect()
            with _in_time(connection):
                self._holds = self._still_holds(connection) if self._holds else self._try(connection)
        except psycopg.Error as error:
            if self._holds:
                _log.warning("The connection with the lock was lost: %s", error)
            self.leave()
        return self._holds

    def leave(self) -> None:
        """Let it go."""
        connection, self._connection, self._holds = self._connection, None, False
        if connection is None:
            return
        try:
            with suppress(psycopg.Error), _in_time(connection):
                connection.rollback()  # a server that is told notices at once; of a closed one only a little later
        finally:
            connection.close()

    def _connect(self) -> psycopg.Connection[Any]:
        self._connection = psycopg.connect(
            self._conninfo, application_name=self._name, connect_timeout=int(ANSWER_SECONDS), prepare_threshold=None
        )
        return self._connection

    def _try(self, connection: psycopg.Connection[Any]) -> bool:
        connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{SILENCE_SECONDS}s'".encode())
        if _yes(connection, "SELECT pg_try_advisory_xact_lock(%s)", LOCK):
            return True
        connection.rollback()
        return False

    def _still_holds(self, connection: psycopg.Connection[Any]) -> bool:
        """Whether the server, too, says so: an answer alone may come from another session, behind a pooler."""
        if _yes(connection, _HELD, LOCK >> 32, LOCK & 0xFFFFFFFF):
            return True
        connection.rollback()
        return False


_HELD = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = %s AND objid::bigint = %s AND objsubid = 1
)"""


def _yes(connection: psycopg.Connection[Any], question: str, *values: int) -> bool:
    row = connection.execute(question.encode(), values).fetchone()
    return row is not None and bool(row[0])


@contextmanager
def _in_time(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Cut the connection where the answer does not come: a network that swallows packets raises nothing by itself."""
    watchdog = threading.Timer(ANSWER_SECONDS, _cut, [connection])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _cut(connection: psycopg.Connection[Any]) -> None:
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
