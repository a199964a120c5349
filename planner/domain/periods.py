"""Periods that success is looked at over: whole days of the workspace's calendar, weeks beginning on Monday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from planner.domain.week import Week, day_bounds

#: The periods that have a name, in the order in which they are offered.
NAMED = ("this_week", "last_week", "4_weeks", "12_weeks", "quarter")
CUSTOM = "custom"
LONGEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both days included. ``key`` is one of :data:`NAMED` or ``custom``."""

    key: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Its first moment and the first moment after it, in UTC."""
        return day_bounds(self.first, zone)[0], day_bounds(self.last, zone)[1]

    def weeks(self) -> list[Week]:
        """The calendar weeks that it touches."""
        week, found = Week.of(self.first), []
        while week.monday <= self.last:
            found.append(week)
            week = week.next
        return found

    def is_running(self, today: date) -> bool:
        """Whether it is not over yet."""
        return today <= self.last


def named(key: str, today: date) -> Period:
    """One of the named periods as seen from ``today``; weeks are whole ones. Raises ValueError for another name."""
    monday = Week.of(today).monday
    sunday_before = monday - timedelta(days=1)
    if key == "this_week":
        return Period(key, monday, monday + timedelta(days=6))
    if key == "last_week":
        return Period(key, monday - timedelta(weeks=1), sunday_before)
    if key == "4_weeks":
        return Period(key, monday - timedelta(weeks=4), sunday_before)
    if key == "12_weeks":
        return Period(key, monday - timedelta(weeks=12), sunday_before)
    if key == "quarter":
        first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        after = date(first.year + (first.month + 2) // 12, (first.month + 2) % 12 + 1, 1)
        return Period(key, first, after - timedelta(days=1))
    raise ValueError(f"no such period: {key!r}")


def custom(first: date, last: date) -> Period:
    """A chosen period. Raises ValueError where it ends before it begins or is longer than two years."""
    if last < first or last - first > LONGEST:
        raise ValueError("not a period")
    return Period(CUSTOM, first, last)
