"""ISO weeks, months as a calendar draws them, gaps and the weekly rhythm."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from planner.domain.slots import Occurrence, Taken, WeeklySlot, occurrences
from planner.domain.walltime import resolve, to_wall

_WRITTEN = re.compile(r"(\d{4})-W(\d{2})")
_YEARS = range(1900, 3000)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week: it begins on Monday and belongs to the year that holds its Thursday."""

    year: int
    number: int

    def __post_init__(self) -> None:
        """Raises ValueError for a week that the year does not have."""
        date.fromisocalendar(self.year, self.number, 1)

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that holds ``day``."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def containing(cls, moment: datetime, zone: str) -> Week:
        """The week that ``zone``'s calendar shows at ``moment`` (aware)."""
        return cls.of(to_wall(moment, zone).date())

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read ``2027-W12``. Raises ValueError, also for a year that nobody plans in: a clock could not follow it."""
        written = _WRITTEN.fullmatch(text)
        if not written or int(written[1]) not in _YEARS:
            raise ValueError(f"not a week: {text!r}")
        return cls(int(written[1]), int(written[2]))

    def __str__(self) -> str:
        """As ISO 8601 writes it: ``2027-W12``."""
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return date.fromisocalendar(self.year, self.number, 7)

    @property
    def days(self) -> list[date]:
        """Monday to Sunday."""
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def next(self) -> Week:
        """The week after."""
        return Week.of(self.monday + timedelta(days=7))

    @property
    def previous(self) -> Week:
        """The week before."""
        return Week.of(self.monday - timedelta(days=7))

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Its first moment and the first moment after it, in UTC."""
        return _midnight(self.monday, zone), _midnight(self.monday + timedelta(days=7), zone)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a day and the first moment after it, in UTC."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def month_bounds(year: int, month: int, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a month and the first moment after it, in UTC. Raises ValueError for no such month."""
    first = date(year, month, 1)
    return _midnight(first, zone), _midnight(_first_of_next_month(first), zone)


def month_weeks(year: int, month: int) -> list[Week]:
    """The weeks that a month's page shows: from the one with the first day to the one with the last."""
    week = Week.of(date(year, month, 1))
    after = _first_of_next_month(date(year, month, 1))
    weeks = []
    while week.monday < after:
        weeks.append(week)
        week = week.next
    return weeks


def grid_bounds(year: int, month: int, zone: str) -> tuple[datetime, datetime]:
    """The bounds of all that a month's page shows, in UTC: whole weeks."""
    weeks = month_weeks(year, month)
    return weeks[0].bounds(zone)[0], weeks[-1].bounds(zone)[1]


def gaps(slots: Iterable[WeeklySlot], zone: str, start: datetime, end: datetime, taken: Taken) -> list[Occurrence]:
    """The free passings of ``slots`` with ``start`` <= ``publish_at`` < ``end``, in order of time."""
    return [o for o in occurrences(slots, zone, start, end) if not taken.holds(o)]


def rhythm_met(count: int, target: int | None) -> bool | None:
    """Whether ``count`` posts in a week are enough. None: the channel has no rhythm."""
    return None if target is None else count >= target


def _midnight(day: date, zone: str) -> datetime:
    return resolve(datetime.combine(day, time()), zone).utc


def _first_of_next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
