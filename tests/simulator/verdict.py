"""What became of everything: counted at the networks and in the database, held against what people wanted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from planner.services.doubt import DOUBT
from tests.simulator.book import Row, Wish, moment, read_json
from tests.simulator.events import Deed, Incidents
from tests.simulator.people import MOVING
from tests.simulator.trail import Trail, doubled, traces, words
from tests.simulator.world import World

#: Told to a person, with a reason.
TOLD = {"missed": "delivery_missed", "failed": "delivery_failed", "needs_person": "delivery_needs_person"}
LIMIT = timedelta(seconds=7200)
#: What may be asked where the access really ended.
RIGHTLY = {"reconnect", "cannot_list"}
#: A recheck happens in the transaction that begins the call; the clock may tick on within it.
TICK = timedelta(seconds=1)


@dataclass(slots=True)
class Verdict:
    """One schedule's outcome. Each of the first five is a list of sentences, empty where all is well."""

    seed: int
    database: str
    share: float
    digest: str
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    #: Sent though held back, too early, too late, in words nobody approved; or shown as something that it is not.
    broken: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    #: Reasons for which a person was asked, of deliveries that could have gone on by themselves.
    asked: list[str] = field(default_factory=list)
    #: The same where the account's owner had really ended the access, or its tokens were lost on the way.
    asked_rightly: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    incidents: Incidents = field(default_factory=Counter)
    deeds: Counter[Deed] = field(default_factory=Counter)
    #: Posts that the public sees, and what follows them.
    sent: int = 0
    steps: int = 0

    @property
    def is_red(self) -> bool:
        return bool(self.doubled or self.lost or self.stuck or self.broken or self.surprises)

    @property
    def problems(self) -> list[str]:
        """Everything that is wrong, in sentences."""
        names = ("doubled", "lost", "stuck", "broken", "surprises")
        return [f"{name}: {sentence}" for name in names for sentence in getattr(self, name)]


def judge(world: World) -> Verdict:
    """Look at the networks' recorder and at the database, and count."""
    return _Judge(world).judge()


class _Judge:
    def __init__(self, world: World) -> None:
        self.world, self.ground, self.people, self.book = world, world.ground, world.people, world.people.book
        kind = "sqlite" if world.ground.is_sqlite else "postgresql"
        self.verdict = Verdict(world.seed, kind, world.share, "")
        self.rows = {row.id: row for row in self.people.book.look().deliveries.values()}
        self.copies: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for channel_id in {self._place(number) for number in self.ground.networks}:
            for mark in set(self.book.marks.values()):
                self.copies[mark, channel_id] = self.people.copies(mark, channel_id)

    def judge(self) -> Verdict:
        self._count_copies()
        for delivery_id, wish in sorted(self.book.wishes.items()):
            row = self.rows.get(delivery_id)
            if row is None:
                self._judge_gone(wish)
            else:
                self._judge_state(wish, row)
        self._judge_what_follows()
        self._judge_attempts()
        self._count_questions()
        verdict, world = self.verdict, self.world
        verdict.surprises += world.surprises
        verdict.states = Counter(row.state for row in self.rows.values())
        verdict.incidents = world.counts + world.weather.counts
        verdict.deeds = self.people.deeds
        for delivery_id, row in sorted(self.rows.items()):
            world.note(f"in the end {world.named(delivery_id)}: {row.state} {row.error_code or ''}")
        verdict.digest = world.digest
        return verdict

    def _place(self, channel_id: int) -> int:
        """Where it stands in public: channels of one account show the same."""
        return self.ground.siblings(channel_id)[0]

    # --- twice ---------------------------------------------------------------------------------------------

    def _count_copies(self) -> None:
        wishes = Counter((w.mark, self._place(w.channel_id), w.post_id) for w in self.book.wishes.values())
        posts = Counter((mark, channel_id) for mark, channel_id, _ in wishes)
        for (mark, channel_id), copies in sorted(self.copies.items()):
            self.verdict.sent += len(copies)
            if len(copies) > posts[mark, channel_id]:
                network = self.ground.networks[channel_id]
                moments = ", ".join(copy["created_at"] for copy in copies)
                self.verdict.doubled.append(f"K{mark} is {len(copies)} times on {network}: {moments}")

    # --- lost ----------------------------------------------------------------------------------------------

    def _judge_gone(self, wish: Wish) -> None:
        name = self.world.named(wish.delivery_id)
        if not wish.gone:
            self.verdict.lost.append(f"{name} is not there any more, and nobody took it away")

    def _judge_state(self, wish: Wish, row: Row) -> None:
        name, live = f"{self.world.named(row.id)} (K{wish.mark})", self._is_live(wish, row)
        if row.state not in ("draft", "cancelled"):
            self._judge_standing(name, row, live=live)
        elif wish.wanted:
            self.verdict.lost.append(f"{name} is {row.state}, and nobody wanted that")
        elif live:
            self.verdict.broken.append(f"{name} is {row.state} and live")

    def _judge_standing(self, name: str, row: Row, *, live: bool) -> None:
        if row.state in MOVING:
            self.verdict.stuck.append(f"{name} is {row.state} and stays so")
        elif row.state == "published":
            if not live:
                self.verdict.lost.append(f"{name} says published and is not live")
            if row.remote_id in self.people.by_hand and not self.world.jumped:
                self.verdict.broken.append(f"{name} took a post of before for its own")
        elif row.state in TOLD:
            if not self._was_told(row):
                self.verdict.lost.append(f"{name} is {row.state}, and nobody was told")
            if live and not (row.state == "needs_person" and row.error_code != "reconnect"):
                self.verdict.broken.append(f"{name} says {row.state} ({row.error_code}) and is live")

    def _judge_what_follows(self) -> None:
        following = {post_id for (post_id,) in self.ground.look("SELECT id FROM post WHERE first_comment <> ''")}
        for root in [row for _, row in sorted(self.rows.items()) if row.post_id in following and not row.step]:
            trail = self.people.trail(root.id, self.rows.values())
            if forgotten := trail.forgotten():
                self.verdict.lost.append(f"after {self.world.named(root.id)} {forgotten}")
            for row in trail.steps:
                self._judge_step(trail, row)
        for channel_id, network in sorted(self.ground.networks.items()) if following else ():
            self.verdict.doubled += doubled(traces(self.ground, network, self.ground.accounts[channel_id]))

    def _judge_step(self, trail: Trail, row: Row) -> None:
        mark = self.book.marks[row.post_id]
        name = f"{self.world.named(row.id)} (T{mark}-{row.step})"
        live = trail.is_live(row, words(mark, row.step))
        self.verdict.steps += live
        if row.state != "cancelled":
            self._judge_standing(name, row, live=live)
        elif live:
            self.verdict.broken.append(f"{name} is cancelled and live")
        if misplaced := trail.misplaced(row):
            self.verdict.broken.append(f"{name} {misplaced}")

    def _is_live(self, wish: Wish, row: Row) -> bool:
        """Whether a copy is there that no other delivery has."""
        place = self._place(row.channel_id)
        copies = {copy["id"] for copy in self.copies.get((wish.mark, place), [])}
        if row.remote_id is not None:
            return row.remote_id in copies | self.people.by_hand
        others = {r.remote_id for r in self.rows.values() if r.id != row.id and self._place(r.channel_id) == place}
        twins = sum(
            w.mark == wish.mark and self._place(w.channel_id) == place and self._has_one_nameless(w, row)
            for w in self.book.wishes.values()
            if w.delivery_id != row.id
        )
        return len(copies - others) > twins

    def _has_one_nameless(self, wish: Wish, beside: Row) -> bool:
        """Whether one of the copies is another delivery's, though not by its number: a person said so, or is asked; but
        what they said of the one ``beside`` it counts before a question."""
        row = self.rows.get(wish.delivery_id)
        if row is None or row.remote_id is not None:
            return False
        asked = row.state == "needs_person" and row.error_code in DOUBT and beside.state != "published"
        return row.state == "published" or asked

    def _was_told(self, row: Row) -> bool:
        notices = self.ground.look("SELECT kind, subject, subject_id, data FROM notice")
        return row.error_code is not None and any(
            kind == TOLD[row.state]
            and ((subject, about) == ("delivery", row.id) or row.id in read_json(data).get("deliveries", ()))
            for kind, subject, about, data in notices
        )

    # --- rules ---------------------------------------------------------------------------------------------

    def _judge_attempts(self) -> None:
        """Each visible call kept its promises: not while held, not early, not late, in approved words."""
        attempts = self.ground.look(
            "SELECT delivery_id, number, started_at, deadline_at, message FROM attempt"
            " WHERE owner <> 'restored' ORDER BY id"
        )
        for delivery_id, number, started, deadline, message in attempts:
            name = f"attempt {number} of {self.world.named(delivery_id)}"
            if str(message or "").startswith("Sendeplan itself failed"):
                self.verdict.surprises.append(f"{name}: {message}")
            begun = moment(started)
            wish, row = self.book.wishes.get(delivery_id), self.rows.get(delivery_id)
            if begun is None or started == deadline or row is None or self._was_shown_twice(begun):
                continue  # it ended before the call; or nobody can say whether a hold was before or after it
            self._judge_held(name, row, begun)
            if wish is not None:
                self._judge_time(name, wish, begun)
        for (mark, channel_id), copies in sorted(self.copies.items()):
            posts = [post_id for post_id, known in self.book.marks.items() if known == mark]
            cleared = {words.split()[0] for post_id in posts for words in self.book.cleared[post_id]}
            for copy in copies:
                if copy["text"].split()[0] not in cleared:
                    self.verdict.broken.append(f"{copy['text']!r} went out, and nobody approved it ({channel_id})")

    def _was_shown_twice(self, moment: datetime) -> bool:
        return any(since <= moment <= until for since, until in self.world.set_back)

    def _judge_held(self, name: str, row: Row, begun: datetime) -> None:
        holds = (("post", row.post_id), ("channel", row.channel_id))
        home = next(home for home in self.ground.homes if row.channel_id in home.channel_ids)
        for hold in (*holds, ("workspace", home.workspace_id)):
            if self.book.held_at(hold, begun):
                self.verdict.broken.append(f"{name} began while the {hold[0]} was held")

    def _judge_time(self, name: str, wish: Wish, begun: datetime) -> None:
        promised = wish.time_at(begun)
        if promised is None:
            self.verdict.broken.append(f"{name} began though it had no time")
        elif begun < promised - TICK:
            self.verdict.broken.append(f"{name} began at {begun:%H:%M:%S}, before its time {promised:%H:%M:%S}")
        elif begun > promised + LIMIT + TICK:
            self.verdict.broken.append(f"{name} began at {begun:%H:%M:%S}, too late for {promised:%H:%M:%S}")

    # --- asked ---------------------------------------------------------------------------------------------

    def _count_questions(self) -> None:
        asked: dict[int, set[str]] = defaultdict(set)
        events = self.ground.look(
            "SELECT subject_id, data FROM event WHERE subject = 'delivery' AND kind = 'needs_person' ORDER BY id"
        )
        for delivery_id, data in events:
            asked[delivery_id].add(str(read_json(data).get("code", "?")))
        for delivery_id, codes in asked.items():
            row, wish = self.rows.get(delivery_id), self.book.wishes.get(delivery_id)
            channel_id = row.channel_id if row else wish.channel_id if wish else 0
            ended = channel_id in self.world.ended_access
            ended |= self.ground.networks.get(channel_id) in self.world.weather.shut_out
            ended &= codes <= RIGHTLY
            (self.verdict.asked_rightly if ended else self.verdict.asked).append("+".join(sorted(codes)))
