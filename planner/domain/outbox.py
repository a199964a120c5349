"""What goes out besides posts: mails, pushes and webhook calls. When each is tried, bundled and given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from planner.domain.roles import Permission


class OutboxState(StrEnum):
    """Where a mail, a push or a webhook call stands. ``needless``: what it was to tell was known before it went."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"
    NEEDLESS = "needless"


class Pace(StrEnum):
    """How soon a person wants mail about something."""

    NOW = "now"
    DAILY = "daily"
    NONE = "none"


#: How long to wait after the first, second, … failure; the last one is repeated.
STEPS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
)
GIVE_UP_AFTER = timedelta(days=1)
#: No word of the other side keeps us away for longer.
LONGEST_WAIT = timedelta(hours=6)
#: Several notices within this time become one mail.
QUIET = timedelta(minutes=2)
#: What waits for nothing that may follow: it is about this minute.
PRESSING = frozenset({"delivery_assisted", "delivery_soon"})
#: When the daily summary goes out, by the workspace's clock.
SUMMARY_AT = time(7, 0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person may wish for one kind of news: the pace where nothing was chosen, the paces that make sense, and
    which permission makes the news theirs."""

    default: Pace
    permission: Permission
    paces: tuple[Pace, ...] = tuple(Pace)


_NOW_OR_NEVER = (Pace.NOW, Pace.NONE)

#: By the kind of the notice; ``week`` is the weekly job's mail, ``alert`` the alarm of the machine itself.
WISHES: Mapping[str, Wish] = {
    "approval_asked": Wish(Pace.NOW, Permission.APPROVE),
    "sent_back": Wish(Pace.NOW, Permission.EDIT),
    "approved": Wish(Pace.DAILY, Permission.EDIT),
    "delivery_needs_person": Wish(Pace.NOW, Permission.EDIT),
    "delivery_missed": Wish(Pace.NOW, Permission.EDIT),
    "delivery_failed": Wish(Pace.NOW, Permission.EDIT),
    "delivery_published_twice": Wish(Pace.NOW, Permission.EDIT),
    "posts_removed": Wish(Pace.NOW, Permission.EDIT),
    "remarks": Wish(Pace.NOW, Permission.EDIT),
    "answer_asked": Wish(Pace.NOW, Permission.APPROVE),
    "answer_needs_person": Wish(Pace.NOW, Permission.EDIT),
    "delivery_soon": Wish(Pace.NOW, Permission.EDIT, _NOW_OR_NEVER),
    "delivery_assisted": Wish(Pace.NOW, Permission.EDIT),
    "delivery_overdue": Wish(Pace.NOW, Permission.APPROVE),
    "channel_reconnect": Wish(Pace.NOW, Permission.EDIT),
    "channel_expiring": Wish(Pace.NOW, Permission.EDIT),
    "channel_lacks": Wish(Pace.NOW, Permission.EDIT),
    "channel_paused": Wish(Pace.NOW, Permission.EDIT),
    "queue_moved": Wish(Pace.DAILY, Permission.EDIT),
    "zone_rules_asked": Wish(Pace.NOW, Permission.EDIT),
    "zone_rules_moved": Wish(Pace.DAILY, Permission.EDIT),
    "week": Wish(Pace.NOW, Permission.EDIT, _NOW_OR_NEVER),
    "alert": Wish(Pace.NOW, Permission.MANAGE, _NOW_OR_NEVER),
}

#: Notices of the weekly job: its own mail tells them.
TOLD_BY_THE_WEEK = frozenset({"week_gaps", "rhythm_unmet"})


def pace_of(kind: str, wishes: Mapping[str, str]) -> Pace:
    """How soon a person with these wishes (kind to pace) wants mail about a kind of notice."""
    if kind in TOLD_BY_THE_WEEK:
        return Pace.NONE
    wish = WISHES.get(kind, Wish(Pace.DAILY, Permission.READ))
    chosen = wishes.get(kind)
    return Pace(chosen) if chosen in wish.paces else wish.default


#: What a phone may ring for: what somebody has to do soon. All of it does, unless a person wishes otherwise.
PUSHED = (
    "delivery_soon",
    "delivery_assisted",
    "delivery_overdue",
    "delivery_needs_person",
    "delivery_failed",
    "delivery_missed",
    "delivery_published_twice",
    "channel_reconnect",
    "approval_asked",
    "answer_asked",
    "answer_needs_person",
)
#: How long a push service keeps what it could not hand over: the call to publish by hand is old after some hours.
PUSH_LASTS = timedelta(days=1)
CALL_LASTS = timedelta(hours=4)


def is_pushed(kind: str, wishes: Mapping[str, bool]) -> bool:
    """Whether a person with these wishes (kind to yes or no) wants a kind of notice on their devices."""
    return kind in PUSHED and wishes.get(kind, True)


def push_ends(kind: str, at: datetime, publish_at: datetime | None = None) -> datetime:
    """Until when a push about a notice of ``at`` is worth showing: what comes soon, until it is there."""
    if kind == "delivery_soon" and publish_at is not None:
        return publish_at
    return at + (CALL_LASTS if kind == "delivery_assisted" else PUSH_LASTS)


def next_try(created_at: datetime, now: datetime, attempts: int, asked: timedelta = timedelta()) -> datetime | None:
    """When to try again after ``attempts`` (from 1) failures; None when it is to be given up. ``asked`` is how long
    the other side wants to be left alone; it lengthens our own step, up to :data:`LONGEST_WAIT`."""
    due = now + max(STEPS[min(max(attempts, 1), len(STEPS)) - 1], min(asked, LONGEST_WAIT))
    return due if due < created_at + GIVE_UP_AFTER else None


def last_summary(now: datetime, zone: str) -> datetime:
    """The moment of the last daily summary, at or before ``now``."""
    local = now.astimezone(ZoneInfo(zone))
    at = datetime.combine(local.date(), SUMMARY_AT, local.tzinfo)
    if at > local:
        at = datetime.combine(local.date() - timedelta(days=1), SUMMARY_AT, local.tzinfo)
    return at.astimezone(now.tzinfo)
