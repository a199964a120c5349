"""What LinkedIn says about its limits (learn.microsoft.com, API rate limiting).

It tells them only by refusing: 429, for each member or for the whole application, resource by resource and per day.
One of the application is named ``APPLICATION DAY``, one of the member ``MEMBER DAY`` or ``APPLICATION_AND_MEMBER DAY``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from publishers.base import Throttled
from publishers.errors import Answer
from publishers.limits import Calls, LimitReading, Scope, spent
from publishers.linkedin.errors import judge

_OF_THE_APP = re.compile(r"\bAPPLICATION\b(?!_AND)")
_RESOURCES = (
    ("POST", re.compile(r"/rest/posts$"), Calls.PUBLISH),
    ("GET", re.compile(r"/rest/posts$"), Calls.LIST),
    ("GET", re.compile(r"/rest/(organizationalEntityShareStatistics|memberCreatorPostAnalytics)$"), Calls.METRICS),
    ("POST", re.compile(r"/rest/(images|videos|documents)$"), Calls.PUBLISH),
    ("POST", re.compile(r"/rest/socialActions/[^/]+/comments$"), Calls.PUBLISH),
    ("GET", re.compile(r"/rest/socialActions/[^/]+/comments$"), Calls.DIALOGUE),
)


def readings(answer: Answer) -> Iterable[LimitReading]:
    """The limit that a refusal names; nothing of a good answer."""
    error = judge(answer)
    calls = _calls(answer)
    if not isinstance(error, Throttled) or calls is None:
        return ()
    scope = Scope.APP if _OF_THE_APP.search(error.network_message) else Scope.CHANNEL
    return (spent(scope, calls, "day" if error.retry_after is not None else "throttle", error.retry_after),)


def _calls(answer: Answer) -> Calls | None:
    return next((c for method, path, c in _RESOURCES if method == answer.method and path.search(answer.path)), None)
