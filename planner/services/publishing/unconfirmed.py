"""What one look means for one unconfirmed delivery. Each function runs in a write transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, null, or_, select, update
from sqlalchemy.orm import Session

from planner.domain import fingerprint, retry
from planner.domain.fingerprint import Finding
from planner.domain.states import DeliveryState, Outcome
from planner.models import Attempt, Delivery
from planner.services.publishing import moves, notices, restored
from planner.services.publishing.facts import Doubt, Facts, Seen, better_claims, weigh
from planner.services.publishing.finish import published_values
from planner.services.publishing.moves import FREE, move
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import ATTEMPT, DELIVERY, changed, row
from publishers.base import RemotePost


class Look(StrEnum):
    """What one look came to."""

    FOUND = "found"
    ABSENT = "absent"
    AMBIGUOUS = "ambiguous"
    TWIN = "twin_is_being_sent"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    LIMITED = "limited"
    IMPOSSIBLE = "impossible"
    TAKEN = "taken_meanwhile"
    LEFT = "left_to_others"
    LATER = "looked_for_before_its_sending"
    OVER = "no_longer_in_doubt"


MOST_FAILED_LOOKS = 8
#: Looks that wait for another one: each a tenth of the settle time after the last.
MOST_WAITS = 60
#: What is counted among the parameters of the error.
COUNTED = ("failed_looks", "waits")
SHORT_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=1)


def decide(session: Session, doubt: Doubt, seen: Seen, settle: timedelta, now: datetime) -> Look:
    """Adopt what was found; count what was absent; ask where it cannot be said."""
    delivery = _still_in_doubt(session, doubt)
    attempts = open_attempts(session, doubt.ref.id)
    if delivery is None:
        return Look.OVER
    if not attempts:
        return ask_person(session, doubt, now)
    return _conclude(session, doubt, delivery, attempts, seen, settle, now)


def _conclude(
    session: Session,
    doubt: Doubt,
    delivery: Any,
    attempts: Sequence[Attempt],
    seen: Seen,
    settle: timedelta,
    now: datetime,
) -> Look:
    facts = weigh(session, doubt, delivery, attempts, seen)
    finding, posts = facts.found.finding, facts.found.posts
    if facts.being_sent and (facts.near or finding is not Finding.ABSENT):
        # It may be the other one's, whose answer is on its way.
        return _look_soon(session, doubt, delivery, posts or facts.near, settle, now)
    if finding is Finding.FOUND:
        return _found(session, doubt, delivery, attempts, facts, seen, settle, now)
    if finding is Finding.AMBIGUOUS:
        return _ask_which(session, doubt, posts, now)
    if any(fingerprint.digest(post.text) in facts.doubted for post in facts.near):
        # The look for the other one has yet to say whose it is.
        return _look_soon(session, doubt, delivery, facts.near, settle, now)
    if not seen.recent.complete:
        note_failed_look(session, doubt, settle, now)
        return Look.INCOMPLETE
    doubtful = {post.remote_id: post for post in (*facts.older, *facts.near)}
    return _count_absence(session, doubt, delivery, attempts, list(doubtful.values()), settle, now)


def _found(
    session: Session,
    doubt: Doubt,
    delivery: Any,
    attempts: Sequence[Attempt],
    facts: Facts,
    seen: Seen,
    settle: timedelta,
    now: datetime,
) -> Look:
    """Adopt it, unless it is rather that of others: those are looked for first, or a person is asked about them."""
    posts = facts.found.posts
    claims = better_claims(session, doubt, facts.channels, delivery, attempts, posts)
    if any(claims):
        return _look_soon(session, doubt, delivery, posts, settle, now)
    if claims:
        return _ask_which(session, doubt, posts, now)
    _adopt(session, doubt, attempts, posts[0], seen, now)
    return Look.FOUND


def _look_soon(
    session: Session, doubt: Doubt, delivery: Any, posts: Sequence[RemotePost], settle: timedelta, now: datetime
) -> Look:
    """Another one has to be seen to first. That ends soon; if it ever does not, a person is asked."""
    params = delivery.error_params or {}
    waits = int(params.get("waits", 0)) + 1
    if waits > MOST_WAITS:
        return _ask_which(session, doubt, posts, now)
    _look_again(session, doubt, now + max(settle / 10, SHORT_WAIT), error_params={**params, "waits": waits})
    return Look.TWIN


def _ask_which(session: Session, doubt: Doubt, posts: Sequence[RemotePost], now: datetime) -> Look:
    candidates = [_candidate(post) for post in posts[:10]]
    look = ask_person(session, doubt, now, "ambiguous", candidates=candidates)
    return look if look is Look.LATER else Look.AMBIGUOUS


def ask_person(session: Session, doubt: Doubt, now: datetime, code: str = restored.CANNOT_LIST, **params: Any) -> Look:
    """“Is it live?”: only a person can say. Of what is not unconfirmed, they are asked once it is to go out."""
    if not doubt.is_unconfirmed:
        _look_no_more(session, doubt)
        return Look.LATER
    values = {**FREE, **moves.error(code, params=params), "look_at": None}
    if _move(session, doubt, DeliveryState.NEEDS_PERSON, now, values, {"code": code}):
        notices.about_delivery(session, doubt.ref, now, "delivery_needs_person", code=code)
    return Look.IMPOSSIBLE


def note_failed_look(session: Session, doubt: Doubt, settle: timedelta, now: datetime) -> Look:
    """The network could not be asked, or did not tell all: look again later, and after many times ask a person."""
    delivery = _still_in_doubt(session, doubt)
    if delivery is None:
        return Look.OVER
    params = delivery.error_params or {}
    failed = int(params.get("failed_looks", 0)) + 1
    if failed >= MOST_FAILED_LOOKS:
        ask_person(session, doubt, now)
        return Look.FAILED
    pause = min(retry.wait(failed), max(settle / 2, SHORT_WAIT))
    _look_again(session, doubt, now + pause, error_params={**params, "failed_looks": failed})
    return Look.FAILED


def wait_for_limit(session: Session, doubt: Doubt, until: datetime, now: datetime) -> Look:
    """The network's limit keeps us from looking: nothing was learned and nothing went wrong. Where it lasts longer than
    looks that fail would be kept up, a person is asked at once."""
    if until - now >= LONGEST_WAIT:
        return ask_person(session, doubt, now)
    _look_again(session, doubt, until)
    return Look.LIMITED


def leave(session: Session, doubt: Doubt, now: datetime) -> Look:
    """This process ends: whoever comes next looks at once."""
    _look_again(session, doubt, now)
    return Look.LEFT


def open_attempts(session: Session, delivery_id: int) -> Sequence[Attempt]:
    """The attempts that may have become visible, oldest first."""
    return session.scalars(_OPEN_ATTEMPTS, {"delivery": delivery_id}).all()


def _still_in_doubt(session: Session, doubt: Doubt) -> Any:
    return row(session, _STILL_IN_DOUBT, _ours(doubt))


def _ours(doubt: Doubt) -> dict[str, Any]:
    known = {"delivery": doubt.ref.id, "our_state": doubt.state}
    return {**known, "our_epoch": doubt.epoch, "our_turn": doubt.turn}


def _adopt(
    session: Session, doubt: Doubt, attempts: Sequence[Attempt], post: RemotePost, seen: Seen, now: datetime
) -> None:
    live_since = max(attempts[0].started_at, min(post.created_at - seen.ahead, now))
    values = published_values(post.remote_id, post.url, live_since)
    if _move(session, doubt, DeliveryState.PUBLISHED, now, values, {"found": True, "remote_id": post.remote_id}):
        if not doubt.is_unconfirmed:
            notices.settle(session, [doubt.ref.id], now)
        made_it = max((a for a in attempts if a.started_at <= live_since), key=lambda a: a.number)
        session.execute(update(ATTEMPT).where(ATTEMPT.c.id == made_it.id).values(remote_id=post.remote_id))


def _count_absence(
    session: Session,
    doubt: Doubt,
    delivery: Any,
    attempts: Sequence[Attempt],
    doubtful: Sequence[RemotePost],
    settle: timedelta,
    now: datetime,
) -> Look:
    last = attempts[-1]
    # After a clear "we have it already" the call is over; else it may run until its hard deadline.
    over_at = last.finished_at or last.deadline_at if last.outcome is Outcome.DUPLICATE else last.deadline_at
    if doubt.asked_at < over_at:
        _look_again(session, doubt, over_at)
        return Look.ABSENT
    looks = delivery.looks + 1
    if looks < _looks_needed(attempts):
        _look_again(session, doubt, retry.next_look(over_at, settle, looks, now), looks=looks)
    elif last.outcome is Outcome.DUPLICATE and doubt.is_unconfirmed:
        _fail_duplicate(session, doubt, last, now)
    elif doubtful:
        # It was there before, or our clock was put back since; or the network shows ours otherwise than we expect it:
        # sent again, it might be there twice.
        return _ask_which(session, doubt, doubtful, now)
    elif not doubt.is_unconfirmed:
        _look_no_more(session, doubt)
        restored.settle(session, doubt.ref.id, now)
    else:
        _schedule_again(session, doubt, delivery, now)
    return Look.ABSENT


def _looks_needed(attempts: Sequence[Attempt]) -> int:
    """A first attempt that was called a duplicate made nothing itself: one look tells whether anything did."""
    first_was_duplicate = len(attempts) == 1 and attempts[0].outcome is Outcome.DUPLICATE
    return 1 if first_was_duplicate else retry.LOOKS


def _schedule_again(session: Session, doubt: Doubt, delivery: Any, now: datetime) -> None:
    if delivery.attempt_count - delivery.attempts_forgiven >= retry.MOST_ATTEMPTS:
        ask_person(session, doubt, now, "attempts_exhausted")
        return
    try_at = max(now, delivery.publish_at or now)  # what was looked for ahead of its time goes out at its time
    values = {**FREE, **moves.error("not_found"), "try_at": try_at, "payload": None, "look_at": None, "looks": 0}
    _move(session, doubt, DeliveryState.SCHEDULED, now, values, {"code": "not_found"})


def _fail_duplicate(session: Session, doubt: Doubt, last: Attempt, now: datetime) -> None:
    values = {**FREE, **moves.error("duplicate", last.message), "look_at": None}
    if _move(session, doubt, DeliveryState.FAILED, now, values, {"code": "duplicate"}):
        notices.about_delivery(session, doubt.ref, now, "delivery_failed", code="duplicate")


def _move(
    session: Session, doubt: Doubt, new: DeliveryState, now: datetime, values: dict[str, Any], data: dict[str, Any]
) -> bool:
    """Only while nobody claimed it since and the look is still ours: asked under the lock that every change of the
    delivery takes, so that it still holds when the change is made."""
    lock_posts(session, [doubt.ref.post_id])
    ours = select(DELIVERY.c.id).where(
        DELIVERY.c.id == doubt.ref.id, DELIVERY.c.epoch == doubt.epoch, DELIVERY.c.look_at == doubt.turn
    )
    if session.scalar(ours) is None:
        return False
    return move(session, doubt.ref, doubt.state, new, now, values=values, data=data)


def _look_no_more(session: Session, doubt: Doubt) -> None:
    """It stays what it is."""
    delivery = _still_in_doubt(session, doubt)
    if delivery is not None:
        params = {name: value for name, value in (delivery.error_params or {}).items() if name not in COUNTED}
        _look_again(session, doubt, None, looks=0, error_params=params or null())


def _look_again(session: Session, doubt: Doubt, at: datetime | None, **values: Any) -> None:
    statement = update(DELIVERY).where(
        DELIVERY.c.id == doubt.ref.id,
        DELIVERY.c.state == doubt.state,
        DELIVERY.c.epoch == doubt.epoch,
        DELIVERY.c.look_at == doubt.turn,
    )
    changed(session, statement.values(look_at=at, **values))


def _candidate(post: RemotePost) -> dict[str, Any]:
    return {"remote_id": post.remote_id, "url": post.url, "created_at": post.created_at.isoformat()}


_OPEN_ATTEMPTS = (
    select(Attempt)
    .where(
        Attempt.delivery_id == bindparam("delivery"),
        or_(Attempt.outcome.is_(None), Attempt.outcome.in_((Outcome.UNCERTAIN, Outcome.DUPLICATE))),
    )
    .order_by(Attempt.number)
)
_STILL_IN_DOUBT = select(
    Delivery.payload,
    Delivery.looks,
    Delivery.attempt_count,
    Delivery.attempts_forgiven,
    Delivery.error_params,
    Delivery.publish_at,
).where(
    Delivery.id == bindparam("delivery"),
    Delivery.state == bindparam("our_state", type_=Delivery.state.type),
    Delivery.epoch == bindparam("our_epoch"),
    Delivery.look_at == bindparam("our_turn"),
)
