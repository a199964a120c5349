"""What XING says about its limits: it tells them only by refusing.

403 RATE_LIMIT_EXCEEDED (client libraries) or 429, with ``Retry-After`` where it names a moment. Whether one limit
counts several calls is not documented: each stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from publishers.base import Throttled
from publishers.errors import Answer
from publishers.limits import Calls, LimitReading, Scope, spent
from publishers.xing.errors import judge

_CALLS = (
    ("POST", re.compile(r"/(status_message|share/link)$"), Calls.PUBLISH),
    ("POST", re.compile(r"/v1/activities/[^/]+/comments$"), Calls.PUBLISH),
    ("GET", re.compile(r"/feed$"), Calls.LIST),
    ("GET", re.compile(r"/v1/activities/[^/]+$"), Calls.METRICS),
    ("GET", re.compile(r"/v1/activities/[^/]+/comments$"), Calls.DIALOGUE),
)


def readings(answer: Answer) -> Iterable[LimitReading]:
    """The limit that a refusal names; nothing of a good answer."""
    error = judge(answer)
    calls = next((c for method, path, c in _CALLS if method == answer.method and path.search(answer.path)), None)
    if not isinstance(error, Throttled) or calls is None:
        return ()
    return (spent(Scope.CHANNEL, calls, "throttle", error.retry_after),)
