"""What could not go out within its channel's limit is not sent any more: a person is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, Workspace
from planner.services.publishing import guards, notices, telling
from planner.services.publishing.moves import FREE, Fence, Ref, move

if TYPE_CHECKING:
    from planner.bootstrap import Platform

BATCH = 100


def miss(session: Session, ref: Ref, old: DeliveryState, now: datetime, *, fence: Fence | None = None) -> bool:
    """Mark one as missed and tell its people. Returns False where it no longer stands where it stood."""
    values = {**FREE, "payload": None, "error_code": "missed"}
    if not move(session, ref, old, DeliveryState.MISSED, now, fence=fence, values=values):
        return False
    notices.about_delivery(session, ref, now, "delivery_missed")
    return True


def sweep(platform: Platform) -> int:
    """Mark what waits past its limit for anything but a pause: a yes, a reconnection, the end of a throttle.

    What is paused is looked at when the pause ends; what nothing holds is the claim's. Returns how many were marked.
    """
    now = platform.clock.now()
    with platform.database.read() as session:
        late = [row for row in _overdue(session, now) if _is_stuck(row, now)][:BATCH]
    if not late:
        return 0
    with platform.database.write() as session:
        return sum(_sweep(session, row, now) for row in late)


def _sweep(session: Session, row: Any, now: datetime) -> bool:
    with telling.about(row, row.attempt_count):
        return miss(session, Ref.of(row), DeliveryState.SCHEDULED, now)


def _is_stuck(row: Any, now: datetime) -> bool:
    late = guards.is_late(row.publish_at, row.missed_after_seconds, now)
    return late and (row.archived_at is not None or guards.hold(row, now) is not None)


def _overdue(session: Session, now: datetime) -> list[Any]:
    shortest = session.scalar(select(func.min(Channel.missed_after_seconds)))
    if shortest is None:
        return []
    query = (
        select(
            Delivery.id,
            Delivery.workspace_id,
            Delivery.post_id,
            Delivery.channel_id,
            Delivery.publish_at,
            Delivery.attempt_count,
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
            Delivery.publish_at < now - timedelta(seconds=shortest),
            guards.nobody_paused(),
        )
        .order_by(Delivery.publish_at)
        .limit(10 * BATCH)
    )
    return list(session.execute(query))
