"""One operation of the API: declared once, checked, called, answered, and described from the same declaration."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar, get_type_hints

from flask import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from planner.bootstrap import Platform
from planner.domain.roles import Permission
from planner.services.actor import Actor

Handler = TypeVar("Handler", bound=Callable[..., Any])

PREFIX = "/api/v1"
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(slots=True)
class Call:
    """What a handler works with. ``session`` writes for everything but GET, in one transaction with the answer.

    ``prepared`` is what the operation's ``prepare`` gave, which ran before that transaction began.
    """

    platform: Platform
    actor: Actor
    now: datetime
    session: Session
    prepared: Any = None

    @property
    def workspace_id(self) -> int:
        """The workspace of the token."""
        return self.actor.workspace_id


@dataclass(frozen=True, slots=True)
class Operation:
    """A method at a path.

    ``prepare`` is called before the transaction begins (it may ask a network), ``reader`` reads a body that is not
    JSON, ``home`` is the list in which what was created is found.
    """

    method: str
    path: str
    handler: Callable[..., Any]
    tag: str
    permission: Permission
    summary: str
    description: str
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    optional_body: bool = False
    prepare: Callable[..., Any] | None = None
    reader: Callable[[], Any] | None = None
    request_content: Mapping[str, Any] | None = None
    answer_content: Mapping[str, Any] | None = None
    home: str | None = None

    @property
    def name(self) -> str:
        """The operation id."""
        return self.handler.__name__

    @property
    def path_names(self) -> tuple[str, ...]:
        """The parameters in the path, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method in WRITES


@dataclass(slots=True)
class Router:
    """Collects the operations of one area. The types of ``body`` and ``query`` and the answer are read off the
    handler's annotations; the summary and description off its docstring."""

    tag: str
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Reading needs the role reader, unless ``permission`` says otherwise."""
        return self._add("GET", path, options.pop("permission", Permission.READ), **options)

    def post(self, path: str, permission: Permission, **options: Any) -> Callable[[Handler], Handler]:
        """Creating answers 201."""
        return self._add("POST", path, permission, **{"status": 201, **options})

    def put(self, path: str, permission: Permission, **options: Any) -> Callable[[Handler], Handler]:
        """Setting a whole thing."""
        return self._add("PUT", path, permission, **options)

    def patch(self, path: str, permission: Permission, **options: Any) -> Callable[[Handler], Handler]:
        """Changing the fields that are given."""
        return self._add("PATCH", path, permission, **options)

    def delete(self, path: str, permission: Permission, **options: Any) -> Callable[[Handler], Handler]:
        """Taking away answers 204 unless there is something to show."""
        return self._add("DELETE", path, permission, **options)

    def _add(self, method: str, path: str, permission: Permission, **options: Any) -> Callable[[Handler], Handler]:
        def decorate(handler: Handler) -> Handler:
            self.operations.append(_operation(self.tag, method, path, handler, permission, options))
            return handler

        return decorate


def _operation(
    tag: str, method: str, path: str, handler: Callable[..., Any], permission: Permission, options: dict[str, Any]
) -> Operation:
    hints = get_type_hints(handler)
    answer = options.pop("answer", hints.get("return"))
    answer = answer if isinstance(answer, type) and issubclass(answer, BaseModel) else None
    summary, _, description = inspect.cleandoc(options.pop("doc", None) or handler.__doc__ or "").partition("\n")
    status = options.pop("status", 200 if answer or options.get("answer_content") else 204)
    body = options.pop("body", None) or _model(hints.get("body"))
    return Operation(
        method=method,
        path=path,
        handler=handler,
        tag=tag,
        permission=permission,
        summary=summary.rstrip("."),
        description=description.strip(),
        status=status,
        body=body,
        query=_model(hints.get("query")),
        answer=answer,
        **options,
    )


def _model(hint: Any) -> type[BaseModel] | None:
    return hint if isinstance(hint, type) and issubclass(hint, BaseModel) else None


def render(operation: Operation, answer: Any) -> Response:
    """An answer as it goes over the wire."""
    if isinstance(answer, Response):
        return answer
    if answer is None:
        empty = Response(status=HTTPStatus.NO_CONTENT)
        del empty.headers["Content-Type"]
        return empty
    response = Response(answer.model_dump_json(by_alias=True), status=operation.status, content_type="application/json")
    home = operation.home or (operation.path if not operation.path_names else None)
    if operation.status == 201 and home and hasattr(answer, "id"):
        response.headers["Location"] = f"{PREFIX}{home}/{answer.id}"
    return response
