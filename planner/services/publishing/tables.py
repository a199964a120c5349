"""The tables as SQL sees them: the hot path writes rows, not objects."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Table
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from planner.models import Attempt, Channel, Delivery

DELIVERY = cast("Table", Delivery.__table__)
ATTEMPT = cast("Table", Attempt.__table__)
CHANNEL = cast("Table", Channel.__table__)


def changed(session: Session, statement: UpdateBase) -> int:
    """Run a write and count the rows it changed."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def added(session: Session, statement: UpdateBase) -> int:
    """Run an insert of one row and give its id."""
    key = cast("CursorResult[Any]", session.execute(statement)).inserted_primary_key
    return int(key[0]) if key else 0
