"""What a week looks like per channel: what goes out, whether the rhythm is met, and where there is a gap.

A delivery belongs to the week of the time that was promised for it, as the calendar shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner.domain.slots import Occurrence, Taken
from planner.domain.states import DeliveryState
from planner.domain.week import Week, gaps, rhythm_met
from planner.models import Channel, Delivery, Workspace
from planner.services.queue import as_weekly

#: Goes out, or is on its way, without anyone doing anything.
PLANNED = frozenset({DeliveryState.SCHEDULED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN})


class Found(Protocol):
    """What a week looks at of a delivery."""

    @property
    def channel_id(self) -> int: ...
    @property
    def state(self) -> DeliveryState: ...
    @property
    def publish_at(self) -> datetime | None: ...
    @property
    def occurrence(self) -> str | None: ...
    @property
    def rehearsed(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ChannelWeek:
    """One channel in one week.

    ``waiting`` counts drafts that have a time but not yet a lead's yes; they fill their slot, but do not count for
    the rhythm. ``target`` and ``met`` are None where the channel has no rhythm. ``gaps`` are free slots ahead.
    """

    channel_id: int
    name: str
    network: str
    published: int
    planned: int
    waiting: int
    target: int | None
    met: bool | None
    gaps: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class WeekOverview:
    """One week of a workspace; ``start`` and ``end`` are its bounds in UTC."""

    week: Week
    zone: str
    start: datetime
    end: datetime
    channels: tuple[ChannelWeek, ...]

    @property
    def gap_count(self) -> int:
        """How many slots ahead are free, over all channels."""
        return sum(len(channel.gaps) for channel in self.channels)


def week_overview(session: Session, workspace_id: int, week: Week, *, now: datetime) -> WeekOverview:
    """One week."""
    return week_overviews(session, workspace_id, [week], now=now)[0]


def week_overviews(session: Session, workspace_id: int, weeks: Sequence[Week], *, now: datetime) -> list[WeekOverview]:
    """Several weeks that follow each other, in as many queries as one."""
    zone = session.scalars(select(Workspace.zone).where(Workspace.id == workspace_id)).one()
    start, end = weeks[0].bounds(zone)[0], weeks[-1].bounds(zone)[1]
    found = _deliveries(session, workspace_id, start, end)
    return overviews_of(weeks, zone, channels_with_slots(session, workspace_id), found, now=now)


def overviews_of(
    weeks: Sequence[Week], zone: str, channels: Sequence[Channel], found: Sequence[Found], *, now: datetime
) -> list[WeekOverview]:
    """The weeks, where channels (with slots) and deliveries are at hand already: no query."""
    return [_overview(week, zone, channels, found, now) for week in weeks]


def channels_with_slots(session: Session, workspace_id: int) -> list[Channel]:
    """The channels in use with their slots: one query."""
    query = (
        select(Channel)
        .where(Channel.workspace_id == workspace_id, Channel.archived_at.is_(None))
        .order_by(Channel.name, Channel.id)
        .options(joinedload(Channel.slots))
    )
    return list(session.scalars(query).unique())


def _overview(
    week: Week, zone: str, channels: Sequence[Channel], found: Sequence[Found], now: datetime
) -> WeekOverview:
    start, end = week.bounds(zone)
    inside: dict[int, list[Found]] = {channel.id: [] for channel in channels}
    for row in found:
        if row.channel_id in inside and row.publish_at is not None and start <= row.publish_at < end:
            inside[row.channel_id].append(row)
    rows = tuple(_channel_week(channel, inside[channel.id], zone, max(start, now), end) for channel in channels)
    return WeekOverview(week, zone, start, end, rows)


def _channel_week(channel: Channel, rows: Sequence[Found], zone: str, ahead: datetime, end: datetime) -> ChannelWeek:
    # what was rehearsed nobody has seen: it took its slot, but does not count for the rhythm
    published = sum(row.state is DeliveryState.PUBLISHED and not row.rehearsed for row in rows)
    planned = sum(row.state in PLANNED for row in rows)
    taken = Taken(
        {row.occurrence for row in rows if row.occurrence}, {row.publish_at for row in rows if row.publish_at}
    )
    return ChannelWeek(
        channel_id=channel.id,
        name=channel.name,
        network=channel.network,
        published=published,
        planned=planned,
        waiting=sum(row.state is DeliveryState.DRAFT for row in rows),
        target=channel.rhythm_per_week,
        met=rhythm_met(published + planned, channel.rhythm_per_week),
        gaps=tuple(gaps(map(as_weekly, channel.slots), zone, ahead, end, taken)),
    )


def _deliveries(session: Session, workspace_id: int, start: datetime, end: datetime) -> Sequence[Found]:
    shown = (Delivery.channel_id, Delivery.state, Delivery.publish_at, Delivery.occurrence, Delivery.rehearsed)
    query = select(*shown).where(
        Delivery.workspace_id == workspace_id,
        Delivery.publish_at >= start,
        Delivery.publish_at < end,
        Delivery.state != DeliveryState.CANCELLED,
    )
    return session.execute(query).all()
