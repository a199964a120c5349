"""What an installation begins with: one workspace, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.models import Workspace
from planner.services import events
from planner.services.actor import machine
from planner.services.errors import NotFound

FIRST_NAME = "Unser Unternehmen"


def first_workspace(session: Session, *, now: datetime) -> tuple[Workspace, bool]:
    """The workspace of this installation, made where there is none. Returns it and whether it was made now."""
    found = session.scalar(select(Workspace).order_by(Workspace.id).limit(1))
    if found is not None:
        return found, False
    workspace = Workspace(name=FIRST_NAME, created_at=now)
    session.add(workspace)
    session.flush()
    events.record(session, machine(workspace.id), now, "workspace", workspace.id, "created")
    return workspace, True


def find_workspace(session: Session, workspace_id: int | None = None) -> Workspace:
    """The workspace that a command works in: the one of this id, else the first. Raises NotFound ``no_workspace``."""
    query = select(Workspace).order_by(Workspace.id).limit(1)
    found = session.scalar(query if workspace_id is None else query.where(Workspace.id == workspace_id))
    if found is None:
        raise NotFound("no_workspace")
    return found
