"""What happens at an account as a whole, day by day: a deterministic course from its id and the day.

A day is worked out again as the days go by: the networks correct the last ones upwards, and so does this. The same id,
seed, day and age always give the same figures.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WORKED_OUT = {1: 0.9, 2: 0.97}
"""How much of a day's figures is told so many days after it; later all of it."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Views of posts and openings of the page per follower and day; ``visitors`` and ``clicks`` are shares of these,
    ``acts`` of the views, ``comes`` and ``leaves`` of the followers."""

    views: float
    opened: float
    visitors: float
    acts: float
    clicks: float
    comes: float
    leaves: float


HABITS = {
    "facebook": Habits(0.11, 0.018, 0.75, 0.045, 0.06, 0.0013, 0.0006),
    "linkedin": Habits(0.20, 0.024, 0.62, 0.062, 0.09, 0.0024, 0.0005),
    "twitter": Habits(0.20, 0.015, 0.80, 0.020, 0.00, 0.0014, 0.0009),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of an account, as it is told by now. ``follows`` and ``unfollows`` are certain at once."""

    impressions: int
    page_views: int
    visitors: int
    engagements: int
    clicks: int
    follows: int
    unfollows: int

    @property
    def gain(self) -> int:
        return self.follows - self.unfollows


def day_of(seed: int, network: str, account_id: str, followers: int, day: date, today: date) -> Day:
    """What is told on ``today`` of a ``day`` before it; nothing of one that is not over."""
    habits = HABITS.get(network)
    age = (today - day).days
    if habits is None or age < 1:
        return Day(0, 0, 0, 0, 0, 0, 0)
    digest = hashlib.sha256(f"{seed}/{network}/{account_id}/{day.isoformat()}".encode()).digest()
    dice = random.Random(int.from_bytes(digest[:8], "big"))
    busy = (0.35 if day.weekday() > 4 else 1.0) * dice.lognormvariate(0.0, 0.3)
    told = WORKED_OUT.get(age, 1.0)
    views = followers * habits.views * busy
    opened = followers * habits.opened * busy * dice.uniform(0.8, 1.2)
    return Day(
        int(views * told), int(opened * told), int(opened * habits.visitors * told),
        int(views * habits.acts * dice.uniform(0.7, 1.3) * told), int(opened * habits.clicks * told),
        _about(dice, followers * habits.comes * busy), _about(dice, followers * habits.leaves),
    )  # fmt: skip


def grown(seed: int, network: str, account_id: str, followers: int, began: datetime, now: datetime) -> int:
    """How many follow now, of whom so many did at the beginning."""
    days = (began.date() + timedelta(days=number) for number in range((now.date() - began.date()).days))
    return followers + sum(day_of(seed, network, account_id, followers, day, now.date()).gain for day in days)


def _about(dice: random.Random, number: float) -> int:
    """A whole number near ``number``: of 0.3, now and then one."""
    return int(number * dice.uniform(0.5, 1.5) + dice.random())
