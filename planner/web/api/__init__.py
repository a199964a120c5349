"""The REST API, version 1: bearer tokens, JSON, problem documents."""

from __future__ import annotations

import json
from functools import cache

from flask import Blueprint, Response
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from planner.services.errors import ServiceError
from planner.web.api import problems
from planner.web.api.dispatch import view
from planner.web.api.document import document
from planner.web.api.operations import PREFIX, Operation
from planner.web.api.routes import (
    channels,
    deliveries,
    dialogue,
    live,
    plan,
    posts,
    rehearsed,
    success,
    times,
    webhooks,
    workspace,
)
from planner.web.extensions import csrf, limiter

OPERATIONS: tuple[Operation, ...] = tuple(
    operation
    for area in (channels, posts, rehearsed, deliveries, live, plan, success, workspace, dialogue, times, webhooks)
    for operation in area.router.operations
)

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
# A token in a header is nothing that a foreign page can make a browser send.
csrf.exempt(blueprint)
limiter.exempt(blueprint)
blueprint.before_request(problems.choose_language)
blueprint.register_error_handler(ServiceError, problems.service_error)
blueprint.register_error_handler(HTTPException, problems.http_error)
blueprint.register_error_handler(IntegrityError, problems.integrity_error)

for _operation in OPERATIONS:
    blueprint.add_url_rule(
        _operation.path.replace("{", "<").replace("}", ">"),
        endpoint=_operation.name,
        view_func=view(_operation),
        methods=[_operation.method],
    )


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of all this; it needs no token."""
    return Response(_description(), content_type="application/json")


@cache
def _description() -> bytes:
    """Made at the first question: most installations are never asked."""
    return json.dumps(document(OPERATIONS)).encode()


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """What the API says belongs to one caller, in one language."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.add("Vary", "Accept-Language")
    return response
