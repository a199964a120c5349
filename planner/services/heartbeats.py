"""Signs of life of the processes: what `doctor`, the figures and the ready check read. Workers are known by them."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from planner.models import Heartbeat

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: A process that gave no sign for so many ticks, and for at least so long, is not running.
TICKS, AT_LEAST = 4, timedelta(minutes=1)
#: Workers are many, so each has a row of its own: the prefix and its owner's name.
WORKER = "worker:"
#: How often a worker gives a sign of life, and after how long without one nobody counts on it.
BEAT_SECONDS = 2.0
SILENT = timedelta(seconds=10)
#: What a dead worker left is kept for `doctor` this long.
KEPT = timedelta(days=1)


def new_owner() -> str:
    """A name for this process that no other has, nor had."""
    return f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(8)}"


def beat(platform: Platform, name: str, owner: str, **data: Any) -> None:
    """Note that the process role ``name`` is alive. ``data`` is JSON."""
    now = platform.clock.now()
    # Two processes may give their first sign at the same moment: looking first and adding then would fail for one.
    insert = sqlite.insert if platform.database.is_sqlite else postgresql.insert
    sign = {"owner": owner, "at": now, "data": data}
    statement = insert(Heartbeat).values(name=name, **sign)
    with platform.database.write() as session:
        session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=sign))
    platform.beats[name] = now


def silence(platform: Platform) -> timedelta:
    """How long a process may be silent."""
    return max(AT_LEAST, timedelta(seconds=TICKS * platform.settings.safety_tick_seconds))


def is_alive(platform: Platform, now: datetime) -> bool:
    """Whether all roles that this process itself has have lately given a sign."""
    return all(at > now - silence(platform) for at in platform.beats.values())


def stop(platform: Platform, name: str) -> None:
    """Note that this process ends: nobody has to miss it."""
    with platform.database.write() as session:
        session.execute(delete(Heartbeat).where(Heartbeat.name == name))


def live_workers(session: Session, now: datetime) -> int:
    """How many workers give signs of life."""
    alive = select(func.count()).where(Heartbeat.name.startswith(WORKER), Heartbeat.at > now - SILENT)
    return session.scalar(alive) or 0


def forget_dead_workers(platform: Platform) -> None:
    """Remove what workers left that have been silent for long."""
    gone = Heartbeat.name.startswith(WORKER) & (Heartbeat.at < platform.clock.now() - KEPT)
    with platform.database.write() as session:
        session.execute(delete(Heartbeat).where(gone))
