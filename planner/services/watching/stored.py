"""What the database says of all processes together: read when somebody asks, in six queries, kept for some seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from planner.domain.answers import AnswerState
from planner.domain.states import SETTLED, ChannelHealth, DeliveryState
from planner.models import Answer, Channel, Delivery, Heartbeat, Post, Workspace
from planner.services import channels, limits
from planner.services.publishing import guards

#: Channels that are named one by one; beyond that only their sums are told.
MOST_CHANNELS = 200
GOING_ON = frozenset(DeliveryState) - SETTLED
ANSWERS_GOING_ON = frozenset(AnswerState) - {AnswerState.ANSWERED, AnswerState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Stored:
    """One look. Ages in seconds; ``channels`` counts by network and health, ``throttled`` and ``expires`` are by
    channel id and network: seconds still to wait, and the moment at which the access ends. ``app_limits`` counts, by
    network with any channel, the limits of its developer app that are near their end or used up; ``answers``, by state,
    those in the dialogue that are not done with."""

    states: dict[str, int] = field(default_factory=dict)
    ahead: int = 0
    due: int = 0
    oldest_due_age: float = 0.0
    held: dict[str, int] = field(default_factory=dict)
    heartbeats: dict[str, float] = field(default_factory=dict)
    channels: dict[tuple[str, str], int] = field(default_factory=dict)
    throttled: dict[tuple[int, str], float] = field(default_factory=dict)
    expires: dict[tuple[int, str], datetime] = field(default_factory=dict)
    app_limits: dict[str, int] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)


def settled(session: Session) -> dict[str, int]:
    """How many deliveries are done with, by state: most of all there are, so count them seldom."""
    query = select(Delivery.state, func.count()).where(Delivery.state.in_(SETTLED)).group_by(Delivery.state)
    return {row[0].value: row[1] for row in session.execute(query)}


def read(session: Session, now: datetime, done: Mapping[str, int]) -> Stored:
    """Ask, in six queries that read only what is not ``done`` (see :func:`settled`), however much there is."""
    going_on, ahead = _states(session, now)
    states = {state.value: 0 for state in DeliveryState} | going_on | dict(done)
    free, held = _due(session, now)
    found = session.scalars(select(Channel).where(Channel.archived_at.is_(None)).order_by(Channel.id)).all()
    return Stored(
        states=states,
        ahead=ahead,
        due=free.count,
        oldest_due_age=max((now - free.oldest).total_seconds(), 0.0) if free.oldest else 0.0,
        held=held,
        heartbeats=_heartbeats(session, now),
        channels=dict(Counter((c.network, channels.health(c, now).value) for c in found)),
        throttled=_throttled(found, now),
        expires=_expires(found),
        app_limits={c.network: 0 for c in found} | _app_limits(session, now),
        answers=_answers(session),
    )


@dataclass(frozen=True, slots=True)
class _Free:
    count: int = 0
    oldest: datetime | None = None


def _states(session: Session, now: datetime) -> tuple[dict[str, int], int]:
    """How many deliveries stand in each state that is not settled, and how many wait for a time to come."""
    waits = case((Delivery.try_at > now, 1), else_=0)
    query = select(Delivery.state, func.count(), func.sum(waits)).where(Delivery.state.in_(GOING_ON))
    rows = session.execute(query.group_by(Delivery.state)).all()
    counted = {row[0].value: row[1] for row in rows}
    ahead = next((row[2] for row in rows if row[0] is DeliveryState.SCHEDULED), 0)
    return counted, int(ahead or 0)


def _due(session: Session, now: datetime) -> tuple[_Free, dict[str, int]]:
    """What is due and not claimed: free to go, and held by each reason."""
    reason = guards.hold_in_sql()
    query = (
        select(reason, func.count(), func.min(Delivery.try_at))
        .select_from(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Workspace, Workspace.id == Delivery.workspace_id)
        .where(Delivery.state == DeliveryState.SCHEDULED, Delivery.try_at <= guards.NOW)
        .group_by(reason)
    )
    rows: Sequence[Any] = session.execute(query, {"now": now}).all()
    held = {hold.value: 0 for hold in guards.Hold} | {row[0]: row[1] for row in rows if row[0] is not None}
    free = next((_Free(row[1], row[2]) for row in rows if row[0] is None), _Free())
    return free, held


def _answers(session: Session) -> dict[str, int]:
    query = select(Answer.state, func.count()).where(Answer.state.in_(ANSWERS_GOING_ON)).group_by(Answer.state)
    return {state.value: 0 for state in ANSWERS_GOING_ON} | {row[0].value: row[1] for row in session.execute(query)}


def _heartbeats(session: Session, now: datetime) -> dict[str, float]:
    """The age of each role's latest: workers are many, and one that gives a sign is enough."""
    ages: dict[str, float] = {}
    for row in session.execute(select(Heartbeat.name, Heartbeat.at).order_by(Heartbeat.at)):
        ages[row.name.partition(":")[0]] = (now - row.at).total_seconds()
    return ages


def _app_limits(session: Session, now: datetime) -> dict[str, int]:
    return dict(Counter(limit.network for limit in limits.current(session, now) if limit.channel_id is None))


def _throttled(found: Sequence[Channel], now: datetime) -> dict[tuple[int, str], float]:
    waiting = {
        (c.id, c.network): (c.throttled_until - now).total_seconds()
        for c in found
        if c.throttled_until is not None and c.throttled_until > now
    }
    return dict(list(waiting.items())[:MOST_CHANNELS])


def _expires(found: Sequence[Channel]) -> dict[tuple[int, str], datetime]:
    """The soonest first, so that the most pressing are named."""
    ends = [(c.token_expires_at, (c.id, c.network)) for c in found if c.token_expires_at is not None]
    return {key: at for at, key in sorted(ends)[:MOST_CHANNELS]}


def expiring(stored: Stored) -> int:
    """How many channels lose their access soon."""
    return sum(count for (_, health), count in stored.channels.items() if health == ChannelHealth.EXPIRING.value)


#: How long one look is good for all who scrape, and the count of what is done with.
KEPT, KEPT_DONE = timedelta(seconds=5), timedelta(minutes=1)
