"""Errors as pages that say what happened and what to do; never a traceback."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from planner.database import is_away
from planner.services.errors import Conflict, Forbidden, NotFound, ServiceError
from planner.web import layout
from planner.web.api import problems
from planner.web.messages import explain

PAGES = (400, 403, 404, 409, 413, 429, 500, 503)


def init_app(app: Flask) -> None:
    """Put the handlers on the application."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(ServiceError, service_error)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """A page for an HTTP error; unknown ones get the nearest page."""
    if problems.concerns(request.path):
        return problems.http_error(error)
    code = error.code or 500
    if 300 <= code < 400:
        return error
    original = error.original_exception if isinstance(error, InternalServerError) else None
    if is_away(original):
        code = 503
    page = "csrf" if isinstance(error, CSRFError) else str(code if code in PAGES else 500 if code > 499 else 400)
    if code >= 500:
        layout.expect_nothing()
    return render_template(f"errors/{page}.html", error=error, original=original, path=request.path), code


def service_error(error: ServiceError) -> ResponseReturnValue:
    """A page for what a service refused and the screen did not handle itself."""
    status = {NotFound: 404, Forbidden: 403, Conflict: 409}.get(type(error), 400)
    page = str(status) if status in PAGES else "400"
    return render_template(f"errors/{page}.html", error=error, message=explain(error), path=request.path), status
