"""What a network says about its limits, and reading it out of headers that may hold anything.

An adapter tells what it read with every answer, a good one as well as a refusal, so that whoever uses it can stop
before a limit instead of after it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

LONGEST_WAIT = 86_400.0
"""Seconds; what a network asks beyond a day is taken as a day, so that a broken header cannot park a post for ever."""


class Scope(StrEnum):
    """Whose limit it is: one account's, or that of the developer's app, which all its accounts share."""

    CHANNEL = "channel"
    APP = "app"


class Calls(StrEnum):
    """Which calls a limit counts: those that publish (uploads too), those that list posts, those that ask for figures,
    those that read what others say, or all of them together."""

    PUBLISH = "publish"
    LIST = "list"
    METRICS = "metrics"
    DIALOGUE = "dialogue"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LimitReading:
    """One limit as the network told it with one answer.

    ``window`` tells a network's limits apart (``15min``, ``24hour``). ``left`` is the number of calls that may still be
    made, where the network counts calls; ``share`` is the part of the limit that is left, from 0.0 to 1.0; None where
    the network does not tell. ``resets_in`` is in seconds from the answer on, by the network's own clock: when it
    starts anew or, where it is used up, when calls may go on.
    """

    scope: Scope
    calls: Calls
    window: str
    left: int | None = None
    share: float | None = None
    resets_in: float | None = None

    @property
    def key(self) -> tuple[Scope, Calls, str]:
        """What a later reading of the same limit has in common with this one."""
        return self.scope, self.calls, self.window

    @property
    def used_up(self) -> bool:
        """Whether the next call would be refused."""
        return self.left == 0 or (self.share is not None and self.share <= 0)


def spent(scope: Scope, calls: Calls, window: str, resets_in: float | None) -> LimitReading:
    """A limit of which nothing is left."""
    return LimitReading(scope, calls, window, 0, 0.0, resets_in)


def whole(value: str | None) -> int | None:
    """A header's whole number from 0 on; None for anything else."""
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,12}", value.strip()) else None


def share_of(left: int | None, limit: int | None) -> float | None:
    """The part that is left; None where either is not known or makes no sense."""
    if left is None or not limit:
        return None
    return min(left / limit, 1.0)


def bounded(seconds: float) -> float:
    """A wait that can be kept: at least a second, at most a day."""
    return min(max(seconds, 1.0), LONGEST_WAIT)


def json_object(value: str | None) -> Mapping[str, Any]:
    """A header that holds a JSON object; empty for anything else."""
    try:
        found = json.loads(value or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def share_left(usage: Any, *names: str) -> float | None:
    """What the largest of several percentages of use leaves; None where there is none."""
    used = [percent for name in names if (percent := _percent(usage, name)) is not None]
    return max(0.0, 1 - max(used) / 100) if used else None


def until_midnight(now: datetime) -> float:
    """Seconds until the day ends (UTC)."""
    return bounded(86_400.0 - (now.hour * 3600 + now.minute * 60 + now.second))


def _percent(usage: Any, name: str) -> float | None:
    found = usage.get(name) if isinstance(usage, dict) else None
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found) or found < 0:
        return None
    return float(found)
