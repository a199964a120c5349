"""What the calendar draws: entries, gaps and the weekly rhythm, in four queries however many posts there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import exists, literal, select, union_all
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState, PostStatus, post_status
from planner.domain.week import Week
from planner.models import Campaign, Category, Channel, Delivery, Post, Workspace
from planner.services import by_hand, entry_marks, weeks
from planner.services.by_hand import ByHand
from planner.services.entry_marks import Mark
from planner.services.limits import app_limits
from planner.services.posts import Entry, calendar as entries_between
from planner.services.posts.placing import MOVABLE
from planner.services.publishing.guards import AGAINST_THE_PLAN, Hold
from planner.services.publishing.status import Holds
from planner.services.weeks import WeekOverview

#: A calendar never shows more at once; a longer range is cut.
LONGEST = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry as it is shown: its own status (a post's parts may stand elsewhere), what holds it against the plan and
    until when, as far as that is known, whether it can be dragged, how it stands where it only waits for a hand, and
    what it holds besides its text."""

    entry: Entry
    status: PostStatus
    waits_for: Hold | None
    held_until: datetime | None
    movable: bool
    by_hand: ByHand | None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarView:
    """What lies between two moments, and the whole weeks that they touch."""

    entries: list[Drawn]
    weeks: list[WeekOverview]


def look(session: Session, workspace: Workspace, start: datetime, end: datetime, *, now: datetime) -> CalendarView:
    """The calendar between two moments (aware), widened to whole weeks for the rhythm."""
    end = min(end, start + LONGEST)
    shown = list(_weeks_between(start, end, workspace.zone))
    first, last = shown[0].bounds(workspace.zone)[0], shown[-1].bounds(workspace.zone)[1]
    found = entries_between(session, workspace.id, min(first, start), max(last, end))
    channels = weeks.channels_with_slots(session, workspace.id)
    deliveries = [d for entry in found for d in entry.deliveries]
    campaigns = {e.campaign_id: e.campaign_paused_at for e in found if e.campaign_id and e.campaign_paused_at}
    # A limit holds what is still to go out: of a month that lies behind, nothing is asked.
    apps = app_limits(session, now) if any(d.state is DeliveryState.SCHEDULED for d in deliveries) else {}
    holds = Holds(workspace.paused_at, campaigns, apps, now)
    known = {channel.id: channel for channel in channels}
    entries = [e for e in found if start <= e.publish_at < end]
    marks = entry_marks.of(session, entries, known)
    return CalendarView(
        [_drawn(e, holds, known, m) for e, m in zip(entries, marks, strict=True)],
        weeks.overviews_of(shown, workspace.zone, channels, deliveries, now=now),
    )


@dataclass(slots=True)
class FilterChoices:
    """What the calendar can be narrowed to: ids with names, channels with their network too."""

    channels: list[tuple[int, str, str]] = field(default_factory=list)
    campaigns: list[tuple[int, str]] = field(default_factory=list)
    categories: list[tuple[int, str]] = field(default_factory=list)


def filter_choices(session: Session, workspace_id: int) -> FilterChoices:
    """The choices of a workspace, by name, in one query."""
    channels = select(literal("channels").label("kind"), Channel.id, Channel.name.label("name"), Channel.network).where(
        Channel.workspace_id == workspace_id, Channel.archived_at.is_(None)
    )
    campaigns = select(literal("campaigns"), Campaign.id, Campaign.name, literal("")).where(
        Campaign.workspace_id == workspace_id
    )
    categories = select(literal("categories"), Category.id, Category.name, literal("")).where(
        Category.workspace_id == workspace_id
    )
    found = FilterChoices()
    for row in session.execute(union_all(channels, campaigns, categories).order_by("name")):
        getattr(found, row.kind).append(tuple(row)[1:] if row.kind == "channels" else tuple(row)[1:3])
    return found


def without_time(session: Session, workspace_id: int, *, limit: int = 30) -> list[Post]:
    """Drafts and posts that wait for approval, without a time on any channel; the newest first."""
    timed = exists().where(
        Delivery.post_id == Post.id, Delivery.publish_at.is_not(None), Delivery.state != DeliveryState.CANCELLED
    )
    query = (
        select(Post)
        .where(
            Post.workspace_id == workspace_id,
            Post.status.in_([PostStatus.DRAFT, PostStatus.IN_APPROVAL]),
            Post.deleted_at.is_(None),
            ~timed,
        )
        .order_by(Post.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def _weeks_between(start: datetime, end: datetime, zone: str) -> Iterator[Week]:
    week = Week.containing(start, zone)
    while week.bounds(zone)[0] < max(end, start + timedelta(seconds=1)):
        yield week
        week = week.next


def _drawn(entry: Entry, holds: Holds, channels: Mapping[int, Channel], marks: tuple[Mark, ...]) -> Drawn:
    states = [d.state for d in entry.deliveries]
    status = post_status(states, awaits_approval=entry.status is PostStatus.IN_APPROVAL)
    movable = all(s in MOVABLE for s in states)
    hold, until = _hold(entry, holds, channels)
    return Drawn(entry, status, hold, until, movable, by_hand.standing(entry.deliveries, holds.now), marks)


@dataclass(frozen=True, slots=True)
class _Waiting:
    state: DeliveryState
    try_at: datetime | None
    post: Entry
    channel: Channel


def _hold(entry: Entry, holds: Holds, channels: Mapping[int, Channel]) -> tuple[Hold | None, datetime | None]:
    """What holds the entry, and until when: of several channels the first that is held speaks for it."""
    for delivery in entry.deliveries:
        if delivery.channel_id in channels:
            waiting = _Waiting(delivery.state, delivery.try_at, entry, channels[delivery.channel_id])
            hold = holds.reason(waiting)
            if hold in AGAINST_THE_PLAN:
                return hold, holds.goes_on_at(waiting, hold)
    return None, None
