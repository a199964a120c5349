"""Signs of life of the processes: what `doctor` and the health page read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.models import Heartbeat

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def beat(platform: Platform, name: str, owner: str, **data: Any) -> None:
    """Note that the process role ``name`` is alive. ``data`` is JSON."""
    with platform.database.write() as session:
        session.merge(Heartbeat(name=name, owner=owner, at=platform.clock.now(), data=data))
