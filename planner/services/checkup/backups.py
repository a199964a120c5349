"""When the last backup was made, as far as this installation knows: by ``sendeplan backup``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.models import Heartbeat, Workspace
from planner.services.checkup.finding import Finding, Scene, notice, ok

ROLE = "backup"
OLD = timedelta(days=8)


def age(scene: Scene, session: Session) -> Iterator[Finding]:
    """A week without one is worth knowing; so is an installation that never had one."""
    last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == ROLE))
    if last is not None:
        found = ok("backup", "backup_recent", at=last)
        yield notice("backup", "backup_old", at=last) if last < scene.now - OLD else found
        return
    since = session.scalar(select(func.min(Workspace.created_at)))
    if since is not None and since < scene.now - OLD:
        yield notice("backup", "backup_never")
