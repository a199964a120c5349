"""The first steps of a new workspace, read off what is there: nobody ticks anything by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Exists, Select, exists, func, select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Approval, Channel, Event, Member, Post, Slot, Workspace
from planner.services import events
from planner.services.actor import Actor
from planner.services.installation import FIRST_NAME

DISMISSED = "onboarding_dismissed"


@dataclass(frozen=True, slots=True)
class Step:
    """``key`` is company, channel, slots, post, approval or colleague; ``permission`` is what the step needs."""

    key: str
    done: bool
    permission: Permission


def steps(session: Session, workspace_id: int) -> list[Step]:
    """The six steps, in their order: one query."""
    mine = Channel.workspace_id == workspace_id, Channel.archived_at.is_(None)
    row = session.execute(
        select(
            exists().where(Workspace.id == workspace_id, Workspace.name != FIRST_NAME).label("company"),
            exists().where(*mine).label("channel"),
            exists().where(Slot.channel_id == Channel.id, *mine).label("slots"),
            exists().where(Post.workspace_id == workspace_id).label("post"),
            _approved(workspace_id).label("approval"),
            _members(workspace_id).label("members"),
        )
    ).one()
    return [
        Step("company", bool(row.company), Permission.MANAGE),
        Step("channel", bool(row.channel), Permission.MANAGE),
        Step("slots", bool(row.slots), Permission.ARRANGE),
        Step("post", bool(row.post), Permission.EDIT),
        Step("approval", bool(row.approval), Permission.APPROVE),
        Step("colleague", row.members > 1, Permission.MANAGE),
    ]


def is_dismissed(session: Session, workspace_id: int, user_id: int) -> bool:
    """Whether the person put the list away."""
    query = select(Event.id).where(
        Event.subject == "user",
        Event.subject_id == user_id,
        Event.kind == DISMISSED,
        Event.workspace_id == workspace_id,
    )
    return session.scalar(query.limit(1)) is not None


def dismiss(session: Session, actor: Actor, *, now: datetime) -> None:
    """Put the list away for this person."""
    actor.require(Permission.READ)
    if actor.user_id is not None:
        events.record(session, actor, now, "user", actor.user_id, DISMISSED)


def _approved(workspace_id: int) -> Exists:
    # From the approvals to their posts: a join would leave it to the database, which may go through all posts.
    theirs = select(Post.workspace_id).where(Post.id == Approval.post_id).correlate(Approval).scalar_subquery()
    return select(Approval.id).where(theirs == workspace_id).exists()


def _members(workspace_id: int):  # type: ignore[no-untyped-def]
    query: Select[int] = select(func.count(Member.id)).where(Member.workspace_id == workspace_id)
    return query.scalar_subquery()
