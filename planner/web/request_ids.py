"""A number for each request: in every line of the log that it causes, and in its answer, so that what a person reports
can be found."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, request

from planner import logs

HEADER = "X-Request-ID"
#: What a web server in front may have given; anything else would let a caller write into our logs.
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def init_app(app: Flask) -> None:
    """Name each request before anything else happens in it."""
    app.before_request(begin)
    app.after_request(tell)
    app.teardown_request(end)


def begin() -> None:
    """Take the number that came with the request, or make one."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if _SANE.fullmatch(given) else secrets.token_hex(8)
    logs.request_is_over()  # what a former request of this thread may have left
    logs.about_request(request=g.request_id)


def tell(response: Response) -> Response:
    """Put it into the answer."""
    response.headers[HEADER] = g.request_id
    return response


def end(_error: BaseException | None) -> None:
    """Let go of it with the thread."""
    logs.request_is_over()
