"""Who works with an instance folder: any number of servers at once, or one restore."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "in-use.lock"


class InUse(Exception):
    """Somebody else works with the instance in a way that does not go together with this."""


@contextmanager
def running(instance: Path) -> Iterator[None]:
    """Held by a server or scheduler while it runs. Raises InUse during a restore. The system lets go of it with the
    process, however that ends."""
    with _held(instance, fcntl.LOCK_SH):
        yield


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Held by a restore. Raises InUse while a server or scheduler runs on this instance folder."""
    with _held(instance, fcntl.LOCK_EX):
        yield


@contextmanager
def _held(instance: Path, kind: int) -> Iterator[None]:
    handle = os.open(instance / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(instance) from None
        yield
    finally:
        os.close(handle)
