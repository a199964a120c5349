"""What this process has counted of its own work, for whoever watches it from outside.

Plain numbers under a lock: the library that writes them down for Prometheus is loaded only where somebody asks. Labels
are keys of networks and words of ours, never names or texts, so that there are few of them.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

Labels = tuple[str, ...]


class Counter:
    """How often something happened, by its labels."""

    def __init__(self, name: str, says: str, labels: Labels) -> None:
        self.name, self.says, self.labels = name, says, labels
        self._lock = threading.Lock()
        self._counted: dict[Labels, int] = {}

    def add(self, *values: str) -> None:
        """It happened once more."""
        with self._lock:
            self._counted[values] = self._counted.get(values, 0) + 1

    def read(self) -> list[tuple[Labels, int]]:
        """All label values with their counts."""
        with self._lock:
            return sorted(self._counted.items())


@dataclass(slots=True)
class Spread:
    """How often a value fell into each bucket (the last has no bound), and the sum of all values."""

    counts: list[int]
    total: float = 0.0


class Histogram:
    """How values were spread over buckets with the upper ``bounds``, by labels."""

    def __init__(self, name: str, says: str, labels: Labels, bounds: tuple[float, ...]) -> None:
        self.name, self.says, self.labels, self.bounds = name, says, labels, bounds
        self._lock = threading.Lock()
        self._spreads: dict[Labels, Spread] = {}

    def observe(self, value: float, *values: str) -> None:
        """A value was measured."""
        with self._lock:
            spread = self._spreads.get(values)
            if spread is None:
                spread = self._spreads[values] = Spread([0] * (len(self.bounds) + 1))
            spread.counts[bisect_left(self.bounds, value)] += 1
            spread.total += value

    def read(self) -> list[tuple[Labels, list[int], float]]:
        """All label values with the counts up to each bound (growing, the last is the number of all) and the sum."""
        with self._lock:
            copied = [(values, list(spread.counts), spread.total) for values, spread in self._spreads.items()]
        return sorted((values, list(_growing(counts)), total) for values, counts, total in copied)


def _growing(counts: list[int]) -> Iterator[int]:
    so_far = 0
    for count in counts:
        so_far += count
        yield so_far


_LATE = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 7200.0)
_CALL = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class Counts:
    """All that a process counts."""

    lateness: Histogram = field(
        default_factory=lambda: Histogram(
            "sendeplan_delivery_lateness_seconds",
            "From the moment a delivery was due to the call that publishes it.",
            ("network",),
            _LATE,
        )
    )
    attempts: Counter = field(
        default_factory=lambda: Counter(
            "sendeplan_attempts", "Attempts at deliveries, by how they ended.", ("network", "outcome")
        )
    )
    calls: Histogram = field(
        default_factory=lambda: Histogram(
            "sendeplan_network_call_seconds",
            "How long calls to networks took, the failed ones too.",
            ("network", "operation"),
            _CALL,
        )
    )
    errors: Counter = field(
        default_factory=lambda: Counter(
            "sendeplan_network_errors",
            "Calls to networks that failed, by kind.",
            ("network", "operation", "kind"),
        )
    )
    looks: Counter = field(
        default_factory=lambda: Counter(
            "sendeplan_reconcile_looks",
            "Looks on a network for an unconfirmed delivery, by what they came to.",
            ("network", "result"),
        )
    )
