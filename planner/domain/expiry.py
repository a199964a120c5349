"""When people are told that a channel's access is about to end."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

WEEK, DAY = timedelta(days=7), timedelta(days=1)
#: Access that renews itself is nobody's concern before renewing has failed for so long.
FAILING = timedelta(hours=1)


class Warned(IntEnum):
    """How far the warnings about one end have come."""

    NOT = 0
    A_WEEK_BEFORE = 1
    A_DAY_BEFORE = 2


def renews_itself(now: datetime, *, renews: bool, failing_since: datetime | None, refused: bool) -> bool:
    """Whether the access is renewed without anybody's doing, as far as one can tell. ``refused``: by the network's
    last word it is not."""
    return renews and not refused and (failing_since is None or now - failing_since < FAILING)


def warning_due(expires_at: datetime, now: datetime) -> Warned:
    """Which warning is due about access that ends at ``expires_at`` and does not renew itself."""
    left = expires_at - now
    if left <= DAY:
        return Warned.A_DAY_BEFORE
    return Warned.A_WEEK_BEFORE if left <= WEEK else Warned.NOT
