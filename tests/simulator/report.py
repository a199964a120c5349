"""What many schedules add up to, in words and numbers."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.events import Deed, Group, Incidents
from tests.simulator.verdict import Verdict

#: Where up to this share of the requests fail, at most so many deliveries may be asked about without need.
USUAL, MOST_ASKED = 0.1, 0.02


@dataclass(slots=True)
class Report:
    """The sum of many verdicts."""

    schedules: int = 0
    deliveries: int = 0
    sent: int = 0
    steps: int = 0
    usual: int = 0
    asked_usual: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    asked_rightly: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    incidents: Incidents = field(default_factory=Counter)
    deeds: Counter[Deed] = field(default_factory=Counter)
    databases: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    red: list[Verdict] = field(default_factory=list)
    digests: dict[int, str] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        count = verdict.states.total()
        self.schedules += 1
        self.deliveries += count
        self.sent += verdict.sent
        self.steps += verdict.steps
        if 0 < verdict.share <= USUAL:
            self.usual += count
            self.asked_usual += len(verdict.asked)
        self.asked.update(verdict.asked)
        self.asked_rightly.update(verdict.asked_rightly)
        self.states.update(verdict.states)
        self.incidents.update(verdict.incidents)
        self.deeds.update(verdict.deeds)
        self.databases[verdict.database] += 1
        for name in ("doubled", "lost", "stuck", "broken", "surprises"):
            self.wrong[name] += len(getattr(verdict, name))
        self.digests[verdict.seed] = verdict.digest
        if verdict.is_red:
            self.red.append(verdict)

    @property
    def asked_share(self) -> float:
        """Of the deliveries in worlds with the usual faults, how many a person was asked about without need."""
        return self.asked_usual / self.usual if self.usual else 0.0

    @property
    def digest(self) -> str:
        """The same for the same seeds, in whatever order they were played."""
        lines = "\n".join(f"{seed} {digest}" for seed, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()[:16]

    @property
    def asks_little(self) -> bool:
        return self.asked_share <= MOST_ASKED

    def lines(self) -> list[str]:
        """For a person to read."""
        asked = f"{self.asked_usual} of {self.usual} ({self.asked_share:.2%})"
        wrong = ", ".join(f"{self.wrong[name]} {name}" for name in ("doubled", "lost", "stuck", "broken", "surprises"))
        return [
            f"{self.schedules} schedules ({_said(self.databases)}), {self.deliveries} deliveries.",
            f"{self.sent} posts live, and {self.steps} things that follow them.",
            f"{wrong}.",
            f"Asked without need where at most {USUAL:.0%} fail: {asked}.",
            f"Asked without need in all: {_said(self.asked) or 'none'}.",
            f"Asked because access really ended: {_said(self.asked_rightly) or 'none'}.",
            f"In the end: {_said(self.states)}.",
            f"People: {_said(self.deeds)}.",
            *self._incidents_by_group(),
            f"Digest of all histories: {self.digest}.",
        ]

    def _incidents_by_group(self) -> list[str]:
        if not self.incidents:
            return ["Incidents: none."]
        groups: dict[Group, Counter[str]] = {group: Counter() for group in Group}
        for (group, what), count in self.incidents.items():
            groups[group][what] = count
        listed = (f"    {group} ({counts.total()}): {_said(counts)}." for group, counts in groups.items() if counts)
        return [f"Incidents: {self.incidents.total()}.", *listed]


def _said(counts: Counter[Any]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())
