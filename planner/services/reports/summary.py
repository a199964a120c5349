"""A period, summed up by groups and held against the period before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session

from planner.domain.figures import GROUPS, Sums
from planner.domain.walltime import resolve, to_wall
from planner.domain.week import Week
from planner.models import Campaign, Channel, Delivery, Goal, Post, Topic, Workspace
from planner.services.reports.measures import Column, measured, sums_of_row, within

_COLUMNS: dict[str, Callable[[], Column]] = {
    "network": lambda: Channel.network.expression,
    "channel": lambda: Delivery.channel_id.expression,
    "topic": lambda: Post.topic_id.expression,
    "campaign": lambda: Post.campaign_id.expression,
    "goal": lambda: Post.goal_id.expression,
}
_LABELS = {"channel": Channel.name, "topic": Topic.title, "campaign": Campaign.name, "goal": Goal.name}


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one group.

    ``key`` is an id, a network's key or a week (``2027-W12``); None: posts without a topic, campaign or goal.
    ``label`` is a name, None for networks and weeks (they are named by the reader's language) and where ``key`` is
    None. ``posts`` counts posts, ``deliveries`` their publications. ``as_of_*`` are the times of the oldest and the
    newest figures, None without any.
    """

    key: str | None
    label: str | None
    posts: int
    deliveries: int
    sums: Sums
    as_of_oldest: datetime | None
    as_of_newest: datetime | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A period by groups; ``previous`` sums up the period of the same length before, since ``previous_start``.

    Weeks come in order of time and without a hole; other groups with the most interactions first.
    """

    group: str
    start: datetime
    end: datetime
    rows: tuple[Row, ...]
    total: Row
    previous: Row
    previous_start: datetime


def summary(session: Session, workspace_id: int, start: datetime, end: datetime, group: str) -> Summary:
    """What was published with ``start`` <= promised time < ``end``, by one of ``figures.GROUPS``.

    Raises ValueError for another group.
    """
    if group not in GROUPS:
        raise ValueError(f"no such group: {group}")
    zone = session.scalars(select(Workspace.zone).where(Workspace.id == workspace_id)).one()
    before = previous_start(start, end, zone)
    if group == "week":
        rows = _by_week(session, workspace_id, start, end, zone)
    else:
        rows = _by_column(session, workspace_id, start, end, group)
    return Summary(
        group=group,
        start=start,
        end=end,
        rows=tuple(rows),
        total=_total(session, workspace_id, start, end),
        previous=_total(session, workspace_id, before, start),
        previous_start=before,
    )


def previous_start(start: datetime, end: datetime, zone: str) -> datetime:
    """When the period before began: as many days and hours before ``start`` by the wall clock as ``end`` is after."""
    return resolve(to_wall(start, zone) - (to_wall(end, zone) - to_wall(start, zone)), zone).utc


def _by_column(session: Session, workspace_id: int, start: datetime, end: datetime, group: str) -> list[Row]:
    key = _COLUMNS[group]().label("key")
    found = session.execute(measured(key).where(within(workspace_id, start, end)).group_by(key)).all()
    labels = _labels(session, group, [row.key for row in found])
    rows = [_row(row, None if row.key is None else str(row.key), labels.get(row.key)) for row in found]
    return sorted(rows, key=_most_interactions_first)


def _by_week(session: Session, workspace_id: int, start: datetime, end: datetime, zone: str) -> list[Row]:
    weeks = _weeks(start, end, zone)
    if not weeks:
        return []
    bounds = [(number, week.bounds(zone)) for number, week in enumerate(weeks)]
    number = case(
        *((and_(Delivery.publish_at >= first, Delivery.publish_at < last), n) for n, (first, last) in bounds)
    ).label("key")
    found = session.execute(measured(number).where(within(workspace_id, start, end)).group_by("key")).all()
    by_number = {row.key: row for row in found}
    return [
        _row(by_number[n], str(week), None) if n in by_number else _empty(str(week)) for n, week in enumerate(weeks)
    ]


def _weeks(start: datetime, end: datetime, zone: str) -> list[Week]:
    weeks, week = [], Week.containing(start, zone)
    while week.bounds(zone)[0] < end:
        weeks.append(week)
        week = week.next
    return weeks


def _total(session: Session, workspace_id: int, start: datetime, end: datetime) -> Row:
    return _row(session.execute(measured().where(within(workspace_id, start, end))).one(), None, None)


def _row(row: Any, key: str | None, label: str | None) -> Row:
    return Row(key, label, row.posts, row.deliveries, sums_of_row(row), row.as_of_oldest, row.as_of_newest)


def _empty(key: str) -> Row:
    return Row(key, None, 0, 0, Sums(), None, None)


def _labels(session: Session, group: str, keys: Sequence[Any]) -> dict[Any, str]:
    if group not in _LABELS:
        return {}
    name = _LABELS[group]
    rows = session.execute(select(name.class_.id, name).where(name.class_.id.in_([k for k in keys if k is not None])))
    return {row[0]: row[1] for row in rows}


def _most_interactions_first(row: Row) -> tuple[bool, int, str, str]:
    value = row.sums.value("interactions")
    return value is None, -(value or 0), row.label or "", row.key or ""
