"""What audiences, campaigns, goals, categories, formats and topics have in common: kept, changed, listed by id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Base
from planner.services import events
from planner.services.actor import Actor
from planner.services.errors import NotFound, Problems

Row = TypeVar("Row", bound=Base)
Given = TypeVar("Given")

#: Looks a given content over, knowing the workspace and the row that it is for (None: a new one).
Check = Callable[[Session, int, Any, Any, Problems], None]


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """A part of a list. ``next`` continues it, None at its end."""

    items: list[Row]
    next: str | None


class Collection(Generic[Row, Given]):
    """One kind of entry of the plan. ``given`` classes have the names of the row's columns."""

    def __init__(self, model: type[Row], subject: str, given: type[Given], check: Check) -> None:
        self.model: Any = model
        self.subject = subject
        self.given = given
        self._check = check

    def get(self, session: Session, workspace_id: int, entry_id: int) -> Row:
        """One entry. Raises NotFound."""
        query = select(self.model).where(self.model.id == entry_id, self.model.workspace_id == workspace_id)
        found: Row | None = session.scalar(query)
        if found is None:
            raise NotFound("not_found")
        return found

    def all_of(self, session: Session, workspace_id: int) -> list[Row]:
        """All entries, oldest first."""
        query = select(self.model).where(self.model.workspace_id == workspace_id).order_by(self.model.id)
        return list(session.scalars(query))

    def page(
        self, session: Session, workspace_id: int, *wanted: Any, after: str | None = None, size: int = 50
    ) -> Listed[Row]:
        """A page of entries, oldest first. ``wanted`` are conditions on the row; ``after`` is a former ``next``."""
        query = select(self.model).where(self.model.workspace_id == workspace_id, *wanted)
        if after:
            query = query.where(self.model.id > int(after))
        found: list[Any] = list(session.scalars(query.order_by(self.model.id).limit(size + 1)))
        shown = found[:size]
        return Listed(shown, str(shown[-1].id) if len(found) > size else None)

    def given_of(self, row: Row) -> Given:
        """What would have to be given to make this entry as it is."""
        names = self.given.__dataclass_fields__  # type: ignore[attr-defined]
        return self.given(**{name: getattr(row, name) for name in names})

    def create(self, session: Session, actor: Actor, given: Given, *, now: datetime) -> Row:
        """Add an entry. Raises Forbidden, and Invalid with every problem found."""
        actor.require(Permission.EDIT)
        self._refuse(session, actor, None, given)
        row: Row = self.model(workspace_id=actor.workspace_id, **self._values(given), **self.stamps(None, now))
        session.add(row)
        session.flush()
        events.record(session, actor, now, self.subject, row.id, "created")  # type: ignore[attr-defined]
        return row

    def edit(self, session: Session, actor: Actor, entry_id: int, given: Given, *, now: datetime) -> Row:
        """Replace an entry's content. Raises NotFound, Forbidden, Invalid."""
        actor.require(Permission.EDIT)
        row = self.get(session, actor.workspace_id, entry_id)
        self._refuse(session, actor, row, given)
        for name, value in (self._values(given) | self.stamps(row, now)).items():
            setattr(row, name, value)
        session.flush()
        events.record(session, actor, now, self.subject, entry_id, "edited")
        return row

    def delete(self, session: Session, actor: Actor, entry_id: int, *, now: datetime) -> None:
        """Take an entry away; what referred to it stays without it. Raises NotFound, Forbidden."""
        actor.require(Permission.EDIT)
        row = self.get(session, actor.workspace_id, entry_id)
        session.delete(row)
        session.flush()
        events.record(session, actor, now, self.subject, entry_id, "deleted", name=label(row))

    def stamps(self, row: Row | None, now: datetime) -> dict[str, Any]:  # noqa: ARG002 - for kinds that have some
        """Columns that no person fills in."""
        return {}

    def _refuse(self, session: Session, actor: Actor, row: Row | None, given: Given) -> None:
        problems = Problems()
        self._check(session, actor.workspace_id, row, given, problems)
        problems.raise_any()

    def _values(self, given: Given) -> dict[str, Any]:
        names = self.given.__dataclass_fields__  # type: ignore[attr-defined]
        values = {name: getattr(given, name) for name in names}
        return {name: list(v) if isinstance(v, tuple) else _tidy(v) for name, v in values.items()}


def label(row: Any) -> str:
    """What an entry is called."""
    return str(row.title if hasattr(row, "title") else row.name)


def check_name(
    session: Session, model: Any, workspace_id: int, row: Any, name: str, problems: Problems, *, limit: int = 200
) -> None:
    """A name that is there, fits, and is nobody else's."""
    if check_title(name, problems, limit=limit):
        query = select(model.id).where(
            model.workspace_id == workspace_id, func.lower(model.name) == func.lower(name.strip())
        )
        taken = session.scalars(query).all()
        if any(row is None or other != row.id for other in taken):
            problems.add("name", "name_taken", name=name.strip())


def check_title(title: str, problems: Problems, *, field: str = "name", limit: int = 200) -> bool:
    """Whether a title is there and fits."""
    if not title.strip():
        problems.add(field, "name_missing")
    elif len(title.strip()) > limit:
        problems.add(field, "too_long", limit=limit)
    else:
        return True
    return False


def check_text(text: str, problems: Problems, field: str, limit: int = 10_000) -> None:
    """A text that fits."""
    if len(text) > limit:
        problems.add(field, "too_long", limit=limit)


def check_known(
    session: Session, model: Any, workspace_id: int, wanted: int | None, problems: Problems, field: str
) -> None:
    """A reference that leads somewhere within the workspace."""
    if wanted is None:
        return
    query = select(model.id).where(model.id == wanted, model.workspace_id == workspace_id)
    if session.scalar(query) is None:
        problems.add(field, field + "_unknown", id=wanted)


def _tidy(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
