"""Zone files of one's own making: a real TZif in a real folder, where Python looks for zones."""

from __future__ import annotations

import struct
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from planner.domain import walltime


def write_zone(folder: Path, name: str, offset: int, change: tuple[datetime, int] | None = None) -> None:
    """A zone ``offset`` seconds east of Greenwich, from a moment on another (RFC 8536, version 2)."""
    changes = [change] if change else []
    kinds = [offset, *(new for _at, new in changes)]

    def block(size: str) -> bytes:
        head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, len(changes), len(kinds), 4)
        times = b"".join(struct.pack(size, int(at.timestamp())) for at, _new in changes)
        numbers = bytes(range(1, len(changes) + 1))
        return head + times + numbers + b"".join(struct.pack(">lbb", kind, 0, 0) for kind in kinds) + b"TST\0"

    last = kinds[-1]
    rule = f"\n<TST>{'-' if last >= 0 else '+'}{abs(last) // 3600}\n".encode()
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(block(">l") + block(">q") + rule)


@contextmanager
def zones_in(folder: Path, version: str) -> Iterator[None]:
    """Inside the block, the zones of this folder come before those of the system."""
    (folder / "+VERSION").write_text(f"{version}\n", encoding="utf-8")
    zoneinfo.reset_tzpath([str(folder), *zoneinfo.TZPATH])
    walltime.reread()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath()
        walltime.reread()
