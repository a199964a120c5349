"""The figures of one post: as they are now, and how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from planner.domain.figures import METRICS, interactions, sums_of
from planner.models import Channel, Delivery, Snapshot


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """A delivery's newest figures: the common scale and ``interactions`` by name, None where not given.

    ``as_of`` and ``source`` (``network`` or ``manual``) are None where there are no figures at all; ``extra`` are
    the network's own further figures.
    """

    delivery_id: int
    channel_id: int
    channel_name: str
    network: str
    as_of: datetime | None
    source: str | None
    figures: Mapping[str, int | None]
    extra: Mapping[str, int]

    @property
    def engagement_rate(self) -> float | None:
        """Interactions per impression; None where one of the two is not given."""
        return sums_of([self.figures]).engagement_rate


@dataclass(frozen=True, slots=True)
class Point:
    """The figures at one moment, as in :class:`DeliveryFigures`."""

    taken_at: datetime
    figures: Mapping[str, int | None]


@dataclass(slots=True)
class DeliveryHistory:
    """How a delivery's figures grew, oldest first."""

    delivery_id: int
    channel_id: int
    channel_name: str
    network: str
    points: list[Point] = field(default_factory=list)


def post_metrics(session: Session, post_id: int) -> list[DeliveryFigures]:
    """The newest figures of every delivery of a post, also of those that have none."""
    query = (
        select(Delivery.id, Channel, Snapshot)
        .join(Channel, Channel.id == Delivery.channel_id)
        .outerjoin(Snapshot, and_(Snapshot.delivery_id == Delivery.id, Snapshot.latest))
        .where(Delivery.post_id == post_id, Delivery.step == 0)
        .order_by(Delivery.id)
    )
    return [_newest(delivery_id, channel, snapshot) for delivery_id, channel, snapshot in session.execute(query)]


def post_history(session: Session, post_id: int) -> list[DeliveryHistory]:
    """All snapshots of a post's deliveries, by delivery; deliveries without any are left out."""
    query = (
        select(Snapshot, Channel)
        .join(Delivery, Delivery.id == Snapshot.delivery_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(Delivery.post_id == post_id, Delivery.step == 0)
        .order_by(Snapshot.delivery_id, Snapshot.taken_at, Snapshot.id)
    )
    found: dict[int, DeliveryHistory] = {}
    for snapshot, channel in session.execute(query):
        history = found.setdefault(
            snapshot.delivery_id, DeliveryHistory(snapshot.delivery_id, channel.id, channel.name, channel.network)
        )
        history.points.append(Point(snapshot.taken_at, _figures(snapshot)))
    return list(found.values())


def _newest(delivery_id: int, channel: Channel, snapshot: Snapshot | None) -> DeliveryFigures:
    return DeliveryFigures(
        delivery_id=delivery_id,
        channel_id=channel.id,
        channel_name=channel.name,
        network=channel.network,
        as_of=snapshot.taken_at if snapshot else None,
        source=snapshot.source if snapshot else None,
        figures=_figures(snapshot),
        extra=snapshot.extra if snapshot else {},
    )


def _figures(snapshot: Snapshot | None) -> dict[str, int | None]:
    figures = {name: getattr(snapshot, name, None) for name in METRICS}
    return {**figures, "interactions": interactions(figures)}
