"""Conversations as people see them: a list, one with all that was said, who looks after it and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Answer, Conversation, Delivery, Member, Message
from planner.services import events
from planner.services.actor import Actor
from planner.services.errors import NotFound, Problems
from planner.services.plan.collection import Listed

STATES = ("open", "answered", "closed")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to. ``assignee_id`` 0: those of nobody."""

    state: str | None = None
    channel_id: int | None = None
    kind: str | None = None
    assignee_id: int | None = None
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation with all that was said, oldest first, and our answers that are not visible (yet)."""

    conversation: Conversation
    messages: list[Message]
    answers: list[Answer]


def page(
    session: Session, workspace_id: int, wanted: Filter, *, after: str | None = None, size: int = 50
) -> Listed[Conversation]:
    """A page of conversations, in which something was said last first. ``after`` is a former ``next``."""
    query = select(Conversation).where(Conversation.workspace_id == workspace_id)
    for column, value in (
        (Conversation.state, wanted.state),
        (Conversation.channel_id, wanted.channel_id),
        (Conversation.kind, wanted.kind),
    ):
        query = query if value is None else query.where(column == value)
    if wanted.assignee_id is not None:
        query = query.where(Conversation.assignee_id == (wanted.assignee_id or None))
    if wanted.post_id is not None:
        mine = select(Delivery.id).where(Delivery.post_id == wanted.post_id)
        query = query.where(Conversation.delivery_id.in_(mine))
    last = session.get(Conversation, int(after)) if after else None
    if last is not None:
        earlier = Conversation.last_at < last.last_at
        query = query.where(or_(earlier, and_(Conversation.last_at == last.last_at, Conversation.id < last.id)))
    found = list(session.scalars(query.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(size + 1)))
    shown = found[:size]
    return Listed(shown, str(shown[-1].id) if len(found) > size else None)


def get(session: Session, workspace_id: int, conversation_id: int) -> Conversation:
    """One conversation. Raises NotFound."""
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.workspace_id == workspace_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound("not_found")
    return found


def thread(session: Session, workspace_id: int, conversation_id: int) -> Thread:
    """One conversation with everything in it. Raises NotFound."""
    conversation = get(session, workspace_id, conversation_id)
    messages = select(Message).where(Message.conversation_id == conversation_id)
    answers = select(Answer).where(Answer.conversation_id == conversation_id, Answer.answered_at.is_(None))
    return Thread(
        conversation,
        list(session.scalars(messages.order_by(Message.said_at, Message.id))),
        list(session.scalars(answers.order_by(Answer.id))),
    )


def get_message(session: Session, workspace_id: int, message_id: int) -> Message:
    """One message. Raises NotFound."""
    found = session.scalar(select(Message).where(Message.id == message_id, Message.workspace_id == workspace_id))
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
