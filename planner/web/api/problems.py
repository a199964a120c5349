"""Errors as RFC 9457 problem details, each with a list of fields (empty where none is to blame)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Response, g
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException, InternalServerError

from planner.database import is_away
from planner.services.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, ServiceError
from planner.web.api.tokens import Unauthorized
from planner.web.extensions import preferred_language
from planner.web.messages import explain, sentence

MEDIA_TYPE = "application/problem+json"
#: When to ask again while the database is away, in seconds.
AWAY_SECONDS = "10"
STATUS: dict[type[ServiceError], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Unauthorized: 401}


class Malformed(ServiceError):
    """The request cannot be read at all (400)."""


class WrongType(ServiceError):
    """The body is of a kind that this address does not take (415)."""


STATUS |= {Malformed: 400, WrongType: 415}


def choose_language() -> None:
    """English unless the caller prefers German; for everything this request says."""
    g.language = preferred_language("en")


def concerns(path: str) -> bool:
    """Whether what is asked for lies within the API, also where nothing is at the address."""
    return path.startswith("/api/")


def service_error(error: ServiceError) -> Response:
    """What a service refused."""
    status = STATUS.get(type(error), 400)
    fields = error.errors if isinstance(error, Invalid) else []
    response = problem(status, error.code, explain(error), [_field(f) for f in fields])
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Sendeplan"'
    return response


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What Flask and Werkzeug refused: unknown address, wrong method, too large, our own failure."""
    choose_language()
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, InternalServerError) and is_away(error.original_exception):
        status = 503
    code = {404: "address_unknown", 405: "method_unknown", 413: "body_too_large", 503: "database_away"}.get(status)
    code = code or ("internal_error" if status >= 500 else "bad_request")
    response = problem(status, code, sentence(code))
    if status == 503:
        response.headers["Retry-After"] = AWAY_SECONDS
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def integrity_error(_error: IntegrityError) -> Response:
    """Two requests wanted the same name or number at the same moment, and the other was faster."""
    return problem(409, "changed_meanwhile", sentence("changed_meanwhile"))


def validation_error(error: ValidationError, *, inside: str = "") -> Response:
    """Values that the models do not take, each at its field."""
    found = [_from_pydantic(e, inside) for e in error.errors(include_url=False, include_context=True)]
    if any(f["code"] == "json_invalid" for f in found):
        return problem(400, "json_invalid", sentence("json_invalid"))
    return problem(422, "invalid", sentence("invalid"), found)


def problem(status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> Response:
    """A problem document. Where only one field is to blame, its sentence is the whole story."""
    if errors and len(errors) == 1:
        detail = errors[0]["message"]
    body = {
        "type": f"urn:sendeplan:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
    }
    return Response(json.dumps(body), status=status, content_type=MEDIA_TYPE)


def field_errors(errors: list[FieldError]) -> list[dict[str, Any]]:
    """Field errors (or warnings) as the API writes them."""
    return [_field(e) for e in errors]


def _field(error: FieldError) -> dict[str, Any]:
    return {"field": error.field, "code": error.code, "message": explain(error)}


def _from_pydantic(error: Any, inside: str) -> dict[str, Any]:
    parts = [str(part) for part in error["loc"] if part != "[key]"]
    field = ".".join([inside, *parts] if inside else parts) or "body"
    params = {k: v for k, v in error.get("ctx", {}).items() if isinstance(v, str | int)}
    known = _code(error["type"], str(error.get("ctx", {}).get("field_type", "")))
    return {"field": _printable(field), "code": known, "message": sentence(known, params or None)}


def _code(kind: str, of: str) -> str:
    if kind in ("too_long", "too_short"):
        return f"list_{kind}" if of in ("List", "Dictionary") else f"string_{kind}"
    return kind if kind in _SAME else _ALIKE.get(kind, "value_invalid")


#: Codes of the validation that have a sentence of their own.
_SAME = frozenset(
    {
        "json_invalid", "missing", "extra_forbidden", "string_type", "string_too_long", "string_too_short", "int_type",
        "bool_type", "list_type", "dict_type", "greater_than_equal", "less_than_equal",
        "moment_invalid", "moment_or_day_invalid", "date_invalid", "clock_invalid", "id_invalid", "number_invalid",
        "characters_forbidden", "choice_invalid", "cursor_invalid",
    }
)  # fmt: skip
_ALIKE = {
    "model_type": "dict_type",
    "model_attributes_type": "dict_type",
    "mapping_type": "dict_type",
    "tuple_type": "list_type",
    "string_pattern_mismatch": "id_invalid",  # the keys of variants are the only pattern that we leave to the models
    "string_unicode": "characters_forbidden",
    "enum": "choice_invalid",
    "literal_error": "choice_invalid",
    "int_parsing": "int_type",
    "int_from_float": "int_type",
    "int_parsing_size": "int_type",
    "bool_parsing": "bool_type",
}


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:200]
