"""Figures on the common scale, summed without turning a missing one into a zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: What a network may give of a post.
METRICS = ("impressions", "reach", "reactions", "comments", "shares", "clicks")

#: What people did in public with a post, and every network counts. Clicks are kept apart: half of the networks do
#: not give them, and a sum with them would rank a network by what it tells and not by how its readers answer.
INTERACTIONS = ("reactions", "comments", "shares")

#: What a goal may be measured by and a ranking made by.
GOAL_METRICS = (*METRICS, "interactions", "posts")

#: What a summary may be grouped by.
GROUPS = ("network", "topic", "campaign", "goal", "week", "channel")


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over deliveries. ``values`` by name; a name that no delivery gave is not in it. ``counts``: how many gave
    it. ``rated_*`` are sums over those deliveries alone that gave both interactions and impressions."""

    values: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    rated_interactions: int = 0
    rated_impressions: int = 0

    def value(self, name: str) -> int | None:
        """The sum of a figure or of ``interactions``; None where nobody gave it."""
        return self.values.get(name)

    def given(self, name: str) -> int:
        """How many deliveries gave it."""
        return self.counts.get(name, 0)

    @property
    def engagement_rate(self) -> float | None:
        """Interactions per impression (0.02 is 2 %). None without impressions."""
        return self.rated_interactions / self.rated_impressions if self.rated_impressions else None

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            _added(self.values, other.values),
            _added(self.counts, other.counts),
            self.rated_interactions + other.rated_interactions,
            self.rated_impressions + other.rated_impressions,
        )


def sums_of(figures: Iterable[Mapping[str, int | None]]) -> Sums:
    """The sums over deliveries, each given as figures by name."""
    return sum((_sums(one) for one in figures), Sums())


def interactions(figures: Mapping[str, int | None]) -> int | None:
    """Reactions, comments and shares of one delivery together; None where none of them is given."""
    given = [number for name in INTERACTIONS if (number := figures.get(name)) is not None]
    return sum(given) if given else None


def change(now: int | None, before: int | None) -> float | None:
    """By how much a figure changed, as a share of what it was (0.5 is half as much again). None where either is
    missing, or it was zero."""
    return (now - before) / before if now is not None and before else None


def _sums(figures: Mapping[str, int | None]) -> Sums:
    together = interactions(figures)
    named = {**{name: figures.get(name) for name in METRICS}, "interactions": together}
    values = {name: number for name, number in named.items() if number is not None}
    impressions = values.get("impressions")
    rated = together is not None and bool(impressions)
    return Sums(values, dict.fromkeys(values, 1), together or 0 if rated else 0, impressions or 0 if rated else 0)


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
