"""What the networks count of whole channels, over a period and against the period before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from planner.domain.channel_days import BEFORE, CHANNEL_METRICS, Course, course, gained
from planner.domain.periods import Period, custom
from planner.models import Channel, ChannelDay, ChannelSnapshot
from publishers import registry


class Reason(StrEnum):
    """Why a figure is not there: there is no connection by which anybody could be asked; the network gives none, a
    permission is missing, it did not answer lately, it was not asked yet, or it told of no day of the period."""

    BY_HAND = "by_hand"
    NOT_GIVEN = "not_given"
    PERMISSION = "permission"
    FAILED = "failed"
    NOT_ASKED = "not_asked"
    NO_DAYS = "no_days"


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a figure is not there; ``permissions`` by the network's own names, where one is missing."""

    reason: Reason
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """One channel over a period. ``figures`` by name, ``lacks`` says of those without a value why. ``followers`` and
    ``totals`` are by the newest count up to the period's end, ``counted_at``; ``as_of`` is when days were last told.
    ``parts`` are sums of what the figures consist of, where the network tells it (``organic_gain``, ``follows``, …)."""

    channel: Channel
    figures: Mapping[str, Course]
    lacks: Mapping[str, Lack]
    followers: int | None = None
    counted_at: datetime | None = None
    totals: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    as_of: datetime | None = None

    @property
    def tells_something(self) -> bool:
        """Whether there is a figure, or one could come."""
        never = (Reason.BY_HAND, Reason.NOT_GIVEN)
        return self.followers is not None or any(
            name not in self.lacks or self.lacks[name].reason not in never for name in self.figures
        )


def over(session: Session, workspace_id: int, period: Period, zone: str) -> Sequence[Overview]:
    """All channels in use, in the order in which they were connected. Days are the networks' own; counts of followers
    are held against the period's bounds in the workspace's ``zone``."""
    before = custom(period.first - timedelta(days=period.days), period.first - date.resolution)
    query = select(Channel).where(Channel.workspace_id == workspace_id, Channel.archived_at.is_(None))
    channels = session.scalars(query.order_by(Channel.id)).all()
    ids = [channel.id for channel in channels]
    days, newest = _days(session, ids, before.first, period.last), _newest(session, ids)
    counts = _counts(session, ids, before.bounds(zone)[0] - BEFORE, period.bounds(zone)[1])
    return [
        _overview(c, days.get(c.id, []), counts.get(c.id, []), newest.get(c.id), period, before, zone) for c in channels
    ]


def lacks_of(channel: Channel, newest: ChannelSnapshot | None, names: Iterable[str]) -> dict[str, Lack]:
    """Why these figures are not there, by what the channel can have and by the network's newest answer."""
    return {name: _lack(channel, newest, name) for name in names}


def newest_answer(session: Session, channel_id: int) -> ChannelSnapshot | None:
    """What the network said when it was last asked about the channel."""
    return _newest(session, [channel_id]).get(channel_id)


def _overview(
    channel: Channel,
    days: Sequence[ChannelDay],
    counts: Sequence[ChannelSnapshot],
    newest: ChannelSnapshot | None,
    period: Period,
    before: Period,
    zone: str,
) -> Overview:
    now, then = ([one for one in days if p.first <= one.day <= p.last] for p in (period, before))
    figures = {name: course(_by_day(now, name), _by_day(then, name), period.days) for name in CHANNEL_METRICS}
    figures["follower_gain"] = _gain(figures["follower_gain"], counts, period, before, zone)
    last = counts[-1] if counts and counts[-1].taken_at >= period.bounds(zone)[0] else None
    return Overview(
        channel,
        figures,
        lacks_of(channel, newest, (name for name, one in figures.items() if one.value is None)),
        last.followers if last else None,
        last.taken_at if last else None,
        dict(last.extra) if last else {},
        _parts(now),
        max((one.taken_at for one in now), default=None),
    )


def _gain(told: Course, counts: Sequence[ChannelSnapshot], period: Period, before: Period, zone: str) -> Course:
    """As the network tells it day by day, else by the counts at both ends. A change of a gain in percent says nothing:
    it may be below zero."""
    if told.value is not None:
        return replace(told, change=None)
    known = [(one.taken_at, one.followers) for one in counts if one.followers is not None]
    now, then = (gained(known, *one.bounds(zone)) for one in (period, before))
    return Course(now, 0, then if now is not None else None)


def _lack(channel: Channel, newest: ChannelSnapshot | None, name: str) -> Lack:
    if channel.credentials is None:
        return Lack(Reason.BY_HAND)
    known = registry.networks().get(channel.network)
    able = known.capabilities if known else None
    counted = name == "follower_gain" and able is not None and able.has_followers
    if able is None or (name not in able.daily_figures and not counted):
        return Lack(Reason.NOT_GIVEN)
    if newest is None:
        return Lack(Reason.NOT_ASKED)
    why = newest.missing.get(name)
    if why is None:
        return Lack(Reason.NO_DAYS)
    return Lack(Reason(why["why"]), tuple(why["permissions"]))


def _by_day(days: Iterable[ChannelDay], name: str) -> dict[date, int]:
    return {one.day: number for one in days if (number := getattr(one, name)) is not None}


def _parts(days: Iterable[ChannelDay]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in days:
        for name, number in one.extra.items():
            sums[name] = sums.get(name, 0) + number
    return sums


def _days(session: Session, ids: Sequence[int], first: date, last: date) -> dict[int, list[ChannelDay]]:
    query = select(ChannelDay).where(ChannelDay.channel_id.in_(ids), ChannelDay.day.between(first, last))
    return _grouped(session.scalars(query.order_by(ChannelDay.day)))


def _counts(session: Session, ids: Sequence[int], start: datetime, end: datetime) -> dict[int, list[ChannelSnapshot]]:
    query = select(ChannelSnapshot).where(
        ChannelSnapshot.channel_id.in_(ids),
        ChannelSnapshot.followers.is_not(None),
        ChannelSnapshot.taken_at >= start,
        ChannelSnapshot.taken_at < end,
    )
    return _grouped(session.scalars(query.order_by(ChannelSnapshot.taken_at)))


def _newest(session: Session, ids: Sequence[int]) -> dict[int, ChannelSnapshot]:
    newest = (
        select(ChannelSnapshot.channel_id, func.max(ChannelSnapshot.taken_at))
        .where(ChannelSnapshot.channel_id.in_(ids))
        .group_by(ChannelSnapshot.channel_id)
    )
    query = select(ChannelSnapshot).where(tuple_(ChannelSnapshot.channel_id, ChannelSnapshot.taken_at).in_(newest))
    return {one.channel_id: one for one in session.scalars(query)}


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.channel_id, []).append(row)
    return found
