"""Giving deliveries their time: a moment, a wall-clock time or the next free slot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from planner.domain import walltime
from planner.domain.states import DeliveryState
from planner.models import Delivery, Post
from planner.services import queue
from planner.services.posts.inputs import When
from planner.services.publishing import notices

WALL_FORMAT = "%Y-%m-%dT%H:%M"

#: A person may give these a new time.
MOVABLE = frozenset({DeliveryState.DRAFT, DeliveryState.SCHEDULED, DeliveryState.MISSED})


@dataclass(frozen=True, slots=True)
class Placed:
    """A fixed time: the moment in UTC, the wall-clock time that was meant, and what a clock change did to it
    (``skipped``, ``repeated`` or None)."""

    utc: datetime
    wall: datetime
    note: str | None = None


def fixed_time(when: When, zone: str) -> Placed | None:
    """The fixed time that ``when`` names, None for the queue and for "not yet"."""
    if when.wall is not None:
        resolved = walltime.resolve(when.wall, zone)
        return Placed(resolved.utc, when.wall, resolved.note)
    if when.at is not None:
        return Placed(when.at.astimezone(UTC), walltime.to_wall(when.at, zone))
    return None


def place(session: Session, deliveries: Iterable[Delivery], when: When, zone: str, now: datetime) -> None:
    """Give each delivery its time. Raises Invalid where a channel has no slots to queue for."""
    placed = fixed_time(when, zone)
    for delivery in deliveries:
        if when.queue:
            queue.enqueue(session, delivery, now=now)
        elif placed is not None:
            queue.leave(session, delivery)
            _fix(delivery, placed, zone)
        else:
            queue.leave(session, delivery)
            delivery.publish_at = delivery.try_at = delivery.wall_time = delivery.zone = None
        delivery.version += 1
        delivery.updated_at = now


def settle(session: Session, post: Post, deliveries: Iterable[Delivery], now: datetime) -> None:
    """Scheduled is what has a time and, where one is needed, a lead's yes; the rest of what is planned is draft. What
    was missed asks for nothing any more. What follows a post has no time of its own, and is left alone."""
    cleared = not post.needs_approval or post.approved_at is not None
    were_missed: list[int] = []
    for delivery in deliveries:
        if delivery.state in MOVABLE and not delivery.step:
            if delivery.state is DeliveryState.MISSED:
                were_missed.append(delivery.id)
            ready = cleared and delivery.publish_at is not None
            delivery.state = DeliveryState.SCHEDULED if ready else DeliveryState.DRAFT
    if were_missed:
        notices.settle(session, were_missed, now)


def _fix(delivery: Delivery, placed: Placed, zone: str) -> None:
    delivery.publish_at = delivery.try_at = placed.utc
    delivery.wall_time = placed.wall.strftime(WALL_FORMAT)
    delivery.zone = zone
