"""Wiping a database between two worlds: one script, sent whole, that leaves everything as it was found.

Numbers begin anew as well. What is hashed or sorted by its id would otherwise tell one world from the next.
"""

from __future__ import annotations

import sqlite3
from typing import Any, cast

from sqlalchemy import Table

from planner.models import Campaign, Channel, Media, Member, Slot, User, Workspace
from planner.models.base import Base

#: Changed by a world, and put back after it.
CHANGED = tuple(cast("Table", model.__table__) for model in (Workspace, Channel, Campaign))
#: The same, but a world also makes rows of its own here and takes those away that it finds.
REPLACED = cast("Table", Slot.__table__)
#: Changed by none. Whatever lies in another table is a world's own, and goes with it.
LASTING = (User, Member, Media)


class Slate:
    """``line`` is a connection of the driver's own that commits by itself; what it finds now is what is kept."""

    def __init__(self, line: Any) -> None:
        self._line = line
        self._is_sqlite = isinstance(line, sqlite3.Connection)
        for table in (*CHANGED, REPLACED):
            line.execute(f"CREATE TEMPORARY TABLE {_kept(table)} AS SELECT * FROM {table.name}")  # noqa: S608
        stays = {model.__tablename__ for model in LASTING} | {table.name for table in (*CHANGED, REPLACED)}
        gone = [table for table in reversed(Base.metadata.sorted_tables) if table.name not in stays]
        wanted = [f"DELETE FROM {table.name}" for table in gone]  # noqa: S608
        wanted += [*map(_put_back, CHANGED), *_replaced(REPLACED)]
        if not self._is_sqlite:
            wanted += [_counted_anew(table.name) for table in (*gone, REPLACED) if "id" in table.c]
        self._script = ";\n".join(wanted)

    def wipe(self) -> None:
        """Everything as it was found, in one transaction."""
        if self._is_sqlite:
            self._line.executescript(f"BEGIN IMMEDIATE;\n{self._script};\nCOMMIT")
        else:
            self._line.execute(self._script)


def _put_back(table: Table) -> str:
    name, kept = table.name, _kept(table)
    values = ", ".join(f"{column.name} = {kept}.{column.name}" for column in table.c if column.name != "id")
    return f"UPDATE {name} SET {values} FROM {kept} WHERE {kept}.id = {name}.id"  # noqa: S608


def _replaced(table: Table) -> tuple[str, str]:
    name, kept = table.name, _kept(table)
    changed = f"SELECT * FROM {name} EXCEPT SELECT * FROM {kept}"  # noqa: S608
    return (
        f"DELETE FROM {name} WHERE id IN (SELECT id FROM ({changed}) AS changed)",  # noqa: S608
        f"INSERT INTO {name} SELECT * FROM {kept} WHERE id NOT IN (SELECT id FROM {name}) ORDER BY id",  # noqa: S608
    )


def _counted_anew(name: str) -> str:
    """PostgreSQL's sequences go on where they were, whatever was deleted."""
    last = f"(SELECT max(id) FROM {name})"  # noqa: S608
    return f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), coalesce({last}, 1), {last} IS NOT NULL)"


def _kept(table: Table) -> str:
    return f"kept_{table.name}"
