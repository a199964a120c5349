"""What a person decides about a delivery that cannot go on by itself.

Each function raises NotFound outside the actor's workspace, Forbidden, and Conflict ``cannot_decide`` where the
delivery is not in a state that leaves this choice. Wake the scheduler after the transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
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
from planner.services.errors import Conflict, FieldError, Invalid, NotFound
from planner.services.publishing import notices, telling
from planner.services.publishing.finish import published_values
from planner.services.publishing.moves import FREE, NO_ERROR, Ref, move

#: The error codes that are about doubt: it may be live. The others in `needs_person` were surely not sent.
DOUBT = frozenset({"ambiguous", "cannot_list", "attempts_exhausted", "assisted"})


def is_live(session: Session, actor: Actor, delivery_id: int, url: str | None, *, now: datetime) -> Delivery:
    """“It is live”: published, at ``url`` where the person gives one.

    Raises Invalid at ``url`` (``link_invalid``), Conflict ``id_taken`` where it is another delivery's post.
    """
    delivery = _load(session, actor, delivery_id, {DeliveryState.NEEDS_PERSON, DeliveryState.MISSED})
    url = (url or "").strip() or None
    if url is not None and not _is_web_address(url):
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
    return _send_now(session, actor, delivery, now) if send else _cancel(session, actor, delivery, now)


def send_now(
    session: Session, actor: Actor, delivery_id: int, *, now: datetime, at: datetime | None = None
) -> Delivery:
    """A missed or failed one goes out after all: at once, or ``at`` a moment soon."""
    delivery = _load(session, actor, delivery_id, {DeliveryState.MISSED, DeliveryState.FAILED})
    return _send_now(session, actor, delivery, now, at)


def send_in_next_slot(session: Session, actor: Actor, delivery_id: int, *, now: datetime) -> Delivery:
    """A missed or failed one takes the next free slot of its channel. Raises Invalid where it has none."""
    delivery = _load(session, actor, delivery_id, {DeliveryState.MISSED, DeliveryState.FAILED})
    queue.enqueue(session, delivery, now=now)
    session.flush()
    return _decide(session, actor, delivery, DeliveryState.SCHEDULED, now, _afresh(delivery), {"by_hand": True})


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
    values = {**_afresh(delivery), **promise(at or now, zone)}
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
    return {**FREE, **NO_ERROR, "payload": None, "looks": 0, "attempts_forgiven": delivery.attempt_count}


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
    notices.settle(session, delivery.id, now)
    session.refresh(delivery)
    return delivery


def _load(session: Session, actor: Actor, delivery_id: int, states: Collection[DeliveryState]) -> Delivery:
    actor.require(Permission.EDIT)
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.workspace_id == actor.workspace_id)
    delivery = session.scalar(query.execution_options(populate_existing=True))
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
    query = select(Delivery.id).where(Delivery.channel_id == delivery.channel_id, Delivery.remote_id == remote_id)
    return session.scalar(query) not in (None, delivery.id)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= 2000
