"""The OpenAPI 3.1 document, made from the operations and their models: what it says is what is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from planner import __version__
from planner.domain.roles import Permission, Role, allows
from planner.web.api.idempotency import HEADER
from planner.web.api.operations import PREFIX, Operation
from planner.web.api.problems import MEDIA_TYPE
from planner.web.api.shapes.common import ID_PATTERN, Problem

DESCRIPTION = """\
Plan posts, publish them exactly once on every channel, and read what came of them.

Send `Authorization: Bearer TOKEN`; a token is made by `sendeplan token create`. Ids are strings, times are RFC 3339
in UTC, lists come in pages (`items`, `next`; pass `next` as `cursor`). Errors are RFC 9457 problem documents with a
list of fields. A POST with an `Idempotency-Key` has its effect once, however often it is sent within a day.
"""

Key = tuple[type[BaseModel], JsonSchemaMode]
Refs = Mapping[Any, dict[str, Any]]


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole document."""
    known = list(operations)
    refs, definitions = models_json_schema(sorted(_models(known), key=str), ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for operation in known:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sendeplan", "version": __version__, "description": DESCRIPTION},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(o.tag for o in known)],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models(operations: Iterable[Operation]) -> set[Key]:
    found: set[Key] = {(Problem, "serialization")}
    for operation in operations:
        if operation.answer is not None:
            found.add((operation.answer, "serialization"))
        for model in (operation.body, operation.query):
            if model is not None:
                found.add((model, "validation"))
    return found


def _operation(operation: Operation, refs: Refs) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": f"{operation.description}\n\nNeeds the role {_role(operation.permission)}.".strip(),
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_headers(operation)],
        "responses": _responses(operation, refs),
    }
    content = _body(operation, refs)
    if content is not None:
        described["requestBody"] = {"required": not operation.optional_body, "content": content}
    return described


def _role(permission: Permission) -> str:
    return next(role.value for role in Role if allows(role, permission))


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(name)} for name in operation.path_names
    ]


def _path_schema(name: str) -> dict[str, Any]:
    return {"type": "string", "pattern": ID_PATTERN} if name.endswith("_id") else {"type": "string"}


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema()
    definitions = schema.get("$defs", {})
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": value.pop("description", ""),
            "schema": _without_null(_inlined(value, definitions)),
        }
        for name, value in schema["properties"].items()
    ]


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        return {k: _inlined(v, definitions) for k, v in schema.items() if k != "title"}
    return [_inlined(s, definitions) for s in schema] if isinstance(schema, list) else schema


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter cannot be null: it is there or not."""
    kinds = [s for s in schema.pop("anyOf", []) if s != {"type": "null"}]
    if schema.get("default", ...) is None:
        schema.pop("default")
    if len(kinds) == 1:
        schema.update(kinds[0])
    elif kinds:
        schema["anyOf"] = kinds
    return schema


def _headers(operation: Operation) -> list[dict[str, Any]]:
    if operation.method != "POST":
        return []
    schema = {"type": "string", "pattern": "^[!-~]{1,200}$"}
    said = "The same request with the same key has its effect once."
    return [{"name": HEADER, "in": "header", "required": False, "description": said, "schema": schema}]


def _body(operation: Operation, refs: Refs) -> dict[str, Any] | None:
    if operation.request_content is not None:
        return dict(operation.request_content)
    if operation.body is None:
        return None
    return {"application/json": {"schema": refs[operation.body, "validation"]}}


def _responses(operation: Operation, refs: Refs) -> dict[str, Any]:
    responses: dict[str, Any] = {str(operation.status): _success(operation, refs)}
    problem = {MEDIA_TYPE: {"schema": refs[Problem, "serialization"]}}
    for status in _failures(operation):
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": problem}
    return responses


def _success(operation: Operation, refs: Refs) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.answer_content is not None:
        success["content"] = dict(operation.answer_content)
    elif operation.answer is not None:
        success["content"] = {"application/json": {"schema": refs[operation.answer, "serialization"]}}
    return success


def _failures(operation: Operation) -> list[int]:
    takes_body = operation.body is not None or operation.reader is not None
    cases = {
        400: takes_body,
        401: True,
        403: operation.permission is not Permission.READ,
        404: bool(operation.path_names),
        409: operation.writes,
        413: takes_body,
        415: takes_body,
        422: True,
        500: True,
    }
    return [status for status, applies in cases.items() if applies]
