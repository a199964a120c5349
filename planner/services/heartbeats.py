"""Signs of life of the processes: what `doctor`, the figures and the ready check read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from planner.models import Heartbeat

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: A process that gave no sign for so many ticks, and for at least so long, is not running.
TICKS, AT_LEAST = 4, timedelta(minutes=1)


def beat(platform: Platform, name: str, owner: str, **data: Any) -> None:
    """Note that the process role ``name`` is alive. ``data`` is JSON."""
    now = platform.clock.now()
    with platform.database.write() as session:
        session.merge(Heartbeat(name=name, owner=owner, at=now, data=data))
    platform.beats[name] = now


def silence(platform: Platform) -> timedelta:
    """How long a process may be silent."""
    return max(AT_LEAST, timedelta(seconds=TICKS * platform.settings.safety_tick_seconds))


def is_alive(platform: Platform, now: datetime) -> bool:
    """Whether all roles that this process itself has have lately given a sign."""
    return all(at > now - silence(platform) for at in platform.beats.values())
