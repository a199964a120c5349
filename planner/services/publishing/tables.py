"""The tables as SQL sees them. The hot path writes rows, not objects, by statements that are built once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Row, Table
from sqlalchemy.orm import Session

from planner.models import Attempt, Channel, Delivery, Event, Post, Workspace

ATTEMPT = cast("Table", Attempt.__table__)
CHANNEL = cast("Table", Channel.__table__)
DELIVERY = cast("Table", Delivery.__table__)
EVENT = cast("Table", Event.__table__)
POST = cast("Table", Post.__table__)
WORKSPACE = cast("Table", Workspace.__table__)

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


def run(session: Session, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
    """Run a statement on the session's own connection, in its transaction, past the bookkeeping for objects.

    What the session still holds back is not written first: flush where that matters.
    """
    return cast("CursorResult[Any]", session.connection().execute(statement, parameters))


def changed(session: Session, statement: Executable, parameters: Parameters = None) -> int:
    """Run a write and count the rows it changed."""
    return run(session, statement, parameters).rowcount


def added(session: Session, statement: Executable, parameters: Parameters = None) -> int:
    """Run an insert of one row and give its id."""
    key = run(session, statement, parameters).inserted_primary_key
    return int(key[0]) if key else 0


def row(session: Session, statement: Executable, parameters: Parameters = None) -> Row[Any] | None:
    """Run a query that finds one row or none."""
    return run(session, statement, parameters).one_or_none()
