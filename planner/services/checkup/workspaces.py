"""Workspaces: there is one, somebody is in it, and whether it is paused."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.models import Member, Workspace
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem


def people(scene: Scene, session: Session) -> Iterator[Finding]:
    """Who can sign in."""
    counted = (
        select(Workspace.name, func.count(Member.id))
        .outerjoin(Member, Member.workspace_id == Workspace.id)
        .where(scene.within(Workspace.id))
        .group_by(Workspace.id, Workspace.name)
        .order_by(Workspace.id)
    )
    rows = session.execute(counted).all()
    for name, count in rows:
        if count:
            yield ok("workspace", "workspace_people", name=name, count=count)
        else:
            yield notice("workspace", "workspace_empty", name=name)
    if not rows:
        yield problem("workspace", "workspace_none")


def pauses(scene: Scene, session: Session) -> Iterator[Finding]:
    """Where nothing goes out because somebody wanted so."""
    paused = select(Workspace).where(Workspace.paused_at.is_not(None), scene.within(Workspace.id))
    for workspace in session.scalars(paused.order_by(Workspace.id)):
        if workspace.paused_at is not None:
            yield notice("workspace", "workspace_paused", name=workspace.name, since=workspace.paused_at)
