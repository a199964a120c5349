"""A restore: the database of a while ago comes back, and the networks keep what they got since.

What people wanted is what they wanted then: the book goes back as well. What nobody could tell from the database of
then (a text that was changed or made since, one that somebody posted by hand) is left out: such a world keeps its
database.
"""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update

from planner.models.base import Base
from planner.services.backup.restoring import set_sequences
from planner.services.publishing.restored import KEPT, after_restore
from tests.simulator.book import Book, PostRow
from tests.simulator.events import Mishap
from tests.simulator.slate import CHANGED, LASTING

if TYPE_CHECKING:
    from tests.simulator.world import World

#: How often a world in which things go wrong has it.
CHANCE = 0.08
#: Minutes: how long after the beginning the backup is made, and how old it is when it comes back.
MADE, AGE = (1.0, 120.0), (0.2, 100.0)
#: While somebody stands still nobody can stop the server: tried again then.
AGAIN = timedelta(minutes=3)
LOOKED_FOR = f"""SELECT 1 FROM delivery WHERE look_at IS NOT NULL
    AND state IN ({", ".join(f"'{state.value}'" for state in KEPT)}) LIMIT 1"""  # noqa: S608 - our own words


@dataclass(slots=True)
class _Backup:
    rows: dict[Table, list[dict[str, Any]]]
    posts: dict[int, PostRow]
    book: Book
    by_hand: frozenset[str]


class Rewind:
    """At most one restore in a world's life. It has dice of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = random.Random(f"{world.seed} restore")
        self._backup: _Backup | None = None
        self._has_happened = False

    def plan(self) -> None:
        """Whether and when, in this world."""
        if self._world.stormy and self._dice.random() < CHANCE:
            at = self._world.begins_at + timedelta(minutes=self._dice.uniform(*MADE))
            self._world.later(at, self._save)
            self._world.later(at + timedelta(minutes=self._dice.uniform(*AGE)), self._come_back)

    def looks(self) -> bool:
        """Whether anything that came back is still looked for."""
        return self._has_happened and bool(self._world.ground.look(LOOKED_FOR))

    def _save(self) -> None:
        world = self._world
        if world.somebody_stands_still:
            world.later(world.clock.now() + AGAIN, self._save)
            return
        with world.ground.database.read() as session:
            tables = [table for table in Base.metadata.sorted_tables if table.name not in _LASTING]
            rows = {t: [dict(row) for row in session.execute(select(t)).mappings()] for t in tables}
        book = world.people.book
        self._backup = _Backup(rows, book.look().posts, deepcopy_of(book), frozenset(world.people.by_hand))
        world.note("a backup is made")

    def _come_back(self) -> None:
        world, backup = self._world, self._backup
        if world.somebody_stands_still:
            world.later(world.clock.now() + AGAIN, self._come_back)
        elif backup is not None and self._is_fair(backup):
            self._restore(backup)

    def _is_fair(self, backup: _Backup) -> bool:
        """Nothing happened since of which the database of then can know nothing."""
        world = self._world
        now, known = world.people.book.look().posts, {post.mark for post in backup.posts.values()}
        changed = any(
            post.words != backup.posts[number].words if number in backup.posts else post.mark in known
            for number, post in now.items()
        )
        return not (changed or world.people.by_hand or world.set_back)

    def _restore(self, backup: _Backup) -> None:
        world, book = self._world, self._world.people.book
        world.note("the database of the backup comes back")
        world.mishaps.count(Mishap.RESTORE)
        self._has_happened = world.renewed = True
        for process in (*world.processes, world.web):
            process.end()
        self._put_back(backup.rows)
        for name in ("wishes", "marks", "holds"):
            setattr(book, name, deepcopy(getattr(backup.book, name)))
        world.people.forget_words()
        before = book.look()
        ground = world.ground
        after_restore(ground.platform(world.clock, ground.database))
        book.write(before, book.look(), world.clock.now())
        for process in (*world.processes, world.web):
            process.revive()
        world.later(world.people.soon(0, 30), self._release)
        for _ in range(self._dice.choice((0, 2, 4))):
            world.later(world.people.soon(1, 150), world.people.decide)

    def _release(self) -> None:
        """As soon as they may, people let everything go on."""
        world = self._world
        paused = sorted(number for kind, number in world.people.book.look().paused if kind == "workspace")
        for number in paused:
            world.people.release("workspace", number)
        if paused:
            world.later(world.clock.now() + AGAIN, self._release)

    def _put_back(self, rows: dict[Table, list[dict[str, Any]]]) -> None:
        ground = self._world.ground
        with ground.database.engine.begin() as connection:
            for table in reversed(list(rows)):
                if table not in CHANGED:
                    connection.execute(delete(table))
            for table, kept in rows.items():
                ordered = sorted(kept, key=lambda row: row.get("id") or 0)
                if table in CHANGED:
                    connection.execute(_of(table), [{f"kept_{name}": row[name] for name in row} for row in ordered])
                elif ordered:
                    connection.execute(insert(table), ordered)
            if not ground.is_sqlite:
                set_sequences(connection)


def deepcopy_of(book: Book) -> Book:
    """What people want, as it stands now."""
    copied = Book(book._ground)
    for name in ("wishes", "marks", "holds"):
        setattr(copied, name, deepcopy(getattr(book, name)))
    return copied


def _of(table: Table) -> Any:
    values = {column.name: bindparam(f"kept_{column.name}", type_=column.type) for column in table.c}
    return update(table).where(table.c.id == bindparam("kept_id")).values(values)


_LASTING = frozenset(cast("Table", model.__table__).name for model in LASTING)
