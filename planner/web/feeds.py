"""The calendar feed. Its address holds a token, so only one that can do nothing but read is taken."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from planner.domain.roles import Role
from planner.services import feed
from planner.services.errors import Forbidden, ServiceError
from planner.web.api import problems, tokens
from planner.web.context import now, platform

blueprint = Blueprint("feeds", __name__)
blueprint.before_request(problems.choose_language)
blueprint.register_error_handler(ServiceError, problems.service_error)


@blueprint.get("/calendar.ics")
def calendar() -> ResponseReturnValue:
    """What lies ahead and went out, for a calendar program. What is published by hand rings ``alarm`` minutes before
    its time."""
    actor = tokens.actor_of(request.args.get("token", ""))
    if actor.role is not Role.READER:
        raise Forbidden("token_not_read_only")
    address = platform().settings.public_url or request.host_url
    given = request.args.get("alarm", "")
    alarm = min(int(given), 1440) if given.isdecimal() and len(given) < 9 else 0
    with platform().database.read() as session:
        body = feed.feed(session, actor.workspace_id, now=now(), address=address, alarm=alarm)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
