"""Answers to our own JavaScript: JSON, and what was refused as problem+json (RFC 9457)."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from planner.services.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError
from planner.web import errors
from planner.web.messages import explain

STATUS: dict[type[ServiceError], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422}


def wants_json() -> bool:
    """Whether the page's JavaScript asks, and not a person's browser by itself."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def problem(error: ServiceError) -> Response:
    """What a service refused: ``detail`` is a sentence for the person, ``errors`` names the fields."""
    fields = [{"field": e.field, "code": e.code, "message": explain(e)} for e in getattr(error, "errors", [])]
    detail = fields[0]["message"] if len(fields) == 1 else explain(error)
    return _problem(STATUS.get(type(error), 400), error.code, detail, fields)


def attach(blueprint: Blueprint) -> None:
    """Let a blueprint's errors answer in JSON where JSON was asked for, and as pages everywhere else."""
    blueprint.register_error_handler(ServiceError, _service_error)
    blueprint.register_error_handler(HTTPException, _http_error)


def _service_error(error: ServiceError) -> ResponseReturnValue:
    return problem(error) if wants_json() else errors.service_error(error)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if not wants_json() or (error.code or 500) < 400:
        return errors.http_error(error)
    return _problem(error.code or 500, error.name, _http_sentence(error), [])


def _http_sentence(error: HTTPException) -> str:
    if isinstance(error, CSRFError):
        return _("This page is too old to be sent. Reload it and try again; what you typed is kept.")
    if error.code == 413:
        return _("The file is too large.")
    if error.code == 404:
        return _("There is no such entry in this workspace.")
    return _("That did not work. Reload the page and try again.")


def _problem(status: int, code: str, detail: str, fields: list[dict[str, str]]) -> Response:
    body = {"type": "about:blank", "title": code, "status": status, "detail": detail, "errors": fields}
    return Response(json.dumps(body), status, content_type="application/problem+json")
