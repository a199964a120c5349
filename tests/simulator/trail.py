"""What follows posts under them, judged: once, under the right post, in order; none forgotten, none without a word."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulator.book import Row

if TYPE_CHECKING:
    from tests.simulator.ground import Ground

#: How many things follow a post for which people wrote a thread of two parts and a first comment.
FOLLOWING = {"twitter": 2, "facebook": 1, "linkedin": 1, "xing": 1}


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that stands under a post at a network: what post (or part before it) it answers, and its own id."""

    under: str
    id: str
    text: str


def words(mark: str, step: int) -> str:
    """What people write of step ``step`` of a post, as the thread's part or the comment."""
    return f"T{mark}-{step} Mehr dazu am Stand in Halle 5."


def traces(ground: Ground, network: str, account: str) -> list[Trace]:
    """Everything that the account itself put under its posts, as the public sees it."""
    found = []
    for post in ground.sandbox.world.store.accepted(network):
        if post.account.id != account or post.deleted_at is not None:
            continue
        if under := post.meta.get("reply_to"):
            found.append(Trace(str(under), post.id, post.text))
        found += [Trace(post.id, c.id, c.text) for c in post.replies if c.own and c.id not in post.gone]
    return found


def number(remote_id: str) -> str:
    """What a comment is called beneath its post: LinkedIn's and XING's names of it hold the post's as well."""
    return remote_id.removesuffix(")").rpartition(",")[2].rpartition("/comments/")[2]


def doubled(found: list[Trace]) -> list[str]:
    """The same words twice under the same post: there is only ever one step with them."""
    counts = Counter((trace.under, trace.text) for trace in found)
    return [f"{text!r} is {n} times under {under}" for (under, text), n in sorted(counts.items()) if n > 1]


class Trail:
    """The steps of one post on one channel, in their order."""

    def __init__(self, root: Row, network: str, steps: list[Row], found: list[Trace]) -> None:
        self.root, self.network = root, network
        self.steps = sorted(steps, key=lambda row: row.step)
        self.found = {trace.id: trace for trace in found}

    def forgotten(self) -> str | None:
        """What should be there by now and is not: after each step that is published comes the next."""
        published = [self.root, *self.steps]
        known = FOLLOWING[self.network]
        if self.root.state == "published" and len(self.steps) < known and published[-1].state == "published":
            return f"step {len(self.steps) + 1} is missing"
        return None

    def misplaced(self, row: Row) -> str | None:
        """Where a published step stands, if that is not where it belongs: a comment under the post, a part under the
        part before it."""
        trace = self.found.get(number(row.remote_id or ""))
        before = self.root if self.network != "twitter" or row.step == 1 else self.steps[row.step - 2]
        if trace is None or trace.under == before.remote_id:
            return None
        return f"stands under {trace.under} and not under {before.remote_id}"

    def is_live(self, row: Row, text: str) -> bool:
        """Whether it is there, whoever noted that."""
        if row.remote_id is not None:
            return number(row.remote_id) in self.found
        taken = {number(step.remote_id) for step in self.steps if step.remote_id is not None}
        places = {self.root.remote_id, *taken}
        return any(t.text == text and t.under in places and t.id not in taken for t in self.found.values())
