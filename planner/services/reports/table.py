"""A period as a table: one line for each delivery that was published, for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from planner.domain.figures import METRICS
from planner.domain.states import DeliveryState
from planner.domain.walltime import to_wall
from planner.domain.week import Week, day_bounds, month_bounds
from planner.models import Campaign, Channel, Delivery, Goal, Post, Snapshot, Topic

COLUMNS = ("published", "network", "channel", "text", "link", "topic", "campaign", "goal", "url", "as_of", *METRICS)

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A period's first moment, and the first moment after it, in UTC."""

    start: datetime
    end: datetime


def read_period(text: str, zone: str) -> Bounds:
    """A week (``2026-W47``), a month (``2026-11``) or a quarter (``2026-Q4``) of the workspace's calendar.

    Raises ValueError for anything else, and for years that no plan reaches.
    """
    if not 1970 <= int(text[:4] if text[:4].isdecimal() else 0) <= 2200:
        raise ValueError(f"not a period: {text!r}")
    if month := _MONTH.fullmatch(text):
        return Bounds(*month_bounds(int(month[1]), int(month[2]), zone))
    if quarter := _QUARTER.fullmatch(text):
        year, first = int(quarter[1]), 3 * int(quarter[2]) - 2
        start = day_bounds(date(year, first, 1), zone)[0]
        return Bounds(start, month_bounds(year, first + 2, zone)[1])
    return Bounds(*Week.parse(text).bounds(zone))


def as_csv(session: Session, workspace_id: int, period: Bounds, zone: str) -> str:
    """The table as RFC 4180 has it, with times by the workspace's clock. A missing figure is empty, never 0."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in session.execute(_query(workspace_id, period)):
        writer.writerow(list(_cells(row, zone)))
    return buffer.getvalue()


def _query(workspace_id: int, period: Bounds) -> Any:
    return (
        select(
            Delivery.published_at,
            Channel.network,
            Channel.name.label("channel"),
            Post.text,
            Post.link,
            Topic.title.label("topic"),
            Campaign.name.label("campaign"),
            Goal.name.label("goal"),
            Delivery.remote_url,
            Snapshot.taken_at,
            *[getattr(Snapshot, name) for name in METRICS],
        )
        .select_from(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .outerjoin(Topic, Topic.id == Post.topic_id)
        .outerjoin(Campaign, Campaign.id == Post.campaign_id)
        .outerjoin(Goal, Goal.id == Post.goal_id)
        .outerjoin(Snapshot, and_(Snapshot.delivery_id == Delivery.id, Snapshot.latest))
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.state == DeliveryState.PUBLISHED,
            Delivery.rehearsed.is_(False),
            Delivery.publish_at >= period.start,
            Delivery.publish_at < period.end,
        )
        .order_by(Delivery.publish_at, Delivery.id)
    )


def _cells(row: Any, zone: str) -> Iterator[str | int]:
    for value in row:
        if value is None:
            yield ""
        elif isinstance(value, datetime):
            yield f"{to_wall(value, zone):%Y-%m-%d %H:%M}"
        elif isinstance(value, int):
            yield value
        else:
            yield _harmless(str(value))


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text
