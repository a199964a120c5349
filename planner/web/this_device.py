"""Which of a person's devices this browser is, in a cookie of its own: it outlives the session, so that a subscription
which the browser has renewed meanwhile takes the former one's place as soon as its person is back."""

from __future__ import annotations

import re

from flask import Response, request
from flask_login import current_user

from planner.web import context

COOKIE = "device"
#: Browsers keep none for longer.
KEPT_SECONDS = 400 * 24 * 3600
_VALUE = re.compile(r"(\d{1,18})\.([0-9a-f]{64})")


def digest() -> str | None:
    """The digest of the address at which this browser was told to show the signed-in person's notices. None: it was
    not told to, or by another person, or nobody is signed in."""
    found = _VALUE.fullmatch(request.cookies.get(COOKIE, ""))
    if found is None or not current_user.is_authenticated:
        return None
    return found[2] if int(found[1]) == context.user().id else None


def remember(response: Response, digest: str) -> None:
    """This browser shows the signed-in person's notices from now on."""
    response.set_cookie(
        COOKIE,
        f"{context.user().id}.{digest}",
        max_age=KEPT_SECONDS,
        httponly=True,
        secure=context.platform().settings.secure_cookies,
        samesite="Lax",
    )


def forget(response: Response) -> None:
    """It shows them no more."""
    response.delete_cookie(COOKIE)
