"""What X says about its limits.

Every answer of an endpoint has ``x-rate-limit-limit``, ``-remaining`` and ``-reset`` (Unix time): its window of 15
minutes for this account (docs.x.com, Rate limits). ``x-user-limit-24hour-*`` and ``x-app-limit-24hour-*`` come besides
where a day is limited too, for the account or for the whole developer app: 10,000 posts a day and app.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from publishers.base import Throttled
from publishers.errors import Answer, retry_after, until_reset
from publishers.limits import Calls, LimitReading, Scope, share_of, spent, whole
from publishers.twitter.errors import judge

_WINDOWS = (
    ("15min", "x-rate-limit", Scope.CHANNEL),
    ("24hour", "x-user-limit-24hour", Scope.CHANNEL),
    ("24hour", "x-app-limit-24hour", Scope.APP),
)
#: Each endpoint has limits of its own; those that publishing does not need are left alone.
_ENDPOINTS = (
    ("POST", re.compile(r"/2/tweets/?$"), Calls.PUBLISH),
    ("GET", re.compile(r"/2/tweets/?$"), Calls.METRICS),
    ("GET", re.compile(r"/2/users/[^/]+/tweets/?$"), Calls.LIST),
    ("GET", re.compile(r"/2/users/[^/]+/mentions/?$"), Calls.DIALOGUE),
)
_UPLOAD = re.compile(r"/2/media/")


def readings(answer: Answer) -> Iterable[LimitReading]:
    """The limits that an answer names, and one without a number where X throttles and names none."""
    upload = _UPLOAD.search(answer.path) is not None
    calls = Calls.PUBLISH if upload else _calls(answer)
    if calls is None:
        return ()
    found = [r for name, prefix, scope in _WINDOWS if (r := _reading(answer, calls, scope, name, prefix)) is not None]
    if upload:  # a post without images needs none of these: only their end concerns it
        found = [LimitReading(r.scope, calls, f"upload-{r.window}", 0, 0.0, r.resets_in) for r in found if r.used_up]
    error = judge(answer)
    if isinstance(error, Throttled) and not any(r.used_up for r in found):
        found.append(spent(Scope.CHANNEL, calls, "throttle", error.retry_after))
    return found


def _reading(answer: Answer, calls: Calls, scope: Scope, name: str, prefix: str) -> LimitReading | None:
    headers = answer.headers
    left = whole(headers.get(f"{prefix}-remaining"))
    if left is None:
        return None
    resets_in = until_reset(headers.get(f"{prefix}-reset"), answer.date)
    if left == 0 and not answer.ok:
        asked = retry_after(headers, answer.date)
        resets_in = resets_in if asked is None else asked
    return LimitReading(scope, calls, name, left, share_of(left, whole(headers.get(f"{prefix}-limit"))), resets_in)


def _calls(answer: Answer) -> Calls | None:
    return next((c for method, path, c in _ENDPOINTS if method == answer.method and path.search(answer.path)), None)
