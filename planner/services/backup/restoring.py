"""Bringing a backup back. What was there is moved aside, never deleted.

The new database is complete, paused and in doubt about what may have gone out before anyone can see it: on SQLite it
is a file of its own until then, on PostgreSQL one transaction.
"""

from __future__ import annotations

import os
import shutil
import socket
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import JSON, Connection, Engine, MetaData, Table, delete, func, inspect, select, text, update
from sqlalchemy.orm import Session

from planner import schema
from planner.database import Database
from planner.domain.outbox import OutboxState
from planner.models import Base, Heartbeat, Mail, Notice, PushMessage, WebhookCall
from planner.services.backup.archive import MEDIA, BackupError, Manifest, check, read_manifest, rows, table_file
from planner.services.dialogue import answering
from planner.services.publishing.restored import after_restore

if TYPE_CHECKING:
    from planner.bootstrap import Platform

BATCH = 500
ALIVE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. ``doubts``: deliveries that may have gone out since the backup and are looked for.

    ``aside`` is the folder in which lies what was there before; on PostgreSQL its tables lie in ``schema``.
    """

    manifest: Manifest
    doubts: int
    aside: Path
    schema: str | None = None


def restore(platform: Platform, file: Path) -> Restored:
    """Replace database and media by those of the backup. No server may run; the caller holds the instance's lock.

    Raises BackupError; then everything is as it was.
    """
    manifest = read_manifest(file)
    now = platform.clock.now()
    if not schema.knows(manifest.schema):
        raise BackupError(f"The backup was made by a newer Sendeplan ({manifest.version}). Update first.")
    refuse_while_running(platform, now)
    aside = platform.settings.instance / f"before-restore-{now:%Y%m%d-%H%M%S}"
    with zipfile.ZipFile(file) as archive:
        check(archive)
        with _tidied_after_failure(aside, _new_media(platform)):
            _unpack_media(archive, _new_media(platform))
            aside.mkdir(mode=0o700)
            replace_database = _replace_file if platform.database.is_sqlite else _replace_tables
            doubts = replace_database(platform, archive, manifest, aside)
    _swap(platform.settings.media_folder, _new_media(platform), aside)
    return Restored(manifest, doubts, aside, None if platform.database.is_sqlite else _schema_of(aside))


def _schema_of(aside: Path) -> str:
    return aside.name.replace("-", "_")


@contextmanager
def _tidied_after_failure(aside: Path, media: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(media, ignore_errors=True)
        with suppress(OSError):
            aside.rmdir()  # only if it is empty: it may hold the former database by now
        raise


def refuse_while_running(platform: Platform, now: datetime) -> None:
    """Raises BackupError. On SQLite the instance's lock says it all; on PostgreSQL another machine may be at work."""
    if platform.database.is_sqlite:
        return
    with platform.database.engine.connect() as connection:
        if not inspect(connection).has_table(Heartbeat.__tablename__):
            return
        recent = connection.execute(select(Heartbeat.owner).where(Heartbeat.at > now - ALIVE)).scalars()
        if any(_may_be_alive(owner) for owner in recent):
            raise BackupError(
                "A scheduler or worker is at work on this database, or did a moment ago. Stop it and wait a minute."
            )


def _may_be_alive(owner: str) -> bool:
    """Owners are named by machine and process (see :func:`planner.services.heartbeats.new_owner`): of this machine's
    processes it can be seen whether they are gone."""
    machine, _, rest = owner.rpartition("-")[0].rpartition("-")
    if machine != socket.gethostname()[:20] or not rest.isdecimal():
        return True
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _replace_file(platform: Platform, archive: zipfile.ZipFile, manifest: Manifest, aside: Path) -> int:
    """SQLite: a new file beside the old one, which takes its place at the end."""
    old = Path(str(platform.database.url.database))
    new = old.with_name(old.name + ".restoring")
    new.unlink(missing_ok=True)
    database = Database(f"sqlite:///{new}")
    try:
        with database.engine.begin() as connection:
            doubts = _fill(platform, connection, archive, manifest)
    except BaseException:
        database.dispose()
        new.unlink(missing_ok=True)
        raise
    database.dispose()
    platform.database.dispose()
    for path in (old, old.with_name(old.name + "-wal"), old.with_name(old.name + "-shm")):
        if path.exists():
            shutil.move(path, aside / path.name)
    new.rename(old)
    return doubts


def _replace_tables(platform: Platform, archive: zipfile.ZipFile, manifest: Manifest, aside: Path) -> int:
    """PostgreSQL: the old tables go into a schema of their own, in the transaction that makes the new ones."""
    with platform.database.engine.begin() as connection:
        there = set(inspect(connection).get_table_names()) & {*Base.metadata.tables, "alembic_version"}
        name = _schema_of(aside)
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
        for table in sorted(there):
            connection.execute(text(f'ALTER TABLE "{table}" SET SCHEMA "{name}"'))
        return _fill(platform, connection, archive, manifest)


def _fill(platform: Platform, connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> int:
    """Tables as they were at the backup, their rows, then today's tables; then doubt and pause."""
    schema.upgrade_on(connection, manifest.schema)
    then = MetaData()
    then.reflect(connection)
    for table in then.sorted_tables:
        if table_file(table.name) in archive.namelist():
            count = _load(connection, archive, table)
            if count != manifest.tables[table.name]:
                raise BackupError(f"The backup is damaged: rows of {table.name} are missing.")
    schema.upgrade_on(connection)
    if not platform.database.is_sqlite:
        set_sequences(connection)
    forget_what_was_to_be_told(connection)
    return doubt_what_went_out(platform, connection)


def forget_what_was_to_be_told(connection: Connection) -> None:
    """Nobody knows what was mailed, pushed or called since. Notices stand in the app, unread."""
    connection.execute(update(Notice).where(Notice.mail_done_at.is_(None)).values(mail_done_at=Notice.at))
    connection.execute(update(Notice).where(Notice.push_done_at.is_(None)).values(push_done_at=Notice.at))
    for kind in (Mail, PushMessage, WebhookCall):
        connection.execute(delete(kind).where(kind.state == OutboxState.WAITING))


def doubt_what_went_out(platform: Platform, connection: Connection, since: datetime | None = None) -> int:
    """Pause, and doubt what may have gone out ``since`` (None: the last event), in a transaction that is running.
    Returns how many deliveries are looked for."""
    restored = replace(platform, database=_OneTransaction(connection))
    answering.after_restore(restored)
    return after_restore(restored, since)


def _load(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    for column in table.c:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)
    count = 0
    waiting = rows(archive, table)
    while batch := list(islice(waiting, BATCH)):
        connection.execute(table.insert(), batch)
        count += len(batch)
    return count


def set_sequences(connection: Connection) -> None:
    """PostgreSQL: new rows are numbered after those that are there."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.c:
            highest = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
            connection.execute(
                select(func.setval(func.pg_get_serial_sequence(f'"{table.name}"', "id"), highest, False))
            )


class _OneTransaction(Database):
    """Sessions within a transaction that is running already; whoever began it ends it."""

    def __init__(self, connection: Connection) -> None:
        self.engine: Engine = connection.engine
        self.url = connection.engine.url
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._connection = connection

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self._connection, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with Session(self._connection) as session:
            yield session
            session.flush()


def _new_media(platform: Platform) -> Path:
    folder = platform.settings.media_folder
    return folder.with_name(folder.name + ".restoring")


def _unpack_media(archive: zipfile.ZipFile, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in archive.namelist():
        if name.startswith(MEDIA) and name != MEDIA:
            (target / Path(name).name).write_bytes(archive.read(name))


def _swap(folder: Path, new: Path, aside: Path) -> None:
    if folder.exists():
        shutil.move(folder, aside / folder.name)
    new.rename(folder)
