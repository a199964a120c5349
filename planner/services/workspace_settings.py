"""What a workspace is called, which clock it keeps, and its rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.walltime import known_zone
from planner.models import Channel, Delivery, Event, Workspace
from planner.services import events, queue, retiming
from planner.services.accounts import LANGUAGES
from planner.services.actor import Actor
from planner.services.errors import Conflict, Problems
from planner.services.retiming import ZONE_CHANGED, Choices, Keep, Retimed, TakenBack

NAME_LENGTH = 200
#: Minutes: no earlier than a post is shown as overdue, no later than a week.
OVERDUE = (15, 7 * 24 * 60)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an admin sets. ``weekly_weekday`` 0 is Monday, ``weekly_time`` by the workspace's clock (None: not
    readable). ``overdue_minutes`` is how long a post waits for a hand before the leads hear of it.
    ``answers_need_approval`` None: as it is."""

    name: str
    zone: str
    language: str
    approval_required: bool
    weekly_weekday: int
    weekly_time: time | None
    overdue_minutes: int | None = 60
    answers_need_approval: bool | None = None


@dataclass(frozen=True, slots=True)
class ZonePreview:
    """What another zone would do: ``own`` are posts with a time of their own, which are asked about; ``queued`` follow
    their slots to the new moment."""

    own: list[Retimed]
    queued: list[tuple[Delivery, datetime]]


@dataclass(frozen=True, slots=True)
class ZoneMoved:
    """What another zone did. ``event_id`` takes it back."""

    event_id: int
    queued: int
    by_clock: int
    by_moment: int


def preview_zone(session: Session, workspace_id: int, zone: str, *, now: datetime) -> ZonePreview:
    """What would change if the workspace kept the clock of ``zone``. Changes nothing."""
    channels = session.scalars(select(Channel.id).where(Channel.workspace_id == workspace_id).order_by(Channel.id))
    queued = [pair for c in channels for pair in queue.times_by_clock(session, c, zone, now=now)]
    moving = [(delivery, at) for delivery, at in queued if delivery.publish_at != at]
    return ZonePreview(
        retiming.of_zone(session, workspace_id, zone, now=now), sorted(moving, key=lambda p: (p[1], p[0].id))
    )


def check(wanted: Settings) -> None:
    """Raises Invalid at ``name``, ``zone``, ``language``, ``weekly_weekday``, ``weekly_time``, ``overdue_minutes``."""
    problems = Problems()
    if not wanted.name.strip():
        problems.add("name", "name_missing")
    elif len(wanted.name.strip()) > NAME_LENGTH:
        problems.add("name", "too_long", limit=NAME_LENGTH)
    if not known_zone(wanted.zone):
        problems.add("zone", "zone_unknown")
    if wanted.language not in LANGUAGES:
        problems.add("language", "choice_unknown")
    if not 0 <= wanted.weekly_weekday <= 6:
        problems.add("weekly_weekday", "weekday_invalid")
    if wanted.weekly_time is None:
        problems.add("weekly_time", "time_invalid")
    low, high = OVERDUE
    if wanted.overdue_minutes is None or not low <= wanted.overdue_minutes <= high:
        problems.add("overdue_minutes", "number_between", low=low, high=high)
    problems.raise_any()


def change(
    session: Session, actor: Actor, wanted: Settings, choices: Choices | None = None, *, now: datetime
) -> ZoneMoved | None:
    """Store the settings. Another zone (then what it did is returned) moves queued posts with their slots; of those
    with a time of their own each keeps what ``choices`` say. What is being sent keeps its time.

    Raises Forbidden, Invalid as :func:`check` does, and at ``keep`` (``keep_missing``) or ``keep.ID``
    (``clock_time_past``).
    """
    actor.require(Permission.MANAGE)
    check(wanted)
    workspace = session.get_one(Workspace, actor.workspace_id)
    before = workspace.zone
    if before != wanted.zone:
        retiming.lock_own_times(session, workspace.id, now=now)
    workspace.name = wanted.name.strip()
    workspace.zone = wanted.zone
    workspace.language = wanted.language
    workspace.approval_required = wanted.approval_required
    if wanted.answers_need_approval is not None:
        workspace.answers_need_approval = wanted.answers_need_approval
    workspace.weekly_weekday = wanted.weekly_weekday
    workspace.overdue_minutes = wanted.overdue_minutes or workspace.overdue_minutes
    workspace.weekly_time = wanted.weekly_time or workspace.weekly_time
    events.record(session, actor, now, "workspace", workspace.id, "settings_changed")
    session.flush()
    return (
        _move_times(session, actor, before, wanted.zone, choices or Choices(), now) if before != wanted.zone else None
    )


def take_zone_back(session: Session, actor: Actor, event_id: int, *, now: datetime) -> TakenBack:
    """Undo a change of the zone, with every time that it moved and that still stands as it left it.

    Raises Forbidden, NotFound, Conflict ``zone_changed_since`` or ``times_taken_back_already``.
    """
    actor.require(Permission.MANAGE)
    event = retiming.changed(session, actor.workspace_id, event_id, ZONE_CHANGED)
    workspace = session.get_one(Workspace, actor.workspace_id)
    if workspace.zone != event.data["after"]:
        raise Conflict("zone_changed_since")
    held = retiming.hold(session, event)
    workspace.zone = event.data["before"]
    session.flush()
    taken_back = retiming.take_back(session, actor, event, held, now=now)
    queue.follow_clock(session, workspace.id, now=now, actor=actor)
    return taken_back


def _move_times(session: Session, actor: Actor, before: str, zone: str, choices: Choices, now: datetime) -> ZoneMoved:
    workspace_id = actor.workspace_id
    own = retiming.apply(session, actor, retiming.of_zone(session, workspace_id, zone, now=now), choices, now=now)
    session.flush()
    queued = _follow(session, actor, now)
    kept = [item["keep"] for item in own]
    event: Event = events.record(
        session, actor, now, "workspace", workspace_id, ZONE_CHANGED, before=before, after=zone, items=[*own, *queued]
    )
    session.flush()
    return ZoneMoved(event.id, len(queued), kept.count(Keep.CLOCK), kept.count(Keep.MOMENT))


def _follow(session: Session, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Move the queues; how those stood and stand that moved."""
    query = select(Delivery).where(
        Delivery.workspace_id == actor.workspace_id, Delivery.queued, Delivery.state.in_(queue.MOVABLE)
    )
    before = {d.id: retiming.standing(d) for d in session.scalars(query)}
    queue.follow_clock(session, actor.workspace_id, now=now, actor=actor)
    return retiming.items_of(before, [d for d in session.scalars(query) if d.id in before])
