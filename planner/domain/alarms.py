"""What the machine raises an alert for."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class AlertKind(StrEnum):
    """``sending`` and ``unknown``: deliveries that stand there for too long; ``answer_sending`` and ``answer_unknown``:
    the same of answers to comments. ``overdue``: deliveries that are due and that nobody takes, although a scheduler
    gives signs. ``clock``: no scheduler gives a sign. ``version``: a network soon no longer serves the version of its
    API that is asked for, or does not any more."""

    SENDING = "sending"
    UNKNOWN = "unknown"
    ANSWER_SENDING = "answer_sending"
    ANSWER_UNKNOWN = "answer_unknown"
    OVERDUE = "overdue"
    CLOCK = "clock"
    VERSION = "version"


@dataclass(slots=True)
class Waits:
    """Since when this process has seen things wait, look after look.

    When something came to wait is written nowhere: a post that was due long ago may go since a moment, because a pause
    has ended. So it counts from the first look that saw it, and anew where a look did not.
    """

    _since: Mapping[Hashable, datetime] = field(default_factory=dict, init=False)
    _looked_at: datetime | None = field(default=None, init=False)

    def look(self, waiting: Collection[Hashable], now: datetime, lapse: timedelta) -> Mapping[Hashable, datetime]:
        """Note what waits at this look; returns since when each has been seen to.

        After more than ``lapse`` without a look (the machine slept) nobody knows what was meanwhile: all begin anew.
        """
        watched = self._looked_at is not None and now - self._looked_at <= lapse
        before = self._since if watched else {}
        self._since = {one: before.get(one, now) for one in waiting}
        self._looked_at = now
        return self._since
