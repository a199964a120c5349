"""Engagement that grows: a deterministic curve from a post's id and age.

A post's final figures are drawn from the seed and its id, scaled by the account's followers; how much of them is
there after some hours follows the network's own pace. The same id, seed and age always give the same figures, and
an older age never gives a smaller one.
"""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """A network's habits. ``hours`` after which 63 % of the engagement is there; ``views`` per follower;
    the other figures are shares of the people reached."""

    hours: float
    views: float
    reach: float
    reactions: float
    comments: float
    shares: float
    clicks: float


PACES = {
    "facebook": Pace(14.0, 0.24, 0.78, 0.022, 0.0030, 0.0028, 0.014),
    "twitter": Pace(5.0, 0.55, 0.82, 0.011, 0.0016, 0.0030, 0.008),
    "linkedin": Pace(30.0, 0.62, 0.66, 0.034, 0.0042, 0.0031, 0.027),
    "xing": Pace(22.0, 0.42, 0.80, 0.026, 0.0052, 0.0022, 0.011),
}

_REACTION_NAMES = ("like", "love", "wow", "haha")
_REACTION_SHARES = (0.86, 0.94, 0.98, 1.0)


@dataclass(frozen=True, slots=True)
class Engagement:
    """The figures of one post at one age."""

    impressions: int
    reach: int
    reactions: int
    comments: int
    shares: int
    clicks: int
    profile_clicks: int
    bookmarks: int

    def reactions_by_type(self) -> dict[str, int]:
        """The reactions parted over like, love, wow and haha; the parts add up to ``reactions``."""
        edges = [0, *(round(self.reactions * share) for share in _REACTION_SHARES)]
        return {name: edges[i + 1] - edges[i] for i, name in enumerate(_REACTION_NAMES)}


def engagement(
    seed: int, network: str, post_id: str, followers: int, age: timedelta, *, images: int = 0, link: bool = False
) -> Engagement:
    """The figures of a post that is ``age`` old. An image draws more people, a link fewer, but more clicks."""
    views, people, totals = _final(seed, network, post_id, followers, images=images, link=link)
    grown = _grown(PACES[network], age)
    return Engagement(math.floor(views * grown), math.floor(people * grown), *(math.floor(t * grown) for t in totals))


@dataclass(frozen=True, slots=True)
class Watched:
    """How a video was watched: ``reached`` are those who made it through 0, 25, 50, 75 and 100 % of it."""

    views: int
    viewers: int
    milliseconds: int
    reached: tuple[int, int, int, int, int]


def watched(now: Engagement, seconds: float) -> Watched:
    """The figures of a video that runs so long, in a post with these."""
    started = now.impressions * 46 // 100
    quarter, half, most, whole = (started * share // 100 for share in (57, 39, 30, 22))
    views = started * 72 // 100
    milliseconds = round(views * seconds * 1000 * 0.4)
    return Watched(views, min(now.reach, views * 88 // 100), milliseconds, (started, quarter, half, most, whole))


def comment_moments(
    seed: int, network: str, post_id: str, followers: int, age: timedelta, *, images: int = 0, link: bool = False
) -> list[timedelta]:
    """The ages at which the comments came that a post of this ``age`` has, earliest first."""
    pace = PACES[network]
    final = _final(seed, network, post_id, followers, images=images, link=link)[2][1]
    now = math.floor(final * _grown(pace, age))
    fractions = [(number + 1) / final for number in range(now)]
    return [timedelta(seconds=int(-math.log(max(1e-3, 1 - part)) * pace.hours * 3600)) for part in fractions]


def _final(
    seed: int, network: str, post_id: str, followers: int, *, images: int, link: bool
) -> tuple[float, float, list[float]]:
    """What a post ends at: views, people reached, and the six further figures in the order of Engagement."""
    pace = PACES[network]
    dice = random.Random(_number(seed, network, post_id))
    appeal = dice.lognormvariate(0.0, 0.42) * (1.25 if images else 1.0) * (0.85 if link else 1.0)
    warmth = dice.lognormvariate(0.0, 0.35)
    views = max(12.0, followers * pace.views * appeal)
    people = views * pace.reach * dice.uniform(0.92, 1.0)
    rates = (pace.reactions, pace.comments, pace.shares, pace.clicks * (1.9 if link else 1.0), 0.004, 0.0015)
    return views, people, [people * rate * warmth * dice.uniform(0.6, 1.4) for rate in rates]


def _grown(pace: Pace, age: timedelta) -> float:
    hours = max(0.0, age.total_seconds() / 3600)
    return 1 - math.exp(-hours / pace.hours)


def _number(seed: int, network: str, post_id: str) -> int:
    digest = hashlib.sha256(f"{seed}/{network}/{post_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
