"""Saving: one consistent view of all tables, and every image."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, select

from planner import __version__, schema
from planner.models import Alert, Base, Heartbeat, Mail, PushMessage, WebhookCall
from planner.services.backup.archive import FORMAT, MANIFEST, MEDIA, BackupError, Manifest, encode, table_file

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Signs of life, alerts, and what waited to be told: none of it is news after a restore.
LEFT_OUT = frozenset(m.__tablename__ for m in (Heartbeat, Alert, Mail, PushMessage, WebhookCall))


def save(platform: Platform, target: Path) -> Manifest:
    """Write a backup to ``target``, whole or not at all; a server may run meanwhile.

    Raises BackupError where the file is there already or its folder is not, OSError where it cannot be written.
    """
    if target.exists():
        raise BackupError(f"{target} is there already. Choose another name.")
    if not target.absolute().parent.is_dir():
        raise BackupError(f"There is no folder {target.absolute().parent}. Make it, or name another one.")
    handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=".sendeplan-")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            manifest = _write(platform, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _write(platform: Platform, archive: zipfile.ZipFile) -> Manifest:
    with archive:
        with _one_view(platform) as connection:
            revision = schema.revision(connection)
            tables = {t.name: _write_table(connection, archive, t) for t in _tables()}
        # After the tables: an image is stored before its row, so none of those rows lacks its file.
        media = _write_media(archive, platform.settings.media_folder)
        manifest = Manifest(FORMAT, __version__, revision, _stamp(platform.clock.now()), tables, media)
        archive.writestr(MANIFEST, manifest.write())
    return manifest


def _one_view(platform: Platform) -> Connection:
    """A connection that sees one moment. SQLite does so by itself from the first query on."""
    connection = platform.database.engine.connect()
    if not platform.database.is_sqlite:
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def _tables() -> list[Table]:
    return [t for t in Base.metadata.sorted_tables if t.name not in LEFT_OUT]


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    count = 0
    key = list(table.primary_key)
    with archive.open(table_file(table.name), "w") as file:
        for row in connection.execution_options(yield_per=500).execute(select(table).order_by(*key)).mappings():
            file.write(encode({str(k): v for k, v in row.items()}).encode() + b"\n")
            count += 1
    return count


def _write_media(archive: zipfile.ZipFile, folder: Path) -> int:
    count = 0
    for path in _images(folder):
        archive.write(path, MEDIA + path.name, zipfile.ZIP_STORED)  # images are compressed already
        count += 1
    return count


def _images(folder: Path) -> Iterator[Path]:
    """Originals only: thumbnails are made again, and an unfinished upload has no ending yet."""
    if folder.is_dir():
        yield from sorted(p for p in folder.iterdir() if p.is_file() and p.suffix)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
