"""What must have happened by the end of many schedules: a fault that is not drawn any more proves nothing.

The names come from the enumerations and menus themselves. What a menu must offer comes from the sandbox's own list of
faults, so that one taken out of a menu is missed as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from planner.services.publishing.send import Step
from publishers.sandbox.faults import KINDS
from tests.simulator.events import Deed, Group, Incident, Mishap, Stillness, fault_name
from tests.simulator.line import Point
from tests.simulator.report import Report
from tests.simulator.weather import GROUPS, MENUS, READ

#: Where nothing of the kind can befall a process: what is read before a lock is followed by the statement that takes
#: it; and one that stood still before a commit would hold a lock for which all others, in its own thread, wait.
NEVER = {
    Group.DIED: {Point.LOCK},
    Group.STOOD_STILL: {Point.COMMIT},
    Group.LOST: {Point.STEP, Point.CLOCK, Point.LOCK},
}
#: Faults that no menu has: access ends for real here, twins are refused by the networks themselves; and answers that
#: come slowly, files that are processed, X's spending cap and versions that have ended are left to the adapters' tests.
NOT_FROM_A_MENU = frozenset({
    "expired_token", "missing_permission", "account_gone", "duplicate",
    "drip", "processing_failed", "processing_slow", "usage_capped", "version_retired",
})  # fmt: skip
#: Only what is sent is listed late, or refused for good.
OF_POSTS = frozenset({"listing_lag", "rejected", "payment_required"})
#: What a network may have carried out or not when it answers like that.
EITHER_WAY = ("timeout", "reset", "error", "html")


def missing(report: Report) -> list[str]:
    """What never happened, in words."""
    incidents = [f"{group}: {what}" for group, what in sorted(promised_incidents() - set(report.incidents))]
    return incidents + [f"people: {deed}" for deed in Deed if not report.deeds[deed]]


def promised_incidents() -> set[Incident]:
    """All that befalls processes, requests and the world."""
    wanted: set[Incident] = {(group, place) for group in NEVER for place in _places(group)}
    wanted |= {(Group.MISHAP, mishap) for mishap in Mishap} | {(Group.STILL_FOR, length) for length in Stillness}
    wanted |= {(Group.REQUEST, operation) for operation in MENUS}
    for operation, group in GROUPS.items():
        wanted |= {(group, fault_name(group, kind, options)) for _, kind, options in MENUS.get(operation, READ)}
    for group, names in _faults().items():
        wanted |= {(group, name) for name in names}
    return wanted


def _places(group: Group) -> set[str]:
    """Every point, and instead of a step's the steps by name."""
    points: set[str] = {point.value for point in set(Point) - NEVER[group] - {Point.STEP}}
    return points if Point.STEP in NEVER[group] else points | {step.value for step in Step}


def _faults() -> dict[Group, set[str]]:
    """What the menus must offer at least."""
    plain = KINDS - NOT_FROM_A_MENU
    either = [(kind, {"accepted": accepted}) for kind, accepted in product(EITHER_WAY, (True, False))]
    late = [(kind, {"accepted": True, how: 1.0}) for kind, how in product(("timeout", "error"), ("delay", "lag"))]
    wait = [("throttled", {how: 1.0}) for how in ("retry_after", "reset_in")]
    return {
        Group.SENDING: set(plain - set(EITHER_WAY)) | _named(Group.SENDING, *either, *late, *wait),
        Group.READING: set(plain - OF_POSTS) | _named(Group.READING, wait[0]),
        Group.RENEWING: _named(
            Group.RENEWING, ("timeout", {"accepted": False}), ("error", {"accepted": False}), wait[0]
        ),
    }


def _named(group: Group, *faults: tuple[str, Mapping[str, Any]]) -> set[str]:
    return {fault_name(group, kind, options) for kind, options in faults}
