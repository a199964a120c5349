"""What could not go out within its channel's limit is not sent any more: a person is asked.

Whatever was missed together is told of in one notice, and decided about together (``resolutions.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, Workspace
from planner.services.connections import ChannelAccess
from planner.services.publishing import assist, guards, notices, restored, telling
from planner.services.publishing.moves import FREE, Fence, Ref, move
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import run
from publishers import registry

if TYPE_CHECKING:
    from planner.bootstrap import Platform

BATCH = 100


def miss(session: Session, ref: Ref, old: DeliveryState, now: datetime, *, fence: Fence | None = None) -> bool:
    """Mark one as missed; its people are still to be told (:func:`tell`). Returns False where it no longer stands where
    it stood."""
    values = {**FREE, "payload": None, "error_code": "missed"}
    return move(session, ref, old, DeliveryState.MISSED, now, fence=fence, values=values)


def tell(session: Session, refs: Iterable[Ref], now: datetime) -> None:
    """Tell whom it concerns of what was missed in this transaction. The last thing a transaction does."""
    notices.about_missed(session, refs, now)


def sweep(platform: Platform) -> int:
    """Mark everything that waits past its limit, so that an outage is told of as a whole.

    What is paused is looked at when the pause ends; what a person publishes by hand is the claim's, which asks for it
    however late it is. Returns how many were marked, or are looked for in place of that.
    """
    total = 0
    while marked := _sweep(platform):
        total += marked
    return total


def _sweep(platform: Platform) -> int:
    now = platform.clock.now()
    with platform.database.read() as session:
        late = _late(session, now)
    if not late:
        return 0
    with platform.database.write() as session:
        # Looked at again under the lock: a person may have given one another time since.
        lock_posts(session, sorted({row.post_id for row in late}))
        known = {row.id for row in late}
        found = [row for row in _late(session, now) if row.id in known]
        doubted = {row.id for row in found if _look_instead(session, platform, row, now)}
        marked = [Ref.of(row) for row in found if row.id not in doubted and _miss(session, row, now)]
        tell(session, marked, now)
        return len(marked) + len(doubted)


def _look_instead(session: Session, platform: Platform, row: Any, now: datetime) -> bool:
    with telling.about(row, row.attempt_count):
        return restored.look_instead(session, platform, row, now)


def _miss(session: Session, row: Any, now: datetime) -> bool:
    with telling.about(row, row.attempt_count):
        return miss(session, Ref.of(row), DeliveryState.SCHEDULED, now)


def _late(session: Session, now: datetime) -> list[Any]:
    return [row for row in _overdue(session, now) if _is_stuck(row, now)][:BATCH]


def _is_stuck(row: Any, now: datetime) -> bool:
    if not guards.is_late(row.promised_at, row.missed_after_seconds, now):
        return False
    return row.archived_at is not None or guards.hold(row, now) is not None or not _asks_a_person(row)


def _asks_a_person(row: Any) -> bool:
    """Whether the claim asks a person instead of sending: the network is not installed, or takes no programs."""
    if row.network not in registry.networks():
        return True
    sealed, version, by_hand = row.credentials, row.credentials_version, row.by_hand_since is not None
    access = ChannelAccess(row.channel_id, row.workspace_id, row.network, sealed, version, by_hand=by_hand)
    return assist.is_by_hand(access)


def _overdue(session: Session, now: datetime) -> list[Any]:
    """Asked for each limit that a channel has, so that what may wait for long takes no room from what may not."""
    found: list[Any] = []
    for seconds in run(session, _LIMITS).scalars().all():
        limit = {"before": now - timedelta(seconds=seconds), "limit": seconds}
        # One look into an index before each: nearly always nothing is late, and the whole question is dear.
        asked = [whole for first, whole in _OVERDUE if run(session, first, limit).first() is not None]
        if not asked:  # nor is anything by a longer limit
            break
        found += [row for whole in asked for row in run(session, whole, limit)]
    return found


_LIMITS = select(Channel.missed_after_seconds).distinct().order_by(Channel.missed_after_seconds)
_WAITING = (
    select(
        Delivery.id,
        Delivery.workspace_id,
        Delivery.post_id,
        Delivery.channel_id,
        guards.PROMISED,
        Delivery.attempt_count,
        Channel.network,
        Channel.credentials,
        Channel.credentials_version,
        Channel.missed_after_seconds,
        Channel.archived_at,
        *guards.STANDING,
    )
    .join(Post, Post.id == Delivery.post_id)
    .join(Channel, Channel.id == Delivery.channel_id)
    .join(Workspace, Workspace.id == Delivery.workspace_id)
    .where(
        Delivery.state == DeliveryState.SCHEDULED,
        Delivery.try_at.is_not(None),
        Channel.missed_after_seconds == bindparam("limit"),
        guards.nobody_paused(),
    )
    .limit(10 * BATCH)
)
#: By what counts as late from: a post's own time, and when it was the turn of what follows one. Whether there is any,
#: and all of them.
_OVERDUE = tuple(
    (
        select(Delivery.id)
        .where(Delivery.state == DeliveryState.SCHEDULED, since < bindparam("before"))
        .order_by(since)
        .limit(1),
        _WAITING.where(since < bindparam("before")).order_by(since, Delivery.id),
    )
    for since in (Delivery.publish_at, Delivery.due_since)
)
