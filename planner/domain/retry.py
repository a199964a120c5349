"""When something is tried again: after a refusal, and while an unconfirmed delivery is looked for."""

from __future__ import annotations

from datetime import datetime, timedelta

#: How long to wait after the first, second, … refusal that names no time itself.
STEPS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))

MOST_ATTEMPTS = 5
LOOKS = 3

_SHORTEST = timedelta(seconds=1)
_LONGEST = timedelta(days=30)


def next_try(now: datetime, attempts: int, retry_after: float | None = None) -> datetime | None:
    """When the next attempt is due after ``attempts`` of them; None when none is left.

    ``retry_after`` (seconds) is the network's own word and goes before our steps.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + wait(attempts, retry_after)


def wait(times: int, retry_after: float | None = None) -> timedelta:
    """How long to wait after the ``times``-th (from 1) failure in a row."""
    if retry_after is not None:
        seconds = min(max(retry_after, _SHORTEST.total_seconds()), _LONGEST.total_seconds())
        return timedelta(seconds=seconds)
    return STEPS[min(max(times, 1), len(STEPS)) - 1]


def look_times(deadline: datetime, settle: timedelta) -> tuple[datetime, ...]:
    """When an unconfirmed delivery is looked for: evenly over the settle time, from the attempt's hard deadline on.

    Before the deadline the call may still be running, so an absence then proves nothing.
    """
    return tuple(deadline + settle * number / (LOOKS - 1) for number in range(LOOKS))


def next_look(deadline: datetime, settle: timedelta, looks: int, now: datetime) -> datetime:
    """When to look after ``looks`` counted looks, the last of them just now.

    After a late one (the machine was off) the next keeps its distance: looks in a bunch would be no more than one.
    """
    planned = look_times(deadline, settle)[min(looks, LOOKS - 1)]
    return planned if looks == 0 else max(planned, now + settle / (LOOKS - 1))
