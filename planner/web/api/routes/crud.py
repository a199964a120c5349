"""The five operations that every kind of plan entry has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from planner.domain.roles import Permission
from planner.services.plan import Collection
from planner.web.api.operations import Call, Router
from planner.web.api.shapes.common import Page, PageQuery, given


@dataclass(frozen=True, slots=True)
class Kind:
    """``one`` and ``many`` name it in paths and sentences; ``show`` makes the shape of a row."""

    one: str
    many: str
    collection: Collection[Any, Any]
    create: type[BaseModel]
    patch: type[BaseModel]
    shape: type[BaseModel]
    show: Callable[[Any], Any]
    #: The API's name of a field to the attribute's, where they differ.
    names: dict[str, str]


def add(router: Router, kind: Kind) -> None:
    """Put list, create, get, change and delete on the router."""
    _list(router, kind)
    _create(router, kind)
    _get(router, kind)
    _change(router, kind)
    _delete(router, kind)


def attributes(kind_names: dict[str, str], body: BaseModel) -> dict[str, Any]:
    """What a request named, under the attributes' names."""
    named = {kind_names.get(name, name): value for name, value in given(body).items()}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in named.items()}


def page_of(kind: Kind, listed: Any) -> Any:
    """A page of shapes."""
    return Page[kind.shape](items=[kind.show(row) for row in listed.items], next=listed.next)  # type: ignore[name-defined]


def _list(router: Router, kind: Kind) -> None:
    def handler(call: Call, query: PageQuery) -> Any:
        listed = kind.collection.page(call.session, call.workspace_id, after=query.cursor, size=query.limit)
        return page_of(kind, listed)

    handler.__name__ = f"list_{kind.many}"
    router.get(f"/{kind.many}", answer=Page[kind.shape], doc=f"All {kind.many}, oldest first.")(handler)  # type: ignore[name-defined]


def _create(router: Router, kind: Kind) -> None:
    def handler(call: Call, body: BaseModel) -> Any:
        entry = kind.collection.create(
            call.session, call.actor, kind.collection.given(**attributes(kind.names, body)), now=call.now
        )
        return kind.show(entry)

    handler.__name__ = f"create_{kind.one}"
    router.post(f"/{kind.many}", Permission.EDIT, body=kind.create, answer=kind.shape, doc=f"Add to the {kind.many}.")(
        handler
    )


def _get(router: Router, kind: Kind) -> None:
    def handler(call: Call, **path: int) -> Any:
        return kind.show(kind.collection.get(call.session, call.workspace_id, path[f"{kind.one}_id"]))

    handler.__name__ = f"get_{kind.one}"
    router.get(f"/{kind.many}/{{{kind.one}_id}}", answer=kind.shape, doc=f"One of the {kind.many}.")(handler)


def _change(router: Router, kind: Kind) -> None:
    def handler(call: Call, body: BaseModel, **path: int) -> Any:
        key = path[f"{kind.one}_id"]
        before = kind.collection.given_of(kind.collection.get(call.session, call.workspace_id, key))
        changed = replace(before, **attributes(kind.names, body))
        return kind.show(kind.collection.edit(call.session, call.actor, key, changed, now=call.now))

    handler.__name__ = f"change_{kind.one}"
    router.patch(
        f"/{kind.many}/{{{kind.one}_id}}",
        Permission.EDIT,
        body=kind.patch,
        answer=kind.shape,
        doc=f"Change one of the {kind.many}. What is not named stays.",
    )(handler)


def _delete(router: Router, kind: Kind) -> None:
    def handler(call: Call, **path: int) -> None:
        kind.collection.delete(call.session, call.actor, path[f"{kind.one}_id"], now=call.now)

    handler.__name__ = f"delete_{kind.one}"
    router.delete(
        f"/{kind.many}/{{{kind.one}_id}}",
        Permission.EDIT,
        doc=f"Take one of the {kind.many} away. What referred to it stays without it.",
    )(handler)
