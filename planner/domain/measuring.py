"""When the figures of a published delivery are asked for: young posts often, old ones rarely."""

from __future__ import annotations

from datetime import datetime, timedelta

#: Up to this age, a pull this often. Most of what a post will ever get comes in its first two days.
SCHEDULE: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=2), timedelta(minutes=15)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=90), timedelta(days=7)),
    (timedelta(days=365), timedelta(days=30)),
)
#: Where each reading is paid for: rarely, at the ages that people ask about.
THRIFTY: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=2), timedelta(hours=2)),
    (timedelta(days=1), timedelta(hours=22)),
    (timedelta(days=7), timedelta(days=3)),
    (timedelta(days=30), timedelta(days=10)),
    (timedelta(days=365), timedelta(days=90)),
)


def first_due(published_at: datetime) -> datetime:
    """When the figures of a delivery just published are asked for first."""
    return published_at + SCHEDULE[0][1]


def next_due(published_at: datetime, now: datetime, *, paid: bool = False) -> datetime | None:
    """When they are asked for after a pull at ``now``. None: never again, the post is older than the schedule.

    ``paid``: the network asks money for reading.
    """
    age = now - published_at
    return next((now + interval for limit, interval in (THRIFTY if paid else SCHEDULE) if age < limit), None)
