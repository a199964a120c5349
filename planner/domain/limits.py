"""What a network's limits mean for us: when one is near, how long it holds, and whose turn is next at what remains."""

from __future__ import annotations

import heapq
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from planner.domain import retry

#: From here on a limit is watched (and written down): so many calls left, or so small a part of them.
NEAR_LEFT, NEAR_SHARE = 25, 0.1
#: Where one limit counts reading and publishing alike, this part of it is kept for publishing.
HEADROOM = 0.2
NEAR_SHARED = HEADROOM + 0.05
#: A share whose window is not named is taken as true for so long: the networks' shortest such window is an hour.
TRUE_FOR = timedelta(hours=1)
#: Two answers that tell the same reset may differ by the seconds that they took.
SAME_RESET = timedelta(seconds=90)
#: A refusal so long after the last hold's end begins with the shortest wait again.
CALM_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit as it was last told: what is ``left`` of it (calls) or which ``share``, when it ``resets_at``, until when
    nothing may be called (``held_until``), how often in a row a refusal named no moment (``strikes``), ``since`` when
    it has been near its end."""

    left: int | None
    share: float | None
    resets_at: datetime | None
    held_until: datetime | None
    strikes: int
    since: datetime
    seen_at: datetime

    def is_true(self, now: datetime) -> bool:
        """Whether the window that this was told about still runs."""
        return now < (self.resets_at or self.seen_at + TRUE_FOR)


def is_near(left: int | None, share: float | None, *, shared: bool) -> bool:
    """Whether so little is left that it matters. ``shared``: the limit counts reading and publishing alike."""
    few = left is not None and left <= NEAR_LEFT
    return few or (share is not None and share <= (NEAR_SHARED if shared else NEAR_SHARE))


def merged(
    old: Standing | None, left: int | None, share: float | None, resets_in: float | None, now: datetime
) -> Standing:
    """What stands after an answer. Answers may come in another order than they were given: within one window the least
    that was told is true."""
    resets_at = None if resets_in is None else now + timedelta(seconds=resets_in)
    used_up = left == 0 or (share is not None and share <= 0)
    if old is not None and old.held_until is not None and old.held_until > now:
        if not used_up or resets_at is None:
            return old  # told before the hold began; calls that were under way together count as one refusal
        resets_at = max(resets_at, old.held_until)
    same = old is not None and old.is_true(now) and _is_same(old.resets_at, resets_at)
    if old is not None and same and old.left is not None and left is not None:
        left, share = min(old.left, left), min(old.share, share) if old.share and share else share
    strikes = _strikes(old, now) if used_up and resets_at is None else 0
    held_until = (resets_at or now + retry.wait(strikes)) if used_up else None
    since = old.since if old is not None and same else now
    return Standing(left, share, resets_at, held_until, strikes, since, now)


def _is_same(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME_RESET


def _strikes(old: Standing | None, now: datetime) -> int:
    if old is None or old.held_until is None or now > old.held_until + CALM_AFTER:
        return 1
    return old.strikes + 1


@dataclass(frozen=True, slots=True)
class Claimant:
    """A channel that wants some of what remains: what it ``used`` since the limit is near, how much it still ``wants``
    before the reset, and when it was ``served`` last (None: not lately)."""

    channel_id: int
    used: int
    wants: int
    served: datetime | None
    waits_since: datetime


def granted(budget: int, claimants: Collection[Claimant], now: datetime) -> set[int]:
    """The channels that may take one now, when ``budget`` calls remain for all of them until the reset.

    The calls are dealt out one by one, each to the channel that has had the fewest; of several, to one that waits
    already, and of those to the one that waits longest. What is dealt to a channel whose posts are due later is kept
    for it, so that nobody who is early eats it all.
    """
    turns = [(c.used, _order(c, now), c.channel_id, c.wants) for c in claimants if c.wants > 0]
    heapq.heapify(turns)
    winners: set[int] = set()
    for _ in range(budget):
        if not turns:
            break
        used, order, channel_id, wants = heapq.heappop(turns)
        winners.add(channel_id)
        if wants > 1:
            heapq.heappush(turns, (used + 1, order, channel_id, wants - 1))
    return winners


def _order(claimant: Claimant, now: datetime) -> tuple[bool, bool, datetime, datetime]:
    served = claimant.served
    return claimant.waits_since > now, served is not None, served or claimant.waits_since, claimant.waits_since
