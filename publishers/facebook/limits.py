"""What Graph says about its limits (Graph API, Rate limits).

``X-App-Usage`` gives what the developer app has used, ``X-Page-Usage`` and ``X-Business-Use-Case-Usage`` what this
Page has, as percentages of the calls (``call_count``) and of the time (``total_cputime``, ``total_time``) of a rolling
hour or day; ``estimated_time_to_regain_access`` says for how many minutes calls are refused. Reads and
posts count alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from publishers.base import Throttled
from publishers.errors import Answer
from publishers.facebook.errors import business_usage, judge, minutes_to_wait
from publishers.limits import Calls, LimitReading, Scope, bounded, json_object, share_left, spent

_COUNTED = ("call_count", "total_cputime", "total_time")
_ALMOST_NOTHING = 0.01
#: The codes that throttle the whole app; the others (17, 32, 613, 80001) throttle an account or a Page.
_OF_THE_APP = frozenset(("4", "341"))


def readings(answer: Answer) -> Iterable[LimitReading]:
    """The shares that an answer names; where Graph throttles, of whom by the code of the error."""
    headers = answer.headers
    found = [
        _reading(Scope.APP, "app", json_object(headers.get("X-App-Usage"))),
        _reading(Scope.CHANNEL, "page", json_object(headers.get("X-Page-Usage"))),
        *(_reading(Scope.CHANNEL, "business", entry) for entry in business_usage(answer)),
    ]
    known = {reading.key: reading for reading in found if reading is not None}
    error = judge(answer)
    if isinstance(error, Throttled):
        scope = Scope.APP if error.code.partition("/")[0] in _OF_THE_APP else Scope.CHANNEL
        refused = spent(scope, Calls.ALL, "app" if scope is Scope.APP else "business", error.retry_after)
        known[refused.key] = refused
    return known.values()


def _reading(scope: Scope, window: str, usage: Any) -> LimitReading | None:
    minutes, share = minutes_to_wait(usage), share_left(usage, *_COUNTED)
    if minutes:
        return spent(scope, Calls.ALL, window, bounded(60.0 * minutes))
    if share is None:
        return None
    # Which of the limits applies depends on the kind of token, and a call that succeeds at 100 % is common: a
    # percentage alone ends nothing, a refusal or its minutes do.
    return LimitReading(scope, Calls.ALL, window, None, max(share, _ALMOST_NOTHING))
