"""How the people of the two companies act: through the real services, and what came of it goes into the book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.posts import Content, When
from tests.simulator.book import Book, Row, Snapshot
from tests.simulator.events import Deed
from tests.simulator.ground import Home
from tests.simulator.trail import Trail, traces

if TYPE_CHECKING:
    from tests.simulator.world import World

Act = Callable[[Session], Any]


class Office:
    """Each act is a transaction of its own, in the web's process."""

    def __init__(self, world: World) -> None:
        self.world, self.dice, self.ground = world, world.dice, world.ground
        self.book = Book(world.ground)
        #: The channels that are used at all.
        self.channels: list[int] = []
        #: Posts that people made by hand at a network.
        self.by_hand: set[str] = set()
        self.reconnected = False
        #: What they did, where nothing refused it.
        self.deeds: Counter[Deed] = Counter()
        #: How many posts have words of their own, and from which on those words may be used again.
        self._marks, self._oldest = 0, 1
        self.folder = world.ground.settings.media_folder

    def forget_words(self) -> None:
        """What was written before a restore is not used again: the database need not know that it went out."""
        self._oldest = self._marks + 1

    def act(self, deed: Deed, home: Home, work: Act, detail: str = "") -> Any:
        """One act of a person; what came of it is written into the book, whatever the page said."""
        web, result, what = self.world.web, None, f"{deed}{detail}"
        self.world.note(f"{home.admin.label} of {'BK'[home is self.ground.homes[1]]}: {what}")

        def write() -> None:
            nonlocal result
            with web.platform.database.write() as session:
                result = work(session)
            self.deeds[deed] += 1

        before = self.book.look()
        try:
            web.do(what, lambda: self._refusable(write))
        finally:
            after = self.book.look()
            self.book.write(before, after, self.world.clock.now())
            self._say_changes(before, after)
        if web.dead:
            web.revive()
        return result

    def _refusable(self, write: Callable[[], None]) -> None:
        try:
            write()
        except (Conflict, Invalid, NotFound, Forbidden) as refusal:
            self.world.note(f"  refused: {refusal!r}"[:300])

    def _say_changes(self, before: Snapshot, after: Snapshot) -> None:
        for delivery_id, row in sorted(after.deliveries.items()):
            old = before.deliveries.get(delivery_id)
            if old is None or (old.state, old.publish_at) != (row.state, row.publish_at):
                at = f"{row.publish_at:%m-%d %H:%M:%S}" if row.publish_at else "no time"
                where = self.ground.networks[row.channel_id]
                name, mark = self.world.named(delivery_id), after.posts[row.post_id].mark
                self.world.note(f"  {name} (K{mark} on {where}): {row.state}, {at}")

    def count_plan(self, post_id: int | None, content: Content, when: When) -> None:
        """When a post is to go out, and whether anything follows it."""
        if post_id is None:
            return
        timed = Deed.PLANS_AT_A_TIME if when.at else Deed.PLANS_NOTHING
        self.deeds[Deed.PLANS_INTO_QUEUE if when.queue else timed] += 1
        if content.thread and content.first_comment:
            self.deeds[Deed.LETS_FOLLOW] += 1

    def soon(self, earliest: float, latest: float) -> datetime:
        return self.world.clock.now() + timedelta(minutes=self.dice.uniform(earliest, latest))

    # --- looking -------------------------------------------------------------------------------------------

    def copies(self, mark: str, channel_id: int) -> list[dict[str, Any]]:
        """What the public sees of a post on a channel, but for what was made by hand."""
        network, account = self.ground.networks[channel_id], self.ground.accounts[channel_id]
        return [
            copy
            for copy in self.ground.sandbox.posts(network, account)
            if not copy["deleted"] and copy["id"] not in self.by_hand and copy["text"].startswith(f"K{mark}.")
        ]

    def trail(self, root_id: int, rows: Iterable[Row]) -> Trail:
        """What follows a post on a channel."""
        known = {row.id: row for row in rows}
        root = known[root_id]
        network, account = self.ground.networks[root.channel_id], self.ground.accounts[root.channel_id]
        steps = [row for row in known.values() if row.parent_id == root_id]
        return Trail(root, network, steps, traces(self.ground, network, account))

    def rows(self) -> list[Row]:
        rows = self.book.look().deliveries
        return [rows[number] for number in sorted(rows)]

    def twins(self, row: Row, rows: list[Row]) -> list[Row]:
        """The others with the same words for the same account."""
        mark, places = self.book.marks[row.post_id], self.ground.siblings(row.channel_id)
        known = self.book.marks
        return [
            r for r in rows if r.id != row.id and not r.step and r.channel_id in places and known.get(r.post_id) == mark
        ]

    def has_twins(self, row: Row) -> bool:
        return bool(self.twins(row, self.rows()))

    def any_of(self, states: tuple[str, ...]) -> Row | None:
        able = [row for row in self.rows() if row.state in states]
        return self.dice.choice(able) if able else None

    def now(self) -> datetime:
        return self.world.web.platform.clock.now()

    def home_of(self, channel_id: int) -> Home:
        return next(home for home in self.ground.homes if channel_id in home.channel_ids)

    def home_of_post(self, post_id: int) -> Home | None:
        found = self.ground.look(f"SELECT workspace_id FROM post WHERE id = {int(post_id)}")  # noqa: S608 - a number
        return next((home for home in self.ground.homes if found and home.workspace_id == found[0][0]), None)
