"""Figures of a channel by days, over a period and against the period before, without turning a missing one into a
zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from planner.domain.figures import change

#: What a network may give of a channel for each day.
CHANNEL_METRICS = ("impressions", "page_views", "visitors", "engagements", "page_clicks", "follower_gain")

#: Of a period, this share of the days that have a figure must have one in the period before, to be compared with it.
ENOUGH = 0.5
#: A count of followers so much before a moment, or after it, still says how many followed then.
BEFORE, AFTER = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Course:
    """A figure over a period. ``value`` is the sum over the ``given`` days that have it; None where none has.

    ``before`` is what the period before had, like with like: over those ``alike`` of its days whose counterparts have
    the figure too; ``change`` compares these alone, as a fraction. Both None where there is too little to compare.
    """

    value: int | None = None
    given: int = 0
    before: int | None = None
    alike: int = 0
    change: float | None = None


def course(now: Mapping[date, int], before: Mapping[date, int], days: int) -> Course:
    """The figure's days in a period that is so many days long, and those in the period before."""
    if not now:
        return Course()
    back = timedelta(days=days)
    alike = [day for day in now if day - back in before]
    value = sum(now.values())
    if not alike or len(alike) < len(now) * ENOUGH:
        return Course(value, len(now))
    earlier = sum(before[day - back] for day in alike)
    return Course(value, len(now), earlier, len(alike), change(sum(now[day] for day in alike), earlier))


def gained(counts: Sequence[tuple[datetime, int]], start: datetime, end: datetime) -> int | None:
    """How many more (or fewer) followed at ``end`` than at ``start``, by counts at moments, oldest first. None where
    nobody counted near the start, or not after it."""
    at_start = [count for when, count in counts if start - BEFORE <= when <= start + AFTER]
    by_end = [count for when, count in counts if start + AFTER < when <= end]
    return by_end[-1] - at_start[-1] if at_start and by_end else None
