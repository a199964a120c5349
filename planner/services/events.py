"""The history: who did what to what. Written in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from planner.models import Event
from planner.services.actor import Actor


def record(
    session: Session,
    actor: Actor,
    now: datetime,
    subject: str,
    subject_id: int,
    kind: str,
    /,
    **data: Any,
) -> Event:
    """Add an event. ``data`` is JSON and holds no secret."""
    event = Event(
        workspace_id=actor.workspace_id,
        at=now,
        actor=actor.label,
        user_id=actor.user_id,
        subject=subject,
        subject_id=subject_id,
        kind=kind,
        data=data,
    )
    session.add(event)
    return event
