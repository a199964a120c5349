"""Taking a file in: from a stream to the disk, a piece at a time, whatever its size."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from planner.services.errors import FieldError, Invalid
from planner.services.media.facts import Facts, inspect

_PIECE = 1 << 20
#: What a killed process left behind is swept away after so many seconds.
_FORGOTTEN = 24 * 3600


class Source(Protocol):
    """Whatever gives bytes a piece at a time; none at the end."""

    def read(self, size: int = ..., /) -> bytes:
        """The next piece."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that lies beside the stored ones and was looked into. ``digest`` is the SHA-256 of what was sent."""

    path: Path
    size: int
    sha256: str
    digest: str
    facts: Facts

    @property
    def stored_as(self) -> str:
        """Its name among the stored ones: by content, so that the same file is stored once."""
        return self.sha256 + self.facts.ending


def incoming_folder(folder: Path) -> Path:
    """Where files lie that are not stored yet; a backup leaves them out."""
    return folder / "incoming"


def receive(stream: Source, folder: Path, limit: int) -> Incoming:
    """Write what ``stream`` gives beside the stored files and look into it. :func:`discard` it in the end.

    ``limit`` in bytes. Raises Invalid at ``file``: ``file_too_large``, and as :func:`inspect`.
    """
    place = incoming_folder(folder)
    place.mkdir(parents=True, exist_ok=True)
    _sweep(place)
    handle, name = tempfile.mkstemp(dir=place)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            digest = _copy(stream, file, limit)
        return _looked_into(path, digest)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def take(path: Path) -> Incoming:
    """A file that we made ourselves, in :func:`incoming_folder`. Raises as :func:`inspect`."""
    return _looked_into(path, _digest(path))


def discard(incoming: Incoming) -> None:
    """Forget a file that was not stored; nothing happens to a stored one."""
    incoming.path.unlink(missing_ok=True)


@contextmanager
def received(stream: Source, folder: Path, limit: int) -> Iterator[Incoming]:
    """As :func:`receive`, and forgotten at the end unless it was stored."""
    incoming = receive(stream, folder, limit)
    try:
        yield incoming
    finally:
        discard(incoming)


def _looked_into(path: Path, digest: str) -> Incoming:
    stamp = path.stat()
    facts = inspect(path)
    after = path.stat()
    unchanged = (stamp.st_mtime_ns, stamp.st_size) == (after.st_mtime_ns, after.st_size)
    return Incoming(path, after.st_size, digest if unchanged else _digest(path), digest, facts)


def _copy(stream: Source, file: IO[bytes], limit: int) -> str:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > limit:
            raise Invalid(FieldError("file", "file_too_large", {"limit": limit // 1_000_000}))
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sweep(place: Path) -> None:
    before = time.time() - _FORGOTTEN  # a file's own time is the machine's, not the platform's clock
    for left in place.iterdir():
        try:
            if left.is_file() and left.stat().st_mtime < before:
                left.unlink(missing_ok=True)
        except OSError:
            continue
