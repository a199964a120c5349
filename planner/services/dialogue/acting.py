"""Hiding, liking and deleting: each asks the network at once, may be repeated without harm, and is noted afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Channel, Message
from planner.services import events
from planner.services.actor import Actor
from planner.services.asking import ask
from planner.services.connections import ChannelAccess
from planner.services.dialogue.answering import ref_of
from planner.services.dialogue.answers import rules_of
from planner.services.dialogue.reading import get_message
from planner.services.errors import Conflict
from planner.services.live.ground import in_plain_words
from planner.services.observed import ObservedPublisher
from planner.services.publishing.again import write_again
from publishers.base import DialogueRules
from publishers.dialogue import RemarkRef

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def hide(platform: Platform, actor: Actor, message_id: int, *, hidden: bool) -> None:
    """Hide a message from others at the network, or show it again.

    Raises NotFound, Forbidden, Conflict (``cannot_hide``, ``no_connection``, ``network_refused``).
    """

    def call(publisher: ObservedPublisher, remark: RemarkRef) -> None:
        publisher.hide(remark, hidden=hidden)

    kind = "hidden" if hidden else "shown"
    _act(platform, actor, message_id, _cannot_hide, lambda r, m: r.hide and not m.own, call, kind, {"hidden": hidden})


def like(platform: Platform, actor: Actor, message_id: int, *, liked: bool) -> None:
    """Like a message as the account, or take that back. Raises as :func:`hide` does (``cannot_like``)."""

    def call(publisher: ObservedPublisher, remark: RemarkRef) -> None:
        publisher.like(remark, liked=liked)

    kind = "liked" if liked else "unliked"
    _act(platform, actor, message_id, _cannot_like, lambda r, _m: r.like, call, kind, {"liked": liked})


def remove(platform: Platform, actor: Actor, message_id: int) -> None:
    """Delete an answer of our own at the network. Raises as :func:`hide` does (``cannot_remove_message``)."""

    def call(publisher: ObservedPublisher, remark: RemarkRef) -> None:
        publisher.remove(remark)

    gone: dict[str, Any] = {"gone_at": platform.clock.now()}
    _act(platform, actor, message_id, _cannot_remove, lambda r, m: r.remove and m.own, call, "removed", gone)


def _act(
    platform: Platform,
    actor: Actor,
    message_id: int,
    cannot: Callable[[str], Conflict],
    possible: Callable[[DialogueRules, Message], bool],
    call: Callable[[ObservedPublisher, RemarkRef], None],
    kind: str,
    values: dict[str, Any],
) -> None:
    actor.require(Permission.EDIT)
    with platform.database.read() as session:
        message = get_message(session, actor.workspace_id, message_id)
        channel = session.get_one(Channel, message.channel_id)
        _, rules = rules_of(platform, channel)
        if not possible(rules, message):
            raise cannot(channel.name)
        if message.gone_at is not None:
            raise Conflict("message_gone")
        remark, access, name = ref_of(session, message), ChannelAccess.of(channel), channel.name
    with in_plain_words(name):
        ask(platform, access, lambda publisher: call(publisher, remark))
    now = platform.clock.now()
    write_again(platform.database, lambda session: _note(session, actor, message_id, kind, values, now))


def _note(session: Session, actor: Actor, message_id: int, kind: str, values: dict[str, Any], now: datetime) -> None:
    message = session.get_one(Message, message_id)
    for name, value in values.items():
        setattr(message, name, value)
    events.record(session, actor, now, "message", message_id, kind)


def _cannot_hide(channel: str) -> Conflict:
    return Conflict("cannot_hide", channel=channel)


def _cannot_like(channel: str) -> Conflict:
    return Conflict("cannot_like", channel=channel)


def _cannot_remove(channel: str) -> Conflict:
    return Conflict("cannot_remove_message", channel=channel)
