"""Figures of an account as a whole, not of its posts: day by day, and as they stand now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

#: What a network may give of an account for each day: how often its posts were shown and its page was opened, how many
#: different people opened it on that day, what people did with its posts, the clicks on the page's own buttons, and how
#: many more (or fewer) followed at the day's end than at its beginning.
DAILY = ("impressions", "page_views", "visitors", "engagements", "page_clicks", "follower_gain")


#: No account has more in a day: a number beyond it is not believed.
LARGEST = 2_000_000_000


class Why(StrEnum):
    """Why a figure is not there: a permission is missing, the network gives none (any more), or did not answer now."""

    PERMISSION = "permission"
    NOT_GIVEN = "not_given"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a figure is not there; ``permissions`` by the network's own names, where one is missing."""

    why: Why
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """What a network gave. ``followers`` and ``totals`` (``posts``, ``listed``) are as of now.

    ``days`` holds by the network's own day those of :data:`DAILY` that it gave, and their parts under further names.
    ``missing`` says of those of :data:`DAILY` that the account should have why no day has them.
    """

    followers: int | None
    totals: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[date, Mapping[str, int]] = field(default_factory=dict)
    missing: Mapping[str, Missing] = field(default_factory=dict)


def by_day(found: Iterable[tuple[date, str, int]], first: date, last: date) -> dict[date, dict[str, int]]:
    """Single figures as those of each day from ``first`` to ``last``; others were not asked for."""
    days: dict[date, dict[str, int]] = {}
    for day, name, number in found:
        if first <= day <= last and abs(number) <= LARGEST:
            days.setdefault(day, {})[name] = number
    return days


def not_given(wanted: Iterable[str], days: Mapping[date, Mapping[str, int]]) -> dict[str, Missing]:
    """Those of the wanted figures that no day has."""
    there = {name for figures in days.values() for name in figures}
    return {name: Missing(Why.NOT_GIVEN) for name in wanted if name not in there}
