"""What people want, kept beside the planner: which deliveries, with which words, when, and what holds them back."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.simulator.ground import Ground

MARK = re.compile(r"K(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery as it stands. ``step`` 0 is the post itself; what follows it names the post's as ``parent_id``."""

    id: int
    post_id: int
    channel_id: int
    state: str
    publish_at: datetime | None
    error_code: str | None
    remote_id: str | None
    updated_at: datetime | None
    parent_id: int | None = None
    step: int = 0


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as it stands. ``mark`` is what its text is known by, ``words`` its whole text."""

    id: int
    words: str
    cleared: bool
    deleted: bool

    @property
    def mark(self) -> str:
        found = MARK.search(self.words)
        return found[1] if found else "?"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a person's act can change."""

    deliveries: dict[int, Row]
    posts: dict[int, PostRow]
    paused: frozenset[tuple[str, int]]


@dataclass(slots=True)
class Wish:
    """What people want of one delivery: that it goes out (``wanted``), when (each time with since when it holds)."""

    delivery_id: int
    post_id: int
    channel_id: int
    mark: str
    wanted: bool = False
    gone: bool = False
    times: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def time_at(self, moment: datetime) -> datetime | None:
        """When it was to go out, as people had it at a moment."""
        return next((at for since, at in reversed(self.times) if since <= moment), None)


class Book:
    """Written after each act of a person, from what it left in the database: an act that failed changes nothing."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.wishes: dict[int, Wish] = {}
        self.marks: dict[int, str] = {}
        #: The texts that people wanted out, by post.
        self.cleared: dict[int, set[str]] = defaultdict(set)
        #: When something held: from (None: open end) to.
        self.holds: dict[tuple[str, int], list[tuple[datetime, datetime | None]]] = defaultdict(list)

    def look(self) -> Snapshot:
        """How everything stands."""
        deliveries = {
            row[0]: Row(row[0], row[1], row[2], row[3], moment(row[4]), row[5], row[6], moment(row[7]), *row[8:])
            for row in self._ground.look(
                "SELECT id, post_id, channel_id, state, publish_at, error_code, remote_id, updated_at,"
                " parent_id, step FROM delivery ORDER BY id"
            )
        }
        posts = {
            row[0]: PostRow(row[0], row[1], not row[2] or row[3] is not None, row[4] is not None)
            for row in self._ground.look(
                "SELECT id, text, needs_approval, approved_at, deleted_at FROM post ORDER BY id"
            )
        }
        paused = {
            (row[0], row[1])
            for row in self._ground.look(
                "SELECT 'workspace', id FROM workspace WHERE paused_at IS NOT NULL"
                " UNION ALL SELECT 'campaign', id FROM campaign WHERE paused_at IS NOT NULL"
                " UNION ALL SELECT 'channel', id FROM channel WHERE paused_at IS NOT NULL"
            )
        }
        return Snapshot(deliveries, posts, frozenset(paused))

    def write(self, before: Snapshot, after: Snapshot, now: datetime) -> None:
        """What one act of a person changed."""
        for delivery_id, row in after.deliveries.items():
            old = before.deliveries.get(delivery_id)
            if row.step:
                continue  # nobody plans what follows a post by itself
            if old is None or (old.state, old.publish_at) != (row.state, row.publish_at):
                self._wish(row, after.posts[row.post_id].mark, now)
        for delivery_id in before.deliveries.keys() - after.deliveries.keys():
            if delivery_id in self.wishes:
                self.wishes[delivery_id].gone = True
        for post_id, post in after.posts.items():
            self.marks[post_id] = post.mark
            if post.cleared:
                self.cleared[post_id].add(post.words)
        holds_before = before.paused | {("post", p.id) for p in before.posts.values() if not p.cleared}
        holds_after = after.paused | {("post", p.id) for p in after.posts.values() if not p.cleared}
        for hold in holds_after - holds_before:
            self.holds[hold].append((now, None))
        for hold in holds_before - holds_after:
            since, _ = self.holds[hold].pop() if self.holds[hold] else (now, None)
            self.holds[hold].append((since, now))

    def held_at(self, hold: tuple[str, int], at: datetime) -> bool:
        """Whether something held at a moment, not counting the very moments of its beginning and end."""
        return any(since < at and (until is None or at < until) for since, until in self.holds.get(hold, ()))

    def _wish(self, row: Row, mark: str, now: datetime) -> None:
        wish = self.wishes.setdefault(row.id, Wish(row.id, row.post_id, row.channel_id, mark))
        wish.wanted = row.state not in ("draft", "cancelled")
        wish.times.append((now, row.publish_at))


def moment(value: Any) -> datetime | None:
    """A moment as the driver gives it."""
    if value is None:
        return None
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def read_json(value: Any) -> Any:
    """JSON as the driver gives it."""
    return json.loads(value) if isinstance(value, str) else value
