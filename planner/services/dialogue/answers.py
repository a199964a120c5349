"""Answers before they go out and after something stopped them: written, approved, withdrawn, tried again, decided.

Wake the scheduler after the transaction. A pause stops publishing; answers, which a person writes to a person, go on.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.domain import fingerprint
from planner.domain.answers import OPEN_ANSWERS, AnswerState, may_move
from planner.domain.roles import Permission
from planner.models import Answer, Channel, Conversation, Message, Workspace
from planner.security.vault import VaultError
from planner.services import events
from planner.services.actor import Actor
from planner.services.by_hand import is_by_hand
from planner.services.connections import ChannelAccess
from planner.services.dialogue.keeping import add_own, hold_conversations
from planner.services.dialogue.reading import get, get_message
from planner.services.errors import Conflict, NotFound, Problems
from planner.services.publishing import notices
from planner.services.publishing.tables import changed
from publishers import registry
from publishers.base import DialogueRules, Network, NetworkError, OutgoingPost

if TYPE_CHECKING:
    from planner.bootstrap import Platform

A = AnswerState
#: An answer with the same words in these states would make a second one of them indistinguishable at the network.
_STANDS = (A.ASKED, A.WAITING, A.SENDING, A.UNKNOWN, A.NEEDS_PERSON, A.ANSWERED)


def write(
    session: Session,
    platform: Platform,
    actor: Actor,
    conversation_id: int,
    text: str,
    *,
    to: int | None = None,
    now: datetime,
) -> Answer:
    """Answer a conversation: the message ``to``, or the last that somebody said to us. It goes out at once, or once a
    lead said yes where the workspace wants that.

    Raises NotFound, Forbidden, Invalid at ``text``, and Conflict: ``cannot_answer``, ``answer_only_to_us``,
    ``message_gone``, ``answer_twice``.
    """
    actor.require(Permission.EDIT)
    conversation = get(session, actor.workspace_id, conversation_id)
    message = _target(session, actor, conversation, to)
    channel = session.get_one(Channel, conversation.channel_id)
    network, rules = rules_of(platform, channel)
    if not rules.answer:
        raise Conflict("cannot_answer", channel=channel.name)
    if rules.only_to_us and not message.to_us:
        raise Conflict("answer_only_to_us", channel=channel.name)
    text = text.strip()
    _check(text, network, rules, channel.name)
    _refuse_twice(session, message.id, text)
    wants_yes = session.get_one(Workspace, actor.workspace_id).answers_need_approval
    asked = wants_yes and not actor.may(Permission.APPROVE)
    answer = Answer(
        workspace_id=actor.workspace_id,
        conversation_id=conversation.id,
        message_id=message.id,
        channel_id=channel.id,
        text=text,
        state=A.ASKED if asked else A.WAITING,
        fingerprint=fingerprint.digest(network.expected_text(OutgoingPost(text))),
        created_by_id=actor.user_id,
        created_by=actor.label,
        created_at=now,
        approved_by=None if asked else actor.label,
        approved_at=None if asked else now,
        try_at=None if asked else now,
    )
    session.add(answer)
    session.flush()
    events.record(session, actor, now, "answer", answer.id, "asked" if asked else "written", text=text)
    if asked:
        notices.about_channel(session, actor.workspace_id, channel.id, now, "answer_asked", by=actor.label)
    return answer


def approve(session: Session, actor: Actor, answer_id: int, *, now: datetime) -> Answer:
    """A lead's yes: it goes out. Raises NotFound, Forbidden, Conflict ``answer_moved_on``."""
    actor.require(Permission.APPROVE)
    values = {"approved_by": actor.label, "approved_at": now, "try_at": now}
    return _decide(session, actor, answer_id, {A.ASKED}, A.WAITING, now, "approved", values)


def withdraw(session: Session, actor: Actor, answer_id: int, *, now: datetime) -> Answer:
    """It does not go out. Raises NotFound, Forbidden, Conflict ``answer_moved_on``."""
    actor.require(Permission.EDIT)
    states = {*OPEN_ANSWERS, A.NEEDS_PERSON}
    return _decide(session, actor, answer_id, states, A.WITHDRAWN, now, "withdrawn", {"try_at": None})


def retry(session: Session, actor: Actor, answer_id: int, *, now: datetime) -> Answer:
    """A failed one goes out after all.

    Raises NotFound, Forbidden, Conflict: ``answer_moved_on``, ``answer_twice`` where the same was written anew since.
    """
    actor.require(Permission.EDIT)
    answer = get_answer(session, actor.workspace_id, answer_id)
    _refuse_twice(session, answer.message_id, answer.text, besides=answer.id)
    values = {"try_at": now, "attempt_count": 0, "error_code": None, "network_message": None}
    return _decide(session, actor, answer_id, {A.FAILED}, A.WAITING, now, "tried_again", values)


def resolve(session: Session, actor: Actor, answer_id: int, *, live: bool, now: datetime) -> Answer:
    """A person looked: it stands there, or it does not and goes out again. Raises NotFound, Forbidden, Conflict."""
    actor.require(Permission.EDIT)
    if not live:
        values = {"try_at": now, "attempt_count": 0, "error_code": None, "network_message": None, "doubt_since": None}
        return _decide(session, actor, answer_id, {A.NEEDS_PERSON}, A.WAITING, now, "not_live", values)
    answer = _decide(session, actor, answer_id, {A.NEEDS_PERSON}, A.ANSWERED, now, "live", {"answered_at": now})
    conversation = session.get_one(Conversation, answer.conversation_id)
    if conversation.state == "open":
        conversation.state = "answered"
    return answer


def get_answer(session: Session, workspace_id: int, answer_id: int) -> Answer:
    """One answer. Raises NotFound."""
    found = session.scalar(select(Answer).where(Answer.id == answer_id, Answer.workspace_id == workspace_id))
    if found is None:
        raise NotFound("not_found")
    return found


def rules_of(platform: Platform, channel: Channel) -> tuple[Network, DialogueRules]:
    """The channel's network, and what its connection can do with remarks. Raises Conflict ``no_connection``."""
    if channel.archived_at is not None or is_by_hand(channel) or channel.rehearsing_since is not None:
        raise Conflict("no_connection", channel=channel.name)
    try:
        rules = platform.connections.capabilities(ChannelAccess.of(channel)).dialogue
        return registry.network(channel.network), rules
    except (VaultError, NetworkError) as error:
        raise Conflict("no_connection", channel=channel.name) from error


def note_visible(session: Session, answer: Answer, remote_id: str, url: str | None, said_at: datetime) -> None:
    """It stands at the network: as a message of its conversation, too, unless that was heard already."""
    hold_conversations(session, Conversation.id == answer.conversation_id)
    known = select(Message).where(Message.channel_id == answer.channel_id, Message.remote_id == remote_id)
    if session.scalar(known) is not None:
        return
    conversation = session.get_one(Conversation, answer.conversation_id)
    to = session.get_one(Message, answer.message_id)
    message = Message(
        workspace_id=answer.workspace_id,
        conversation_id=conversation.id,
        channel_id=answer.channel_id,
        remote_id=remote_id,
        parent_remote_id=to.remote_id,
        kind="comment",
        text=answer.text,
        url=url,
        said_at=said_at,
        seen_at=said_at,
        own=True,
    )
    add_own(session, conversation, message)


def _target(session: Session, actor: Actor, conversation: Conversation, to: int | None) -> Message:
    if to is not None:
        message = get_message(session, actor.workspace_id, to)
        if message.conversation_id != conversation.id:
            raise NotFound("not_found")
    else:
        query = select(Message).where(Message.conversation_id == conversation.id, Message.own.is_(False))
        newest = query.order_by(Message.gone_at.is_not(None), Message.to_us.desc(), Message.said_at.desc())
        found = session.scalars(newest.limit(1)).one_or_none()
        if found is None:
            raise Conflict("message_gone")
        message = found
    if message.gone_at is not None:
        raise Conflict("message_gone")
    return message


def _check(text: str, network: Network, rules: DialogueRules, channel: str) -> None:
    problems = Problems()
    length = network.length(OutgoingPost(text))
    if not text:
        problems.add("text", "answer_missing")
    elif rules.answer_limit is not None and length > rules.answer_limit:
        problems.add("text", "answer_too_long", length=length, limit=rules.answer_limit, channel=channel)
    problems.raise_any()


def _refuse_twice(session: Session, message_id: int, text: str, *, besides: int | None = None) -> None:
    """Who answers a remark waits for whoever answers it just now: a second click would see nothing of the first."""
    session.execute(select(Message.id).where(Message.id == message_id).with_for_update(key_share=True))
    same = select(Answer.id).where(Answer.message_id == message_id, Answer.text == text, Answer.state.in_(_STANDS))
    if set(session.scalars(same)) - {besides}:
        raise Conflict("answer_twice")


def _decide(
    session: Session,
    actor: Actor,
    answer_id: int,
    old: set[AnswerState],
    new: AnswerState,
    now: datetime,
    kind: str,
    values: dict[str, Any],
) -> Answer:
    answer = get_answer(session, actor.workspace_id, answer_id)
    if answer.state not in old or not may_move(answer.state, new):
        raise Conflict("answer_moved_on")
    statement = update(Answer).where(Answer.id == answer.id, Answer.state == answer.state, Answer.epoch == answer.epoch)
    # After a restore, what is sent for the first time is looked for before (see `answering.after_restore`).
    look_at = answer.look_at if new is A.WAITING and answer.state is not A.NEEDS_PERSON else None
    # Settles the race of a person and of whoever sends it just now.
    if changed(session, statement.values(state=new, look_at=look_at, **values)) != 1:
        raise Conflict("answer_moved_on")
    session.refresh(answer)
    events.record(session, actor, now, "answer", answer.id, kind)
    return answer
