"""The sums of all reports, in SQL: every figure with how many deliveries gave it, and how old it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from planner.domain.figures import INTERACTIONS, METRICS, Sums
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, Snapshot

Column = ColumnElement[Any]


def interactions() -> Column:
    """The interactions of one delivery, as :func:`planner.domain.figures.interactions` counts them."""
    columns = [getattr(Snapshot, name) for name in INTERACTIONS]
    together = sum((func.coalesce(column, 0) for column in columns[1:]), func.coalesce(columns[0], 0))
    return case((or_(*(column.is_not(None) for column in columns)), together))


def measure(metric: str) -> Column:
    """A figure of the common scale, or ``interactions``, of one delivery. Raises ValueError."""
    if metric == "interactions":
        return interactions()
    if metric not in METRICS:
        raise ValueError(f"no such figure: {metric}")
    column: Column = getattr(Snapshot, metric)
    return column


def measured(*columns: Column) -> Select[Any]:
    """Published deliveries with their newest figures, summed; to be filtered and grouped by ``columns``."""
    return (
        select(*columns, *_sums())
        .select_from(Delivery)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Post, Post.id == Delivery.post_id)
        .outerjoin(Snapshot, and_(Snapshot.delivery_id == Delivery.id, Snapshot.latest))
        .where(Delivery.state == DeliveryState.PUBLISHED, Delivery.rehearsed.is_(False))
    )


def within(workspace_id: int, start: datetime, end: datetime) -> ColumnElement[bool]:
    """The workspace's deliveries of a period."""
    return and_(Delivery.workspace_id == workspace_id, Delivery.publish_at >= start, Delivery.publish_at < end)


def sums_of_row(row: Any) -> Sums:
    """The sums in a row of :func:`measured`."""
    found = row._mapping
    names = (*METRICS, "interactions")
    return Sums(
        values={name: int(found[f"sum_{name}"]) for name in names if found[f"sum_{name}"] is not None},
        counts={name: int(found[f"count_{name}"]) for name in names if found[f"count_{name}"]},
        rated_interactions=int(found["rated_interactions"] or 0),
        rated_impressions=int(found["rated_impressions"] or 0),
    )


def _sums() -> list[Column]:
    rated = and_(interactions().is_not(None), Snapshot.impressions > 0)
    columns: list[Column] = [
        func.count(Delivery.post_id.distinct()).label("posts"),
        func.count(Delivery.id).label("deliveries"),
        func.min(Snapshot.taken_at).label("as_of_oldest"),
        func.max(Snapshot.taken_at).label("as_of_newest"),
        func.sum(case((rated, interactions()))).label("rated_interactions"),
        func.sum(case((rated, Snapshot.impressions))).label("rated_impressions"),
    ]
    for name in (*METRICS, "interactions"):
        columns += [func.sum(measure(name)).label(f"sum_{name}"), func.count(measure(name)).label(f"count_{name}")]
    return columns
