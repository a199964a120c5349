"""Signs of life and figures for whoever watches from outside. No sign-in, and nothing secret in any answer."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from planner.services.watching import Access, Watch, access
from planner.web.context import platform
from planner.web.extensions import limiter

blueprint = Blueprint("health", __name__)
limiter.exempt(blueprint)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """An answer is true for a moment."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """Alive: this process answers. Asks nothing of anyone, so that a lost database restarts no server."""
    return {"status": "ok"}, 200


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Ready to serve, or 503 with the code of what is wrong."""
    found = _watch().ready()
    return jsonify(found.as_json()), 503 if found.reason else 200


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """The figures for Prometheus, for a program on this machine or with the token."""
    allowed = access(platform().settings, request.remote_addr, request.headers)
    if allowed is Access.GRANTED:
        body, kind = _watch().figures()
        return Response(body, content_type=kind)
    answer = Response("For a program on this machine, or with the token.\n", allowed.value, mimetype="text/plain")
    if allowed is Access.TOKEN_WANTED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _watch() -> Watch:
    kept = current_app.extensions.setdefault("sendeplan_watch", Watch(platform()))
    return cast(Watch, kept)
