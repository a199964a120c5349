"""Sessions on SQLite or PostgreSQL: short reads, and writes that never deadlock on an upgrade of a lock.

On SQLite every write begins with BEGIN IMMEDIATE. A deferred BEGIN that writes later fails at once with
"database is locked" when another writer was faster, whatever the busy time-out says.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from planner import afterwards
from planner.shared_commits import SharedCommits

BUSY_TIMEOUT_SECONDS = 30
#: How many statements a connection to PostgreSQL keeps prepared: more than a process of ours has that come again and
#: again. With the driver's hundred they push each other out, and the server plans each of them anew.
PREPARED_MOST = 400
#: A server that cannot be reached, or falls silent, is an error after so long (seconds; ``tcp_user_timeout``
#: milliseconds): the system itself would wait for a quarter of an hour.
PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
#: Connections to PostgreSQL beyond the pool, for a moment.
OVERFLOW = 10

Result = TypeVar("Result")


class Database:
    """One database by URL. ``pool_size`` is how many connections PostgreSQL may be asked for at once."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = make_url(url)
        #: How many connections this process may hold at once; one more is the leader's.
        self.most_connections = pool_size + OVERFLOW + 1
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._patient = self.url if self.is_sqlite else _with_patience(self.url)
        self.engine = _sqlite_engine(url, pool_size) if self.is_sqlite else _postgresql_engine(self._patient, pool_size)
        self._disposed = 0
        _closes_what_comes_back_late(self.engine, lambda: self._disposed)
        writing = self.engine.execution_options(sqlite_begin="IMMEDIATE")
        self._writing = threading.Lock()
        self._shared = SharedCommits(self.write)
        self._readers = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._writers = sessionmaker(writing, expire_on_commit=False)

    @property
    def conninfo(self) -> str:
        """The address as PostgreSQL's own client library takes it, password included."""
        return self._patient.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session to read with: one consistent view, nothing is ever written."""
        with self._readers() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session to write with: committed at the end, rolled back whole on any exception. Keep it short."""
        with self._turn(), self._writers.begin() as session:
            yield session
        afterwards.run(session)

    def write_together(self, work: Callable[[Session], Result]) -> Result:
        """Run ``work`` in a write transaction it may share with other threads' work: for many small writes at once.

        It is committed when this returns. Raises what ``work`` raises, with nothing of it written, or what the commit
        does. PostgreSQL shares its commits by itself.
        """
        if self.is_sqlite:
            return self._shared.run(work)
        with self.write() as session:
            return work(session)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite lets in one writer at a time and makes the others sleep for up to a tenth of a second before they try
        again. Those of one process queue here instead, and the next begins as soon as the last has ended."""
        taken = self.is_sqlite and self._writing.acquire(timeout=BUSY_TIMEOUT_SECONDS)
        try:
            yield
        finally:
            if taken:
                self._writing.release()

    def dispose(self) -> None:
        """Close all pooled connections, and those that are in use as soon as they are given back."""
        self._disposed += 1
        self.engine.dispose()


def is_away(error: object) -> bool:
    """Whether an error says that the database cannot be reached, or was lost on the way: to try again may help."""
    return isinstance(error, OperationalError) and (error.connection_invalidated or error.statement is None)


def _with_patience(url: URL) -> URL:
    """The operator's own values go first."""
    return url.update_query_dict({name: value for name, value in PATIENCE.items() if name not in url.query})


def _postgresql_engine(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=OVERFLOW,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC"},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: Any) -> None:
        connection.prepared_max = PREPARED_MOST

    return engine


def _sqlite_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=20, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: Any) -> None:
        # The driver's own BEGIN comes too late and is always deferred: we say it ourselves below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -8000")
        cursor.close()
        # SQLite's own knows only ASCII: a search for "über" would not find "Über".
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        statement = f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}"
        cursor = connection.connection.cursor()
        try:  # past the bookkeeping for statements, which would cost as much as a short read
            connection.dialect.do_execute(cursor, statement, ())
        except sqlite3.Error as error:
            raise DBAPIError.instance(statement, (), error, sqlite3.Error) from error
        finally:
            cursor.close()

    return engine


def _closes_what_comes_back_late(engine: Engine, disposed: Callable[[], int]) -> None:
    """Close what was in use while the pool was disposed of: given back, it would stay open in a pool that nobody uses
    any more. ``disposed`` is how often that has happened."""

    @event.listens_for(engine, "connect")
    def born(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info["pool"] = disposed()

    @event.listens_for(engine, "checkin")
    def come_back(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        if record.info.get("pool") != disposed() and record.dbapi_connection is not None:
            record.invalidate()


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
