"""From what a network tells to rows: each remark once, in its conversation, whose state follows by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from planner.models import Channel, Conversation, Message
from planner.services.connections import ChannelAccess
from planner.services.dialogue.forgetting import forget
from planner.services.publishing import notices
from planner.services.webhooks import events as webhooks
from publishers.dialogue import Remark, RemarkKind, Remarks

#: What is older when it is heard first is history: its conversation comes in closed, and nobody is told.
OLD = timedelta(days=14)
#: A network may list something new only after a while; until then, its absence says nothing.
SETTLES = timedelta(minutes=15)


def keep(
    session: Session,
    access: ChannelAccess,
    heard: Remarks,
    deliveries: Mapping[str, int],
    asked_at: datetime,
    now: datetime,
) -> int:
    """Write down what was said, and what is gone. ``deliveries`` are ours by the remote id of their post. Returns how
    many remarks are new."""
    parents = {r.ref.parent_id for r in heard.remarks} - {None}
    about = select(Message.conversation_id).where(
        Message.channel_id == access.channel_id, Message.remote_id.in_(parents)
    )
    hold_conversations(session, Conversation.id.in_(about))
    known = _known(session, access.channel_id, [r.ref.remote_id for r in heard.remarks])
    fresh: list[Message] = []
    for remark in heard.remarks:
        message = known.get(remark.ref.remote_id)
        if message is not None:
            _renew(message, remark)
            continue
        message = _add(session, access, remark, deliveries, now)
        if message is not None:
            known[remark.ref.remote_id] = message
            fresh.append(message)
    _mark_gone(session, access.channel_id, heard, asked_at, now)
    _tell(session, access, fresh, now)
    return len(fresh)


def hold_conversations(session: Session, which: ColumnElement[bool]) -> None:
    """Before looking what is there of them: who hears an answer and who notes it write one after the other.

    SQLite needs no lock: its writers come one at a time.
    """
    rows = select(Conversation.id).where(which).order_by(Conversation.id)
    session.execute(rows.with_for_update(key_share=True)).all()


def add_own(session: Session, conversation: Conversation, message: Message) -> None:
    """An answer of ours is visible: the conversation is answered."""
    session.add(message)
    conversation.last_at = max(conversation.last_at, message.said_at)
    if conversation.state == "open":
        conversation.state = "answered"
    session.flush()


def _known(session: Session, channel_id: int, remote_ids: Sequence[str]) -> dict[str, Message]:
    query = select(Message).where(Message.channel_id == channel_id, Message.remote_id.in_(remote_ids))
    return {message.remote_id: message for message in session.scalars(query)}


def _renew(message: Message, remark: Remark) -> None:
    """What may have changed since: the text, whether it is hidden or liked; and it is there."""
    message.hidden, message.liked = remark.hidden, remark.liked
    message.gone_at = None
    if message.forgotten_at is None and remark.text != message.text:
        message.text = remark.text


def _add(
    session: Session, access: ChannelAccess, remark: Remark, deliveries: Mapping[str, int], now: datetime
) -> Message | None:
    """A new remark. None for what we said under our own post by ourselves: it answers nobody."""
    conversation = _conversation_of(session, access.channel_id, remark)
    if conversation is None:
        if remark.own:
            return None
        conversation = _begin(session, access, remark, deliveries, now)
    message = Message(
        workspace_id=access.workspace_id,
        conversation_id=conversation.id,
        channel_id=access.channel_id,
        remote_id=remark.ref.remote_id,
        parent_remote_id=remark.ref.parent_id,
        kind=remark.ref.kind.value,
        author=remark.author_name[:200],
        author_remote_id=remark.author_id[:200],
        author_url=remark.author_url,
        text=remark.text,
        url=remark.url,
        said_at=remark.said_at,
        seen_at=now,
        own=remark.own,
        to_us=remark.to_us,
        hidden=remark.hidden,
        liked=remark.liked,
    )
    session.add(message)
    session.flush()
    _move_on(conversation, message, now)
    return message


def _conversation_of(session: Session, channel_id: int, remark: Remark) -> Conversation | None:
    """The conversation of what it answers."""
    if remark.ref.parent_id is None:
        return None
    query = (
        select(Conversation)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.channel_id == channel_id, Message.remote_id == remark.ref.parent_id)
    )
    return session.scalar(query)


def _begin(
    session: Session, access: ChannelAccess, remark: Remark, deliveries: Mapping[str, int], now: datetime
) -> Conversation:
    delivery_id = deliveries.get(remark.ref.post_id or "")
    # A reply under somebody else's post that names us is a mention to us.
    kind = RemarkKind.COMMENT if delivery_id is not None else RemarkKind.MENTION
    conversation = Conversation(
        workspace_id=access.workspace_id,
        channel_id=access.channel_id,
        delivery_id=delivery_id,
        remote_id=remark.ref.remote_id,
        post_remote_id=remark.ref.post_id,
        kind=kind.value,
        author=remark.author_name[:200],
        text=remark.text,
        said_at=remark.said_at,
        last_at=remark.said_at,
        state="closed" if remark.said_at < now - OLD else "open",
    )
    session.add(conversation)
    session.flush()
    return conversation


def _move_on(conversation: Conversation, message: Message, now: datetime) -> None:
    """Who spoke last decides: somebody to us opens it again, we ourselves (whoever of us, wherever) answer it."""
    newest = message.said_at >= conversation.last_at
    conversation.last_at = max(conversation.last_at, message.said_at)
    if not newest:
        return
    if message.own:
        conversation.state = "answered" if conversation.state == "open" else conversation.state
    elif message.to_us and message.said_at >= now - OLD:
        conversation.state = "open"


def _mark_gone(session: Session, channel_id: int, heard: Remarks, asked_at: datetime, now: datetime) -> None:
    """What stood under a post that was told of as a whole, and does not any more."""
    if not heard.whole:
        return
    query = (
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.channel_id == channel_id,
            Conversation.post_remote_id.in_(heard.whole),
            Message.gone_at.is_(None),
            Message.seen_at < asked_at - SETTLES,
        )
    )
    there = {remark.ref.remote_id for remark in heard.remarks}
    for message in session.scalars(query):
        if message.remote_id not in there:
            message.gone_at = now
            forget(session, message, now)


def _tell(session: Session, access: ChannelAccess, fresh: Sequence[Message], now: datetime) -> None:
    """To whom it falls: the conversation's assignee, else the channel's owner and, without one, the leads."""
    news = [m for m in fresh if not m.own and m.said_at >= now - OLD]
    if not news:
        return
    ids = {m.conversation_id for m in news}
    talks = {c.id: c for c in session.scalars(select(Conversation).where(Conversation.id.in_(ids)))}
    owner = session.scalar(select(Channel.owner_id).where(Channel.id == access.channel_id))
    told: dict[int | None, list[int]] = {}
    for message in news:
        talk = talks[message.conversation_id]
        webhooks.about_message(session, message, talk, now)
        if message.to_us:
            told.setdefault(talk.assignee_id or owner, []).append(message.id)
    for person, messages in told.items():
        people = notices.people_or_leads(session, access.workspace_id, {person})
        notices.grow(session, access.workspace_id, people, now, "remarks", access.channel_id, messages)
