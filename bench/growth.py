"""What the clock's tick costs with few and with a million stored posts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from bench.filling import fill
from bench.instance import Instance, instance
from planner.services.publishing import missed
from planner.services.publishing.claim import claim
from planner.services.publishing.reconcile import reconcile
from planner.services.publishing.recover import recover
from planner.services.publishing.upcoming import upcoming
from tests.support.databases import own_postgres_server

FEW, MANY = 1_000, 1_000_000
REPEATS = 201


def growth() -> dict[str, dict[str, float]]:
    """For each kind of database, median milliseconds of one look and one tick at 1,000 and at 1,000,000 stored posts,
    measured in turns."""
    with own_postgres_server() as server:
        few, many = ({"SENDEPLAN_DATABASE_URL": server.database()} for _ in range(2))
        return {"sqlite": _growth({}, {}), "postgresql": _growth(few, many)}


def _growth(few: dict[str, str], many: dict[str, str]) -> dict[str, float]:
    with instance(None, **few) as small, instance(None, **many) as large:
        for made, total in ((small, FEW), (large, MANY)):
            fill(made, total, following=True)
        result: dict[str, float] = {}
        for name, work in (("look", _look), ("tick", _tick)):
            little, much = _medians(work, small, large)
            result |= {f"{name}_few_ms": little, f"{name}_many_ms": much, f"{name}_ratio": much / little}
        return result


def _medians(work: Callable[[Instance], None], *instances: Instance) -> list[float]:
    times: list[list[float]] = [[] for _ in instances]
    for _ in range(REPEATS):
        for made, taken in zip(instances, times, strict=True):
            began = time.perf_counter()
            work(made)
            taken.append(time.perf_counter() - began)
    return [statistics.median(taken) * 1000 for taken in times]


def _look(made: Instance) -> None:
    """What the dispatcher does at each wake-up: when is what due, what can be claimed, what is to be looked for."""
    assert upcoming(made.platform).due is not None
    assert not claim(made.platform, "bench", 16).claimed
    assert not reconcile(made.platform)


def _tick(made: Instance) -> None:
    """The safety net."""
    recover(made.platform)
    missed.sweep(made.platform)
