"""Calling workers: where others send, the one who keeps time marks what is due as called, and writes the job that calls
a worker in the same transaction.

The job is a hint: "channel 7 has something due". Whoever answers claims the channel's longest due delivery as always. A
call that nobody has answered in time is answered by the scheduler itself, so that a delivery never waits for workers
that are dead, frozen or overrun.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery
from planner.services import heartbeats
from planner.services.publishing import guards
from planner.services.publishing.claim import HEADS, IN_FLIGHT
from planner.services.publishing.tables import DELIVERY, run

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: How long workers have to answer a call, in seconds; never longer than a lease.
ANSWER_SECONDS = 5.0
#: Calls in one transaction.
MOST_CALLS = 500

#: Writes one job for each of these channels into the running transaction, unless one waits already.
Enqueue = Callable[[Session, Sequence[int]], None]

_log = logging.getLogger(__name__)


class Caller:
    """Calls workers to what is due, as long as one of them gives signs of life."""

    def __init__(self, platform: Platform, enqueue: Enqueue) -> None:
        self._platform = platform
        self._enqueue = enqueue
        self._alone: bool | None = None

    def anybody_there(self) -> bool:
        """Whether any worker is alive. Says so loudly when that changes."""
        with self._platform.database.read() as session:
            alone = not heartbeats.live_workers(session, self._platform.clock.now())
        if alone != self._alone:
            if alone:
                _log.error("No worker gives a sign of life: this scheduler sends by itself. Start `sendeplan worker`.")
            elif self._alone is not None:
                _log.warning("Workers are there again: they send from here on")
        self._alone = alone
        return not alone

    def call(self, channel: int | None = None) -> int:
        """Call to the channels' longest due deliveries that nobody is called to yet, or to that of one channel.

        Returns how many calls were made. A channel gets no more calls than deliveries it may have in flight.
        """
        now = self._platform.clock.now()
        settings = self._platform.settings
        until = now + timedelta(seconds=min(ANSWER_SECONDS, settings.lease_seconds))
        parameters = {"now": now, "per_channel": settings.sender_threads_per_channel}
        with self._platform.database.write() as session:
            if channel is None:
                due = run(session, _TO_CALL, parameters).all()
            else:
                due = run(session, _TO_CALL_OF, {**parameters, "channel": channel}).all()
            channels = self._mark(session, [row.id for row in due], until) if due else []
            if channels:
                self._enqueue(session, channels)
        return len(channels)

    def take_back(self, channel: int) -> None:
        """What a channel's worker was called to cannot go out now: whoever keeps time calls again when it can."""
        with self._platform.database.write() as session:
            run(session, _TAKE_BACK, {"channel": channel})

    def _mark(self, session: Session, delivery_ids: Sequence[int], until: datetime) -> list[int]:
        """Settles the race of two schedulers for one call: what the other has locked or marked is left to it."""
        mine = run(session, _LOCK, {"delivery_ids": delivery_ids}).all()
        if mine:
            run(session, _MARK, {"delivery_ids": [row.id for row in mine], "until": until})
        return sorted(row.channel_id for row in mine)


_called = aliased(Delivery)
_OUTSTANDING: Any = (
    select(func.count())
    .select_from(_called)
    .where(
        _called.channel_id == Channel.id,
        _called.state == DeliveryState.SCHEDULED,
        _called.called_until > guards.NOW,
        _called.called_until > _called.try_at,
    )
    .correlate(Channel)
    .scalar_subquery()
)
#: A call from before it was given another time is none.
_NOT_CALLED = or_(Delivery.called_until.is_(None), Delivery.called_until <= Delivery.try_at)
_TO_CALL = (
    HEADS.where(_NOT_CALLED, bindparam("per_channel") > IN_FLIGHT + _OUTSTANDING)
    .with_only_columns(Delivery.id)
    .order_by(Delivery.try_at, Delivery.id)
    .limit(MOST_CALLS)
)
_TO_CALL_OF = _TO_CALL.where(Channel.id == bindparam("channel"))
_LOCK = (
    select(Delivery.id, Delivery.channel_id)
    .where(
        Delivery.id.in_(bindparam("delivery_ids", expanding=True)),
        Delivery.state == DeliveryState.SCHEDULED,
        _NOT_CALLED,
    )
    .order_by(Delivery.id)
    .with_for_update(of=Delivery, key_share=True, skip_locked=True)
)
_TAKE_BACK = (
    update(DELIVERY)
    .where(
        DELIVERY.c.channel_id == bindparam("channel"),
        DELIVERY.c.state == DeliveryState.SCHEDULED,
        DELIVERY.c.called_until.is_not(None),
    )
    .values(called_until=None)
)
_MARK = (
    update(DELIVERY)
    .where(DELIVERY.c.id.in_(bindparam("delivery_ids", expanding=True)))
    .values(called_until=bindparam("until"))
)
