"""From a request to an operation and back: who, what, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args, get_origin

from flask import Response, request
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError

from planner.services.actor import Actor
from planner.services.errors import NotFound
from planner.web.api import idempotency, problems, tokens
from planner.web.api.operations import Call, Operation, render
from planner.web.api.problems import Malformed, WrongType
from planner.web.api.shapes.common import read_id
from planner.web.context import now, platform

MAX_JSON_BYTES = 2_000_000


def view(operation: Operation) -> Callable[..., Response]:
    """The Flask view of an operation."""

    def answer(**path: str) -> Response:
        actor = tokens.authenticate()
        actor.require(operation.permission)
        arguments: dict[str, Any] = {name: _path_value(name, value) for name, value in path.items()}
        try:
            content = _read(operation, arguments)
        except ValidationError as error:
            return problems.validation_error(error)
        wanted = idempotency.keyed(actor.token_id, content)
        if operation.writes:
            return _write(operation, actor, arguments, wanted)
        with platform().database.read() as session:
            return render(operation, operation.handler(Call(platform(), actor, now(), session), **arguments))

    answer.__name__ = operation.name
    return answer


def _write(operation: Operation, actor: Actor, arguments: dict[str, Any], wanted: idempotency.Keyed | None) -> Response:
    prepared = operation.prepare(platform(), actor, **arguments) if operation.prepare else None
    try:
        response = _in_one_transaction(operation, actor, arguments, wanted, prepared)
    except IntegrityError:
        if wanted is None:
            raise
        # The same key at the same moment: the other one is done now, and its answer is kept.
        response = _in_one_transaction(operation, actor, arguments, wanted, prepared)
    platform().wake()
    return response


def _in_one_transaction(
    operation: Operation,
    actor: Actor,
    arguments: dict[str, Any],
    wanted: idempotency.Keyed | None,
    prepared: Any,
) -> Response:
    with platform().database.write() as session:
        call = Call(platform(), actor, now(), session, prepared)
        if wanted is not None and (kept := idempotency.begin(session, wanted, call.now)) is not None:
            return kept
        response = render(operation, operation.handler(call, **arguments))
        if wanted is not None:
            idempotency.finish(session, wanted, response)
        return response


def _read(operation: Operation, arguments: dict[str, Any]) -> bytes:
    """Put query and body among the arguments; returns what names the request's content."""
    if operation.query is not None:
        arguments["query"] = operation.query.model_validate(_query_values(operation.query), strict=False)
    elif request.args:
        _NoQuery.model_validate(request.args.to_dict())
    if operation.reader is not None:
        arguments["body"] = operation.reader()
        return bytes(arguments["body"])
    if operation.body is None:
        return b""
    data = _json_bytes(optional=operation.optional_body)
    arguments["body"] = operation.body.model_validate_json(data or b"{}")
    return data


class _NoQuery(BaseModel, extra="forbid"):
    """For addresses that take no query parameters."""


def _json_bytes(*, optional: bool) -> bytes:
    request.max_content_length = MAX_JSON_BYTES
    data = request.get_data()
    if not data and optional:
        return b""
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise WrongType("json_wanted")
    if not data:
        raise Malformed("body_missing")
    _refuse_unreadable(data)
    return data


def _refuse_unreadable(data: bytes) -> None:
    """What is no JSON at all is told apart here; values are checked by the models.

    The models' own parser also takes ``NaN``, which JSON does not have.
    """
    try:
        json.loads(data, parse_constant=_no_constant, parse_int=_short, parse_float=_short)
    except (ValueError, RecursionError):
        raise Malformed("json_invalid") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _short(digits: str) -> int:
    return len(digits)  # the value does not matter here, and a number of a million digits is slow to read


def _query_values(model: type[BaseModel]) -> dict[str, Any]:
    """All values of a parameter that is a list, else the only one; twice is an error of its own."""
    lists = {f.alias or name for name, f in model.model_fields.items() if _is_list(f.annotation)}
    values: dict[str, Any] = {}
    for name in request.args:
        found = request.args.getlist(name)
        values[name] = found if name in lists or len(found) > 1 else found[0]
    return values


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(_is_list(a) for a in get_args(annotation))


def _path_value(name: str, value: str) -> int | str:
    if not name.endswith("_id"):
        return value
    try:
        return read_id(value)
    except ValueError:
        raise NotFound("not_found") from None
