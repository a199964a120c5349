"""The file: what is in it, and how rows are written."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Table, Time

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media/"


class BackupError(Exception):
    """It cannot be saved or restored; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. ``schema`` is the revision of its tables, ``tables`` counts their rows."""

    format: int
    version: str
    schema: str
    created_at: str
    tables: Mapping[str, int]
    media: int

    def write(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), indent=2)


def read_manifest(file: Path) -> Manifest:
    """What the backup says of itself. Raises BackupError for a file that is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            values = json.loads(archive.read(MANIFEST))
            manifest = Manifest(**values)
    except FileNotFoundError:
        raise BackupError(f"There is no file {file}.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError):
        raise BackupError(f"{file} is not a backup of Sendeplan, or it is damaged.") from None
    if manifest.format != FORMAT:
        raise BackupError(f"{file} was made by a newer Sendeplan ({manifest.version}). Update first.")
    return manifest


def check(archive: zipfile.ZipFile) -> None:
    """Read everything once. Raises BackupError where a byte is wrong or a name leads out of the media folder."""
    try:
        broken = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError):
        broken = "a part of it"
    if broken is not None:
        raise BackupError(f"The backup is damaged: {broken} cannot be read.")
    for name in archive.namelist():
        if ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise BackupError(f"The backup holds a file that does not belong there: {name}.")


def table_file(name: str) -> str:
    """Where a table's rows are."""
    return f"tables/{name}.jsonl"


def encode(row: Mapping[str, Any]) -> str:
    """A row as a line."""
    return json.dumps(dict(row), default=_plain, ensure_ascii=False)


def rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table, as the database takes them."""
    with archive.open(table_file(table.name)) as file:
        for line in file:
            yield {name: _typed(table, name, value) for name, value in json.loads(line).items()}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def _typed(table: Table, name: str, value: Any) -> Any:
    if value is None or name not in table.c or isinstance(table.c[name].type, JSON):
        return value
    kind = table.c[name].type
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        # SQLite keeps moments without their zone, which is always UTC.
        return moment if kind.timezone else moment.astimezone(UTC).replace(tzinfo=None)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return time.fromisoformat(value) if isinstance(kind, Time) else value
