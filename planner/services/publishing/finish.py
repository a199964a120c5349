"""Noting how it went: fenced by owner and epoch. Only a network's "yes" is adopted in whatever state it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner.domain.measuring import first_due
from planner.domain.states import DeliveryState, Outcome, may_move
from planner.models import Channel, Delivery
from planner.services import limits
from planner.services.connections import ChannelAccess
from planner.services.publishing import account, advising, channel_effects, moves, notices
from planner.services.publishing.again import write_again
from planner.services.publishing.claim import Claimed
from planner.services.publishing.classify import RECONNECT, ChannelEffect, Verdict
from planner.services.publishing.moves import FREE, NO_ERROR, Ref, move
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import ATTEMPT, DELIVERY, changed
from publishers.base import Published
from publishers.limits import LimitReading

if TYPE_CHECKING:
    from planner.bootstrap import Platform

MOST_TEXT = 2000

#: Where a sender may still find its own delivery: an answer can come after it was given up for unconfirmed.
STILL_OURS = (DeliveryState.SENDING, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Order:
    """A call on record, due at ``due_at``: it may begin until ``begin_by`` and has surely ended at ``deadline``."""

    work: Claimed
    access: ChannelAccess
    attempt_id: int
    number: int
    begin_by: datetime
    deadline: datetime
    due_at: datetime


def note(platform: Platform, order: Order, answer: Published | Verdict, readings: Sequence[LimitReading] = ()) -> None:
    """Write down how the visible call ended, and what the network said of its limits meanwhile."""
    if isinstance(answer, Verdict):
        answer = advising.completed(platform.settings, order.access.network, answer)
    outcome = _note(platform, order, answer, readings, platform.clock.now())
    platform.counts.attempts.add(order.access.network, outcome.value)


def _note(
    platform: Platform, order: Order, answer: Published | Verdict, readings: Sequence[LimitReading], now: datetime
) -> Outcome:
    app = limits.app_of(platform, order.access.network)

    def write(session: Session, answer: Published | Verdict) -> Outcome:
        if isinstance(answer, Published) and _is_anothers(session, order, answer):
            answer = _taken(answer)
        if isinstance(answer, Published):
            _published(session, order, answer, now)
            limits.note(session, app, order.access, readings, now)
            return Outcome.PUBLISHED
        _verdict(session, order, answer, now)
        limits.note(session, app, order.access, (*readings, *answer.limits), now)
        return answer.outcome

    try:
        return write_again(platform.database, lambda session: write(session, answer))
    except IntegrityError:
        if isinstance(answer, Verdict):
            raise
        taken = _taken(answer)
        return write_again(platform.database, lambda session: write(session, taken))


def _is_anothers(session: Session, order: Order, published: Published) -> bool:
    ref = order.work.ref
    return account.is_anothers(session, ref.channel_id, ref.post_id, published.remote_id, but=ref.id)


def _taken(published: Published) -> Verdict:
    """The id is another delivery's of this account, so this call made no post of its own; or a look gave that to the
    other one, and then there is none for both."""
    return Verdict(Outcome.UNCERTAIN, DeliveryState.UNKNOWN, "id_taken", published.remote_id)


def not_sent(platform: Platform, work: Claimed, verdict: Verdict) -> None:
    """Write down that the preparation failed: an attempt that ended before anything could be visible."""
    now, app = platform.clock.now(), limits.app_of(platform, work.access.network)
    verdict = advising.completed(platform.settings, work.access.network, verdict)

    def write(session: Session) -> bool:
        is_noted = _not_sent(session, work, verdict, now)
        limits.note(session, app, work.access, verdict.limits, now)
        return is_noted

    if write_again(platform.database, write):
        platform.counts.attempts.add(work.access.network, verdict.outcome.value)


def hand_back(platform: Platform, work: Claimed, try_at: datetime | None = None) -> None:
    """Give a claim up: scheduled again as if it had never been taken."""
    now = platform.clock.now()
    write_again(platform.database, lambda session: release(session, work, now, try_at))


def release(session: Session, work: Claimed, now: datetime, try_at: datetime | None = None) -> bool:
    """As :func:`hand_back`, in a running transaction."""
    values = {**FREE, "payload": None, **({"try_at": try_at} if try_at else {})}
    states = DeliveryState.CLAIMED, DeliveryState.SCHEDULED
    return move(session, work.ref, *states, now, fence=work.fence, values=values)


def published_values(remote_id: str | None, url: str | None, at: datetime) -> dict[str, Any]:
    """What a delivery's row says once it is live, since ``at``."""
    return {
        **FREE,
        **NO_ERROR,
        "remote_id": remote_id,
        "remote_url": url,
        "published_at": at,
        "metrics_due_at": first_due(at),
        "remarks_due_at": first_due(at),
        "look_at": None,
    }


def _published(session: Session, order: Order, published: Published, now: datetime) -> None:
    values = published_values(published.remote_id, published.url, now)
    data = {"attempt": order.number, "remote_id": published.remote_id}
    if not _fenced(session, order, DeliveryState.PUBLISHED, now, values, data):
        _adopt_late(session, order.work, published, now)
    _complete(session, order, Outcome.PUBLISHED, now, remote_id=published.remote_id)


def _verdict(session: Session, order: Order, verdict: Verdict, now: datetime) -> None:
    verdict = _as_it_stands(session, order.work.ref, order.access, verdict, now)
    values = _values(verdict, now, order.work, order.number)
    data = {"attempt": order.number, "code": verdict.code}
    if _fenced(session, order, verdict.state, now, values, data):
        _tell(session, order.work.ref, verdict, now)
    channel_effects.apply(session, order.access, verdict, now)
    _complete(session, order, verdict.outcome, now, verdict=verdict, remote_id=verdict.named_id)


def _fenced(
    session: Session, order: Order, new: DeliveryState, now: datetime, values: dict[str, Any], data: dict[str, Any]
) -> bool:
    work = order.work
    return any(
        may_move(old, new) and move(session, work.ref, old, new, now, fence=work.fence, values=values, data=data)
        for old in STILL_OURS
    )


def _as_it_stands(session: Session, ref: Ref, access: ChannelAccess, verdict: Verdict, now: datetime) -> Verdict:
    """Settles the race with whoever reconnects the channel during the call, or hands it over to people: what waited for
    access was released by then, and nobody would release this delivery any more."""
    if verdict.code != RECONNECT:
        return verdict
    lock_posts(session, [ref.post_id])  # in the order in which a sending begins
    asked = Channel.credentials_version, Channel.reconnect_since, Channel.by_hand_since
    channel = select(*asked).where(Channel.id == access.channel_id)
    # Held as it is changed later: two that share it, and both mean to change it, would wait for each other.
    found = session.execute(channel.with_for_update(key_share=True)).one()
    if found.credentials_version != access.version and found.reconnect_since is None:
        again = replace(verdict, code="token_renewed", channel=ChannelEffect.NONE, advice={})
    elif found.by_hand_since is not None:  # the next claim hands it to a person
        again = verdict
    else:
        return verdict
    return replace(again, state=DeliveryState.SCHEDULED, try_at=now)


def _not_sent(session: Session, work: Claimed, verdict: Verdict, now: datetime) -> bool:
    verdict = _as_it_stands(session, work.ref, work.access, verdict, now)
    number = (session.scalar(select(Delivery.attempt_count).where(Delivery.id == work.ref.id)) or 0) + 1
    values = {**_values(verdict, now, work, number), "attempt_count": number}
    data = {"code": verdict.code}
    if not move(
        session, work.ref, DeliveryState.CLAIMED, verdict.state, now, fence=work.fence, values=values, data=data
    ):
        return False
    _tell(session, work.ref, verdict, now)
    channel_effects.apply(session, work.access, verdict, now)
    session.execute(
        insert(ATTEMPT).values(
            delivery_id=work.ref.id,
            number=number,
            epoch=work.fence.epoch,
            owner=work.fence.owner,
            fingerprint=work.payload.fingerprint,
            started_at=now,
            deadline_at=now,
            finished_at=now,
            outcome=verdict.outcome,
            status=verdict.status,
            error_code=verdict.code,
            message=verdict.message[:MOST_TEXT],
        )
    )
    return True


def _values(verdict: Verdict, now: datetime, work: Claimed, number: int) -> dict[str, Any]:
    """What the delivery's row says after attempt ``number``."""
    error = moves.error(verdict.code, verdict.message, verdict.advice)
    values = {**FREE, **error}
    if verdict.state is DeliveryState.UNKNOWN:
        # The owner stays: the sender's late answer still counts. A first look comes at once; it can only find.
        return {**error, "lease_until": None, "look_at": now, "looks": 0}
    if verdict.throttled:  # on record, but it counts against nothing: the next has as many tries as this one had
        return {**values, "attempts_forgiven": number - work.attempts, "payload": None, "look_at": None}
    if verdict.state is DeliveryState.SCHEDULED:
        return {**values, "try_at": verdict.try_at, "payload": None, "look_at": None}
    return {**values, "look_at": None}


def _adopt_late(session: Session, work: Claimed, published: Published, now: datetime) -> None:
    """The delivery was taken from this sender, but its post is live: that is true whatever was believed since. What
    follows it is what was frozen with it."""
    ref = work.ref
    row = session.execute(select(Delivery.state, Delivery.remote_id).where(Delivery.id == ref.id)).one_or_none()
    if row is None or row.remote_id == published.remote_id:
        return
    if row.remote_id is None and row.state is not DeliveryState.PUBLISHED:
        values = {**published_values(published.remote_id, published.url, now), "payload": work.payload.as_json()}
        move(session, ref, row.state, DeliveryState.PUBLISHED, now, values=values, data={"late": True})
    elif row.remote_id is None:
        values = {"remote_id": published.remote_id, "remote_url": published.url}
        session.execute(update(DELIVERY).where(DELIVERY.c.id == ref.id).values(values))
    else:
        moves.note(session, ref, "published_twice", now, data={"remote_id": published.remote_id, "url": published.url})
        notices.about_delivery(session, ref, now, "delivery_published_twice", url=published.url)


def _complete(
    session: Session,
    order: Order,
    outcome: Outcome,
    now: datetime,
    *,
    verdict: Verdict | None = None,
    remote_id: str | None = None,
) -> None:
    values: dict[str, Any] = {"finished_at": now, "outcome": outcome, "remote_id": remote_id}
    if verdict is not None:
        values |= {"status": verdict.status, "error_code": verdict.code, "message": verdict.message[:MOST_TEXT]}
    changed(session, _COMPLETE[verdict is None], {"attempt": order.attempt_id, **values})


_RESULT = ("finished_at", "outcome", "remote_id")
_REASON = ("status", "error_code", "message")
_COMPLETE = {
    went_well: update(ATTEMPT)
    .where(ATTEMPT.c.id == bindparam("attempt"))
    .values({name: bindparam(name) for name in (_RESULT if went_well else _RESULT + _REASON)})
    for went_well in (True, False)
}


def _tell(session: Session, ref: Ref, verdict: Verdict, now: datetime) -> None:
    if verdict.state in (DeliveryState.FAILED, DeliveryState.NEEDS_PERSON):
        notices.about_delivery(session, ref, now, f"delivery_{verdict.state.value}", code=verdict.code)
