"""What the machine raises an alert for."""

from __future__ import annotations

from enum import StrEnum


class AlertKind(StrEnum):
    """``sending`` and ``unknown``: deliveries that stand there for too long. ``clock``: no scheduler gives a sign.
    ``version``: a network soon no longer serves the version of its API that is asked for."""

    SENDING = "sending"
    UNKNOWN = "unknown"
    CLOCK = "clock"
    VERSION = "version"
