"""Comments and mentions: who answers, and whether it is done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Conversation, Member
from planner.services import events
from planner.services.actor import Actor
from planner.services.errors import NotFound, Problems
from planner.services.plan.collection import Listed

STATES = ("open", "answered", "closed")


def page(
    session: Session,
    workspace_id: int,
    *,
    state: str | None = None,
    channel_id: int | None = None,
    after: str | None = None,
    size: int = 50,
) -> Listed[Conversation]:
    """A page of conversations, newest first. ``after`` is a former ``next``."""
    query = select(Conversation).where(Conversation.workspace_id == workspace_id)
    if state is not None:
        query = query.where(Conversation.state == state)
    if channel_id is not None:
        query = query.where(Conversation.channel_id == channel_id)
    if after:
        query = query.where(Conversation.id < int(after))
    found = list(session.scalars(query.order_by(Conversation.id.desc()).limit(size + 1)))
    shown = found[:size]
    return Listed(shown, str(shown[-1].id) if len(found) > size else None)


def get(session: Session, workspace_id: int, conversation_id: int) -> Conversation:
    """One conversation. Raises NotFound."""
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.workspace_id == workspace_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound("not_found")
    return found


def update(
    session: Session,
    actor: Actor,
    conversation_id: int,
    *,
    state: str,
    assignee_id: int | None,
    now: datetime,
) -> Conversation:
    """Set state (``open``, ``answered``, ``closed``) and who looks after it. Raises NotFound, Forbidden, Invalid."""
    actor.require(Permission.EDIT)
    conversation = get(session, actor.workspace_id, conversation_id)
    problems = Problems()
    if state not in STATES:
        problems.add("state", "choice_unknown")
    if assignee_id is not None and not _is_member(session, actor.workspace_id, assignee_id):
        problems.add("assignee", "assignee_unknown", id=assignee_id)
    problems.raise_any()
    conversation.state = state
    conversation.assignee_id = assignee_id
    events.record(session, actor, now, "conversation", conversation.id, "changed", state=state)
    return conversation


def _is_member(session: Session, workspace_id: int, user_id: int) -> bool:
    query = select(Member.id).where(Member.workspace_id == workspace_id, Member.user_id == user_id)
    return session.scalar(query) is not None
