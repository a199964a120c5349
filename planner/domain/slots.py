"""Weekly slots: their passings, and which one a queued post takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from planner.domain.walltime import Note, resolve, to_wall

#: How far ahead a queue may reach. A slot passes weekly, so a longer queue is longer than anybody plans.
HORIZON = timedelta(weeks=260)


@dataclass(frozen=True, slots=True)
class WeeklySlot:
    """A weekly publishing time. ``weekday`` 0 is Monday; ``category_id`` None: for any post."""

    id: int
    weekday: int
    wall_time: time
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One passing of a slot.

    ``wall`` is the slot's own time on that day (naive), ``publish_at`` the moment (UTC) at which it is sent, and
    ``note`` says that a clock change lies between the two. ``key`` names the passing by ``wall``: a channel has
    each at most once, also where the hour repeats, and also where a slot was removed and made anew.
    """

    slot_id: int
    key: str
    publish_at: datetime
    wall: datetime
    note: Note | None
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a channel's deliveries hold: passings by key, and moments. A post with a fixed time that falls on a
    slot fills it, although it was not born from it."""

    keys: Collection[str] = frozenset()
    moments: Collection[datetime] = frozenset()

    def holds(self, occurrence: Occurrence) -> bool:
        """Whether the passing is not free any more."""
        return occurrence.key in self.keys or occurrence.publish_at in self.moments


def occurrences(slots: Iterable[WeeklySlot], zone: str, start: datetime, end: datetime) -> Iterator[Occurrence]:
    """The passings with ``start`` <= ``publish_at`` < ``end``, in order of time."""
    by_weekday = _by_weekday(slots)
    if not by_weekday:
        return
    # A day more at both ends: a skipped time is sent later than its own date says (whole days have been skipped),
    # and where midnight repeats, the date goes back by one.
    day = to_wall(start, zone).date() - timedelta(days=1)
    last = to_wall(end, zone).date() + timedelta(days=1)
    held: list[Occurrence] = []
    while day <= last:
        held.extend(_passing(slot, datetime.combine(day, slot.wall_time), zone) for slot in by_weekday[day.weekday()])
        day += timedelta(days=1)
        # No clock change is longer than a day: what is sent before this, no later date can still come before.
        complete = resolve(datetime.combine(day, time()), zone).utc - timedelta(days=1)
        ready = sorted((o for o in held if o.publish_at < complete), key=_order)
        held = [o for o in held if o.publish_at >= complete]
        yield from (o for o in ready if start <= o.publish_at < end)
    yield from (o for o in sorted(held, key=_order) if start <= o.publish_at < end)


def next_free(
    slots: Sequence[WeeklySlot], zone: str, after: datetime, taken: Taken, category_id: int | None = None
) -> Occurrence | None:
    """The first free passing later than ``after``, or None where no slot fits.

    A slot with a category takes posts of that category only. A post with a category takes the slots reserved
    for it where there are any, and the unreserved ones otherwise.
    """
    return place(slots, zone, after, taken, [category_id])[0]


def place(
    slots: Sequence[WeeklySlot], zone: str, after: datetime, taken: Taken, categories: Iterable[int | None]
) -> list[Occurrence | None]:
    """What :func:`next_free` gives to posts of these categories, one after the other, each taking its passing."""
    moments = set(taken.moments)
    so_far = Taken(taken.keys, moments)
    passings = {category: _free(mine, zone, after, so_far) for category, mine in _by_category(slots).items()}
    nothing: Iterator[Occurrence] = iter(())
    placed: list[Occurrence | None] = []
    for category in categories:
        found = next(passings.get(category, nothing), None) or next(passings.get(None, nothing), None)
        if found:
            moments.add(found.publish_at)
        placed.append(found)
    return placed


def _free(slots: Iterable[WeeklySlot], zone: str, after: datetime, taken: Taken) -> Iterator[Occurrence]:
    """The free passings, looked at only when asked for: ``taken`` may grow meanwhile."""
    for occurrence in occurrences(slots, zone, after, after + HORIZON):
        if occurrence.publish_at > after and not taken.holds(occurrence):
            yield occurrence


def _by_category(slots: Iterable[WeeklySlot]) -> dict[int | None, list[WeeklySlot]]:
    kinds: dict[int | None, list[WeeklySlot]] = {}
    for slot in slots:
        kinds.setdefault(slot.category_id, []).append(slot)
    return kinds


def _by_weekday(slots: Iterable[WeeklySlot]) -> list[list[WeeklySlot]]:
    days: list[list[WeeklySlot]] = [[] for _ in range(7)]
    for slot in slots:
        days[slot.weekday].append(slot)
    return days if any(days) else []


def _passing(slot: WeeklySlot, wall: datetime, zone: str) -> Occurrence:
    sent = resolve(wall, zone)
    return Occurrence(slot.id, f"slot:{wall:%Y-%m-%dT%H:%M}", sent.utc, wall, sent.note, slot.category_id)


def _order(occurrence: Occurrence) -> tuple[datetime, datetime]:
    return occurrence.publish_at, occurrence.wall
