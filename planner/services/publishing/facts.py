"""What is known about one delivery in doubt, and what the network lists, held against each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from planner.domain import fingerprint
from planner.domain.fingerprint import Finding, Match, Sought
from planner.domain.states import DeliveryState
from planner.models import Attempt
from planner.services.connections import ChannelAccess
from planner.services.publishing import account
from planner.services.publishing.marks import RESTORED
from planner.services.publishing.moves import Ref
from publishers.base import Recent, RemotePost, Under


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery that is being looked for: an unconfirmed one, or one of another ``state`` after a restore
    (``restored.py``), which keeps that unless it is found. ``turn`` marks the look as taken, so that no other process
    looks meanwhile; ``asked_at`` is when it began; ``since`` is when the first attempt in doubt did, ``attempt`` the
    number of the last; ``under`` is where on the network it stands (None: a post of its own)."""

    ref: Ref
    epoch: int
    attempt: int
    turn: datetime
    asked_at: datetime
    since: datetime
    access: ChannelAccess
    under: Under | None = None
    state: DeliveryState = DeliveryState.UNKNOWN

    @property
    def is_unconfirmed(self) -> bool:
        return self.state is DeliveryState.UNKNOWN


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network listed, and how far its clock is ahead of ours."""

    recent: Recent
    ahead: timedelta


@dataclass(frozen=True, slots=True)
class Facts:
    """What is listed, held against what is known: what is ours (``found``) or nearly (``near``), and, where nothing is
    found, what has our words but was there before (``older``); whether one that it may be is being sent, and the words
    of those that are looked for as well (``doubted``). ``channels`` are those of the account."""

    channels: Sequence[int]
    found: Match[RemotePost]
    near: tuple[RemotePost, ...]
    older: tuple[RemotePost, ...]
    being_sent: bool
    doubted: Collection[str]


def weigh(session: Session, doubt: Doubt, delivery: Any, attempts: Sequence[Attempt], seen: Seen) -> Facts:
    """Hold what is listed against what is known. ``delivery`` is its row, ``attempts`` those in doubt, oldest first."""
    sought, listed = _sought(delivery, attempts), seen.recent.posts
    near = _near(delivery, sought, seen)
    ours, theirs = {a.fingerprint for a in attempts}, {fingerprint.digest(post.text) for post in near}
    itself = doubt.ref.id
    channels = account.channels_of_account(session, doubt.ref.channel_id)
    account.one_at_a_time(session, doubt.ref.post_id, channels)
    # Asked first: one that is noted after these questions has its post among those that are taken.
    being_sent = account.count_being_sent(session, channels, ours | theirs, but=itself)
    sharing = 1 + account.count_in_doubt(session, channels, ours, but=itself)
    doubted = account.texts_in_doubt(session, channels, theirs - ours, but=itself)
    taken = account.taken(session, channels, [post.remote_id for post in listed], but=itself)
    taken |= account.taken_by_address(session, channels, listed, but=itself)
    found = fingerprint.match(sought, listed, ahead=seen.ahead, taken=taken, sharing=sharing)
    near = tuple(post for post in near if post.remote_id not in taken)
    absent = found.finding is Finding.ABSENT
    older = fingerprint.lookalikes(sought, listed, taken=taken) if absent else ()
    return Facts(channels, found, near, older, bool(being_sent), doubted)


def better_claims(
    session: Session,
    doubt: Doubt,
    channels: Sequence[int],
    delivery: Any,
    attempts: Sequence[Attempt],
    posts: Sequence[RemotePost],
) -> Sequence[bool]:
    """Those whose post it rather is: whether each is looked for. None, where an attempt of its own may have made it:
    only the mark of a restore fits one as well as the other. Who only shares other words has no claim."""
    if any(attempt.owner != RESTORED for attempt in attempts):
        return ()
    texts = {fingerprint.digest(post.text) for post in posts}
    mine, since = account.rank(doubt.state, delivery.publish_at, doubt.ref.id), attempts[0].started_at
    return account.come_first(session, channels, texts, mine, but=doubt.ref.id, since=since)


def _near(delivery: Any, sought: Sequence[Sought], seen: Seen) -> tuple[RemotePost, ...]:
    """The posts that may be ours as the network shows it; what was never frozen looks like nothing."""
    if not delivery.payload:
        return ()
    return fingerprint.resembling(delivery.payload["expected"], sought, seen.recent.posts, ahead=seen.ahead)


def _sought(delivery: Any, attempts: Sequence[Attempt]) -> list[Sought]:
    """Media and link are those of what is frozen now; of other words, from before a restore, they say nothing."""
    payload = delivery.payload or {}
    media_count = len(payload["media"]) if "media" in payload else None
    current = fingerprint.digest(payload["expected"]) if "expected" in payload else None
    return [
        Sought(a.started_at, a.fingerprint, named=a.remote_id)
        if a.error_code == RESTORED and a.fingerprint != current
        else Sought(a.started_at, a.fingerprint, media_count, payload.get("link"), a.remote_id)
        for a in attempts
    ]
