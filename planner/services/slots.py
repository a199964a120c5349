"""A channel's weekly slots: setting them, and telling what clock changes do to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.slots import occurrences
from planner.domain.walltime import Note
from planner.models import Category, Channel, Slot, Workspace
from planner.services import events
from planner.services.actor import Actor
from planner.services.errors import Problems
from planner.services.queue import Reflowed, as_weekly, locked_channel, reflow

MAX_SLOTS = 168
#: Every zone that changes its clock does so within a year.
NOTES_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class SlotInput:
    """A slot as a person wants it. ``weekday`` 0 is Monday; ``wall_time`` by the workspace's clock."""

    weekday: int
    wall_time: time
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class SlotNote:
    """On ``date`` a clock change skips or repeats the slot's hour; it is sent at ``publish_at`` (UTC)."""

    slot_id: int
    weekday: int
    wall_time: time
    date: date
    note: Note
    publish_at: datetime


@dataclass(frozen=True, slots=True)
class SlotsSaved:
    """The slots as they now are, what to tell about clock changes, and what became of the queue."""

    slots: list[Slot]
    notes: list[SlotNote]
    reflowed: Reflowed


def set_slots(
    session: Session, actor: Actor, channel_id: int, wanted: Sequence[SlotInput], *, now: datetime
) -> SlotsSaved:
    """Replace the channel's slots and move its queue to the new ones.

    A slot whose weekday and time stay keeps its id. Raises Forbidden, NotFound, and Invalid: ``slots``
    (``too_many_slots``), ``slots.N.weekday`` (``weekday_invalid``), ``slots.N.time`` (``slot_twice``,
    ``time_to_the_minute``), ``slots.N.category`` (``category_unknown``).
    """
    actor.require(Permission.ARRANGE)
    channel = locked_channel(session, channel_id, workspace_id=actor.workspace_id)
    _check(session, actor.workspace_id, wanted)
    _store(session, channel, wanted)
    reflowed = reflow(session, channel_id, now=now, actor=actor)
    events.record(session, actor, now, "channel", channel_id, "slots_changed", count=len(wanted))
    slots = list(session.scalars(_slots_query(channel_id)))
    zone = session.scalars(select(Workspace.zone).where(Workspace.id == channel.workspace_id)).one()
    return SlotsSaved(slots, clock_change_notes(slots, zone, now), reflowed)


def clock_change_notes(slots: Iterable[Slot], zone: str, now: datetime) -> list[SlotNote]:
    """What the clock changes of the coming year do to these slots, in order of time."""
    by_id = {slot.id: slot for slot in slots}
    return [
        SlotNote(o.slot_id, by_id[o.slot_id].weekday, by_id[o.slot_id].wall_time, o.wall.date(), o.note, o.publish_at)
        for o in occurrences(map(as_weekly, by_id.values()), zone, now, now + NOTES_AHEAD)
        if o.note is not None
    ]


def _check(session: Session, workspace_id: int, wanted: Sequence[SlotInput]) -> None:
    problems = Problems()
    if len(wanted) > MAX_SLOTS:
        problems.add("slots", "too_many_slots", limit=MAX_SLOTS)
    known = set(session.scalars(select(Category.id).where(Category.workspace_id == workspace_id)))
    seen: set[tuple[int, time]] = set()
    for index, slot in enumerate(wanted):
        if not 0 <= slot.weekday <= 6:
            problems.add(f"slots.{index}.weekday", "weekday_invalid")
        if slot.wall_time.second or slot.wall_time.microsecond or slot.wall_time.tzinfo:
            problems.add(f"slots.{index}.time", "time_to_the_minute")
        if (slot.weekday, slot.wall_time) in seen:
            problems.add(f"slots.{index}.time", "slot_twice")
        if slot.category_id is not None and slot.category_id not in known:
            problems.add(f"slots.{index}.category", "category_unknown")
        seen.add((slot.weekday, slot.wall_time))
    problems.raise_any()


def _store(session: Session, channel: Channel, wanted: Sequence[SlotInput]) -> None:
    there = {(slot.weekday, slot.wall_time): slot for slot in session.scalars(_slots_query(channel.id))}
    for slot in wanted:
        old = there.pop((slot.weekday, slot.wall_time), None)
        if old:
            old.category_id = slot.category_id
        else:
            session.add(
                Slot(
                    channel_id=channel.id,
                    weekday=slot.weekday,
                    wall_time=slot.wall_time,
                    category_id=slot.category_id,
                )
            )
    for gone in there.values():
        session.delete(gone)
    session.flush()
    session.expire(channel, ["slots"])


def _slots_query(channel_id: int) -> Select[Slot]:
    return select(Slot).where(Slot.channel_id == channel_id).order_by(Slot.weekday, Slot.wall_time)
