"""Asking the networks what was said, when it is due: under our posts by their age, and about the account.

Several processes may do it at once: what is due is moved ahead by compare-and-set before a network is asked. No session
is open meanwhile. Each channel gets its turn, and only so much of it at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner import logs
from planner.domain.answers import MENTIONS_EVERY, next_hearing
from planner.domain.states import DeliveryState
from planner.models import Channel, Conversation, Delivery, Listening, Message
from planner.security.vault import VaultError
from planner.services import limits, live
from planner.services.asking import ask
from planner.services.connections import ChannelAccess
from planner.services.dialogue.keeping import keep
from planner.services.one_of_many import OneOfMany
from planner.services.publishing.again import write_again
from planner.services.publishing.tables import DELIVERY, changed
from publishers.base import NetworkError, ReconnectNeeded, Refused, Unsupported
from publishers.dialogue import DialogueRules, Remarks
from publishers.limits import Calls
from publishers.registry import UnknownNetwork

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Posts asked about in one call, and those of one channel in one round; the rest is due at the next.
BATCH, MOST = 15, 60
CLAIM = timedelta(minutes=10)
LATER, MUCH_LATER = timedelta(minutes=30), timedelta(days=1)
#: How far back the first look for mentions reaches, and what each further one reads again besides.
FIRST, OVERLAP = timedelta(days=7), timedelta(minutes=5)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Heard:
    """What one round did: ``channels`` and ``posts`` asked about, new ``messages``, and channels that ``failed``."""

    channels: int = 0
    posts: int = 0
    messages: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Post:
    id: int
    remote_id: str
    published_at: datetime
    due_at: datetime | None


def hear_due(platform: Platform, *, all_due: bool = False) -> Heard:
    """Ask for all that is due; ``all_due``: about every post whose time is not over, and every account.

    A failure at one channel is noted, and the others go on.
    """
    heard = Heard()
    for access in _channels(platform):
        if platform.stopping.is_set():
            break
        with logs.about_channel(access.channel_id, access.network, access.workspace_id):
            with OneOfMany(_log, "What the channel tells could not be read") as one:
                try:
                    heard.channels += _hear_channel(platform, access, heard, all_due)
                except (NetworkError, VaultError) as error:
                    heard.failed += 1
                    _log.warning("The channel does not tell what was said: %s", error)
            heard.failed += one.failed
    return heard


def _hear_channel(platform: Platform, access: ChannelAccess, heard: Heard, all_due: bool) -> bool:
    """Returns whether it was asked for anything."""
    rules = _rules(platform, access)
    if not rules.any or _is_held(platform, access):
        return False
    asked = _hear_mentions(platform, access, heard, all_due) if rules.mentions else False
    return (_hear_posts(platform, access, heard, all_due) if rules.comments else False) or asked


def _channels(platform: Platform) -> list[ChannelAccess]:
    query = select(Channel).where(
        Channel.archived_at.is_(None),
        Channel.reconnect_since.is_(None),
        Channel.by_hand_since.is_(None),
        Channel.rehearsing_since.is_(None),
        Channel.credentials.is_not(None),
    )
    with platform.database.read() as session:
        return [ChannelAccess.of(channel) for channel in session.scalars(query.order_by(Channel.id))]


def _rules(platform: Platform, access: ChannelAccess) -> DialogueRules:
    try:
        return platform.connections.capabilities(access).dialogue
    except (VaultError, UnknownNetwork):
        return DialogueRules()


def _is_held(platform: Platform, access: ChannelAccess) -> bool:
    with platform.database.read() as session:
        return limits.reading_held_until(session, access, Calls.DIALOGUE, platform.clock.now()) is not None


# --- under our posts -------------------------------------------------------------------------------------


def _hear_posts(platform: Platform, access: ChannelAccess, heard: Heard, all_due: bool) -> bool:
    due = _due_posts(platform, access, all_due)
    for start in range(0, len(due), BATCH):
        if platform.stopping.is_set():
            break
        mine = _claim(platform, due[start : start + BATCH])
        if mine:
            heard.posts += len(mine)
            _hear_batch(platform, access, mine, heard)
    return bool(due)


def _due_posts(platform: Platform, access: ChannelAccess, all_due: bool) -> list[_Post]:
    now = platform.clock.now()
    query = select(Delivery.id, Delivery.remote_id, Delivery.published_at, Delivery.remarks_due_at).where(
        Delivery.channel_id == access.channel_id,
        Delivery.state == DeliveryState.PUBLISHED,
        Delivery.remote_id.is_not(None),
        Delivery.removed_at.is_(None),
        Delivery.rehearsed.is_(False),
        Delivery.remarks_due_at.is_not(None) if all_due else Delivery.remarks_due_at <= now,
    )
    with platform.database.read() as session:
        rows = session.execute(query.order_by(Delivery.remarks_due_at).limit(MOST)).all()
    return [_Post(r.id, str(r.remote_id), r.published_at or now, r.remarks_due_at) for r in rows]


def _claim(platform: Platform, posts: Sequence[_Post]) -> list[_Post]:
    until = platform.clock.now() + CLAIM
    with platform.database.write() as session:
        return [_Post(p.id, p.remote_id, p.published_at, until) for p in posts if _move(session, p, until)]


def _move(session: Session, post: _Post, to: datetime | None) -> bool:
    """Settles the race of two processes for one post."""
    unmoved = DELIVERY.c.remarks_due_at.is_not_distinct_from(post.due_at)
    statement = update(DELIVERY).where(DELIVERY.c.id == post.id, unmoved)
    return changed(session, statement.values(remarks_due_at=to)) == 1


def _hear_batch(platform: Platform, access: ChannelAccess, mine: Sequence[_Post], heard: Heard) -> None:
    asked_at = platform.clock.now()
    since = _since(platform, mine)
    try:
        remarks = ask(platform, access, lambda publisher: publisher.remarks([p.remote_id for p in mine], since))
    except (NetworkError, VaultError) as error:
        _postpone(platform, mine, asked_at + _wait(error))
        raise
    ours = {p.remote_id: p.id for p in mine}
    heard.messages += _store(platform, access, remarks, ours, asked_at)
    now = platform.clock.now()
    with platform.database.write() as session:
        for post in mine:
            _move(session, post, next_hearing(post.published_at, now))
    gone = [ours[remote_id] for remote_id in remarks.gone if remote_id in ours]
    if gone:
        live.missing(platform, access, gone)


def _since(platform: Platform, posts: Sequence[_Post]) -> datetime:
    """Where reading costs money, only what came since the newest that is known of each post."""
    query = (
        select(Conversation.post_remote_id, func.max(Message.said_at))
        .join(Message, Message.conversation_id == Conversation.id)
        .where(
            Conversation.post_remote_id.in_([p.remote_id for p in posts]),
            Message.own.is_(False),
            Message.to_us.is_(False),
        )
        .group_by(Conversation.post_remote_id)
    )
    with platform.database.read() as session:
        known: dict[str | None, Any] = {row[0]: row[1] for row in session.execute(query)}
    return min(known.get(p.remote_id) or p.published_at for p in posts)


def _postpone(platform: Platform, posts: Sequence[_Post], to: datetime) -> None:
    with platform.database.write() as session:
        for post in posts:
            _move(session, post, to)


def _wait(error: Exception) -> timedelta:
    if isinstance(error, Unsupported) or (isinstance(error, ReconnectNeeded) and error.status == 403):
        return MUCH_LATER
    asked = error.retry_after if isinstance(error, Refused) else None
    return max(LATER, timedelta(seconds=asked or 0))


# --- about the account -----------------------------------------------------------------------------------


def _hear_mentions(platform: Platform, access: ChannelAccess, heard: Heard, all_due: bool) -> bool:
    now = platform.clock.now()
    turn = _take_turn(platform, access, now, all_due)
    if turn is None:
        return False
    cursor, since = turn
    try:
        remarks = ask(platform, access, lambda publisher: publisher.mentions(since, cursor))
    except Unsupported as error:
        _next_turn(platform, access, now + _wait(error), None, None)
        _log.info("The channel does not tell who names its account: %s", error)
        return False
    except (NetworkError, VaultError) as error:
        _next_turn(platform, access, now + _wait(error), None, None)
        raise
    heard.messages += _store(platform, access, remarks, _ours(platform, access, remarks), now)
    _next_turn(platform, access, now + MENTIONS_EVERY, remarks.cursor, now)
    return True


def _take_turn(
    platform: Platform, access: ChannelAccess, now: datetime, all_due: bool
) -> tuple[str | None, datetime] | None:
    """Where to go on, for whoever moves the due time first."""
    with platform.database.write() as session:
        # Of two that come for the first time, the second finds the first one's row.
        session.execute(select(Channel.id).where(Channel.id == access.channel_id).with_for_update(key_share=True))
        row = session.scalar(select(Listening).where(Listening.channel_id == access.channel_id))
        if row is None:
            session.add(Listening(channel_id=access.channel_id, due_at=now + CLAIM))
            return None, now - FIRST
        if not all_due and row.due_at is not None and row.due_at > now:
            return None
        table = Listening.__table__
        unmoved = table.c.due_at.is_not_distinct_from(row.due_at)
        taken = update(Listening).where(Listening.id == row.id, unmoved).values(due_at=now + CLAIM)
        if session.execute(taken, execution_options={"synchronize_session": False}).rowcount != 1:  # type: ignore[attr-defined]
            return None
        heard_until = row.heard_until
        return row.cursor, heard_until - OVERLAP if heard_until else now - FIRST


def _next_turn(
    platform: Platform, access: ChannelAccess, due: datetime, cursor: str | None, heard_until: datetime | None
) -> None:
    with platform.database.write() as session:
        row = session.scalars(select(Listening).where(Listening.channel_id == access.channel_id)).one()
        row.due_at = due
        row.cursor = cursor or row.cursor
        row.heard_until = heard_until or row.heard_until


def _ours(platform: Platform, access: ChannelAccess, remarks: Remarks) -> dict[str, int]:
    """Which of the posts that the mentions stand under are ours."""
    posts = {r.ref.post_id for r in remarks.remarks if r.ref.post_id}
    query = select(Delivery.remote_id, Delivery.id).where(
        Delivery.channel_id == access.channel_id, Delivery.remote_id.in_(posts)
    )
    with platform.database.read() as session:
        return {str(remote_id): delivery_id for remote_id, delivery_id in session.execute(query)}


def _store(
    platform: Platform, access: ChannelAccess, remarks: Remarks, ours: dict[str, int], asked_at: datetime
) -> int:
    def work(session: Session) -> int:
        return keep(session, access, remarks, ours, asked_at, platform.clock.now())

    try:
        return write_again(platform.database, work)
    except IntegrityError:
        _log.info("Another process heard some of it at the same moment: what is left is new.")
        return write_again(platform.database, work)
