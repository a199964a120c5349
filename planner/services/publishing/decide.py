"""What a person decides about a delivery that cannot go on by itself.

Each function raises NotFound outside the actor's workspace, Forbidden, and Conflict ``cannot_decide`` where the
delivery is not in a state that leaves this choice. Wake the scheduler after the transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.fingerprint import normalise_link
from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.domain.walltime import to_wall
from planner.models import Delivery, Workspace
from planner.services import queue
from planner.services.actor import Actor
from planner.services.by_hand import CODE
from planner.services.doubt import DOUBT
from planner.services.errors import Conflict, FieldError, Invalid, NotFound
from planner.services.publishing import account, guards, marks, notices, restored, telling
from planner.services.publishing.finish import published_values
from planner.services.publishing.moves import FREE, NO_ERROR, Ref, error, move
from planner.services.publishing.payload import delivery_key, freeze
from planner.services.publishing.status import Holds, lock_posts
from publishers import registry

#: What only people take away: publishing by hand does not get around it.
HELD_BY_PEOPLE = frozenset(
    {
        guards.Hold.WORKSPACE_PAUSED,
        guards.Hold.CAMPAIGN_PAUSED,
        guards.Hold.CHANNEL_PAUSED,
        guards.Hold.APPROVAL_MISSING,
    }
)
#: Nobody has taken it on, and nobody was told yet.
UNTAKEN: Mapping[str, Any] = {"taken_by_id": None, "taken_at": None, "reminded_at": None, "escalated_at": None}


def is_live(session: Session, actor: Actor, delivery_id: int, url: str | None, *, now: datetime) -> Delivery:
    """“It is live”: published, at ``url`` where the person gives one.

    Raises Invalid at ``url`` (``link_invalid``), Conflict ``id_taken`` where it is another delivery's post.
    """
    delivery = _load(session, actor, delivery_id, {DeliveryState.NEEDS_PERSON, DeliveryState.MISSED})
    url = (url or "").strip() or None
    if url is not None and not is_web_address(url):
        raise Invalid(FieldError("url", "link_invalid"))
    remote_id = _candidate_at(delivery, url)
    if remote_id is not None and _is_taken(session, delivery, remote_id):
        raise Conflict("id_taken")
    nothing_to_ask = {} if remote_id else {"metrics_due_at": None, "remarks_due_at": None}
    values = {**published_values(remote_id, url, now), **nothing_to_ask}
    return _decide(session, actor, delivery, DeliveryState.PUBLISHED, now, values, {"by_hand": True, "url": url})


def is_not_live(session: Session, actor: Actor, delivery_id: int, *, now: datetime, send: bool = True) -> Delivery:
    """“It is not live”: sent again at once, or (``send`` False) cancelled."""
    delivery = _load(session, actor, delivery_id, {DeliveryState.NEEDS_PERSON})
    if delivery.error_code in DOUBT:
        restored.settle(session, delivery_id, now)  # they were asked whether it is there, and looked
    return _send_now(session, actor, delivery, now) if send else _cancel(session, actor, delivery, now)


def send_now(
    session: Session, actor: Actor, delivery_id: int, *, now: datetime, at: datetime | None = None
) -> Delivery:
    """A missed or failed one goes out after all: at once, or ``at`` a moment soon."""
    delivery = _load(session, actor, delivery_id, {DeliveryState.MISSED, DeliveryState.FAILED})
    return _send_now(session, actor, delivery, now, at)


def send_in_next_slot(session: Session, actor: Actor, delivery_id: int, *, now: datetime) -> Delivery:
    """A missed or failed one takes the next free slot of its channel. Raises Invalid where it has none.

    What follows a post takes no slot: it goes out at once.
    """
    delivery = _load(session, actor, delivery_id, {DeliveryState.MISSED, DeliveryState.FAILED})
    if delivery.step:
        return _send_now(session, actor, delivery, now)
    queue.enqueue(session, delivery, now=now)
    session.flush()
    return _decide(session, actor, delivery, DeliveryState.SCHEDULED, now, _afresh(delivery), {"by_hand": True})


def put_off(session: Session, actor: Actor, delivery_id: int, *, now: datetime, at: datetime | None = None) -> Delivery:
    """What waits for a hand is published later: ``at`` a moment, or (None) in the next free slot of its channel.

    Raises Invalid at ``at`` (``time_past``) or at ``channels`` where no slot is free.
    """
    delivery = _load(session, actor, delivery_id, {DeliveryState.NEEDS_PERSON})
    if delivery.error_code != CODE:
        raise Conflict("cannot_decide", state=delivery.state.value)
    if at is not None and at <= now:
        raise Invalid(FieldError("at", "time_past"))
    if at is not None:
        return _send_now(session, actor, delivery, now, at)
    queue.enqueue(session, delivery, now=now)
    session.flush()
    return _decide(session, actor, delivery, DeliveryState.SCHEDULED, now, _afresh(delivery), {"by_hand": True})


def hand_over(session: Session, actor: Actor, delivery_id: int, *, now: datetime, folder: Path) -> Delivery:
    """What surely did not go out, and cannot by itself, is published by hand now, by ``actor``: what failed, was
    missed, or waits for a connection past its time. ``folder`` holds the media files.

    Raises Conflict ``held_back`` while a pause or a missing approval keeps it back.
    """
    possible = {DeliveryState.NEEDS_PERSON, DeliveryState.MISSED, DeliveryState.FAILED, DeliveryState.SCHEDULED}
    delivery = _load(session, actor, delivery_id, possible)
    if not can_be_handed_over(session, delivery, now):
        raise Conflict("cannot_decide", state=delivery.state.value)
    if Holds.read(session, delivery.workspace_id, now).would_hold(delivery) in HELD_BY_PEOPLE:
        raise Conflict("held_back")
    if delivery.state is not DeliveryState.SCHEDULED:
        _send_now(session, actor, delivery, now)
    network = registry.network(delivery.channel.network)
    key = delivery_key(delivery.id, delivery.created_at)
    payload = freeze(network, delivery.post, delivery.channel_id, key, folder)
    taken = {"taken_by_id": actor.user_id, "taken_at": now, "publish_at": now}
    values = {"payload": payload.as_json(), **error(CODE), **taken}
    return _decide(session, actor, delivery, DeliveryState.NEEDS_PERSON, now, values, {"code": CODE, "by_hand": True})


def can_be_handed_over(session: Session, delivery: Delivery, now: datetime) -> bool:
    """Whether a person may publish it by hand in place of the program: it surely is not live, and is not on its way."""
    if delivery.channel.network not in registry.networks() or marks.may_have_gone_out(session, delivery):
        return False
    if delivery.state is DeliveryState.SCHEDULED:
        past = delivery.publish_at is not None and delivery.publish_at <= now
        waits_for = Holds.read(session, delivery.workspace_id, now).would_hold(delivery)
        return past and waits_for in guards.OF_THE_CONNECTION
    if delivery.state is DeliveryState.NEEDS_PERSON:
        return delivery.error_code not in DOUBT | {CODE}
    return delivery.state in (DeliveryState.FAILED, DeliveryState.MISSED)


def drop(session: Session, actor: Actor, delivery_id: int, *, now: datetime) -> Delivery:
    """It is not to go out any more."""
    stuck = {DeliveryState.NEEDS_PERSON, DeliveryState.MISSED, DeliveryState.FAILED}
    return _cancel(session, actor, _load(session, actor, delivery_id, stuck), now)


def _send_now(
    session: Session, actor: Actor, delivery: Delivery, now: datetime, at: datetime | None = None
) -> Delivery:
    queue.leave(session, delivery)
    session.flush()
    zone = session.get_one(Workspace, delivery.workspace_id).zone
    # The promise is made anew: what is late is counted from now on.
    due = {"due_since": at or now, "try_at": at or now} if delivery.step else promise(at or now, zone)
    values = {**_afresh(delivery), **due}
    return _decide(session, actor, delivery, DeliveryState.SCHEDULED, now, values, {"by_hand": True})


def promise(moment: datetime, zone: str) -> dict[str, Any]:
    """The columns of a delivery that is to go out at a moment, with what ``zone``'s clock shows then."""
    wall = f"{to_wall(moment, zone):%Y-%m-%dT%H:%M}"
    return {"publish_at": moment, "try_at": moment, "wall_time": wall, "zone": zone}


def _cancel(session: Session, actor: Actor, delivery: Delivery, now: datetime) -> Delivery:
    queue.leave(session, delivery)
    session.flush()
    return _decide(session, actor, delivery, DeliveryState.CANCELLED, now, {"look_at": None}, {"by_hand": True})


def _afresh(delivery: Delivery) -> dict[str, Any]:
    return {**FREE, **NO_ERROR, **UNTAKEN, "payload": None, "looks": 0, "attempts_forgiven": delivery.attempt_count}


def _decide(
    session: Session,
    actor: Actor,
    delivery: Delivery,
    new: DeliveryState,
    now: datetime,
    values: dict[str, Any],
    data: dict[str, Any],
) -> Delivery:
    with telling.about(delivery, delivery.attempt_count):
        decided = move(session, Ref.of(delivery), delivery.state, new, now, actor=actor, values=values, data=data)
    if not decided:
        raise Conflict("cannot_decide", state=delivery.state.value)
    notices.settle(session, [delivery.id], now)
    session.refresh(delivery)
    return delivery


def _load(session: Session, actor: Actor, delivery_id: int, states: Collection[DeliveryState]) -> Delivery:
    actor.require(Permission.EDIT)
    mine = Delivery.id == delivery_id, Delivery.workspace_id == actor.workspace_id
    lock_posts(session, session.scalars(select(Delivery.post_id).where(*mine)).all())
    delivery = session.scalar(select(Delivery).where(*mine).execution_options(populate_existing=True))
    if delivery is None:
        raise NotFound("not_found")
    if delivery.state not in states:
        raise Conflict("cannot_decide", state=delivery.state.value)
    return delivery


def _candidate_at(delivery: Delivery, url: str | None) -> str | None:
    """The remote id, where the person chose one of the posts that were found."""
    for candidate in (delivery.error_params or {}).get("candidates", []):
        if url is not None and candidate["url"] and normalise_link(candidate["url"]) == normalise_link(url):
            return str(candidate["remote_id"])
    return None


def _is_taken(session: Session, delivery: Delivery, remote_id: str) -> bool:
    channels = account.channels_of_account(session, delivery.channel_id)
    account.one_at_a_time(session, delivery.post_id, channels)
    return bool(account.taken(session, channels, [remote_id], but=delivery.id))


def is_web_address(url: str) -> bool:
    """Whether a person could open this as a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= 2000
