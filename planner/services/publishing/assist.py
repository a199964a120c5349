"""Publishing by a person: at the due time the owner is asked, and nothing is ever shown as published by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services.connections import ChannelAccess
from planner.services.publishing import notices
from planner.services.publishing.moves import Ref, error, move
from planner.services.publishing.payload import Payload
from publishers import registry

CODE = "assisted"
#: A publication by hand that waits for longer than this after its time is overdue.
GRACE = timedelta(minutes=15)

_ASKS = (DeliveryState.NEEDS_PERSON, DeliveryState.MISSED)


class ByHand(StrEnum):
    """How it stands with what only waits for a person to publish it: no decision is needed, just a hand."""

    WAITS = "assisted"
    OVERDUE = "overdue"


class Asking(Protocol):
    """As much of a delivery as it takes to know whether it waits for a hand."""

    @property
    def state(self) -> DeliveryState: ...

    @property
    def error_code(self) -> str | None: ...

    @property
    def publish_at(self) -> datetime | None: ...


def standing(deliveries: Iterable[Asking], now: datetime) -> ByHand | None:
    """Whether all that these deliveries ask of a person is to publish by hand, and whether that is overdue; None where
    nothing is asked, or a decision is."""
    asking = [d for d in deliveries if d.state in _ASKS]
    if not asking or any(d.error_code != CODE or d.state is not DeliveryState.NEEDS_PERSON for d in asking):
        return None
    late = any(d.publish_at is not None and d.publish_at < now - GRACE for d in asking)
    return ByHand.OVERDUE if late else ByHand.WAITS


def standing_of_posts(session: Session, post_ids: Sequence[int], now: datetime) -> dict[int, ByHand]:
    """:func:`standing` of those of the posts that have one, in one query."""
    query = select(Delivery.post_id, Delivery.state, Delivery.error_code, Delivery.publish_at).where(
        Delivery.post_id.in_(post_ids), Delivery.state.in_(_ASKS)
    )
    asking: dict[int, list[Asking]] = {}
    for row in session.execute(query):
        asking.setdefault(row.post_id, []).append(row)
    found = {post_id: standing(rows, now) for post_id, rows in asking.items()}
    return {post_id: how for post_id, how in found.items() if how is not None}


def is_by_hand(access: ChannelAccess) -> bool:
    """Whether only a person can publish on this channel: its connection holds no credentials and needs none."""
    return access.sealed is None and registry.network(access.network).capabilities_of({}).assisted_only


def ask_owner(session: Session, ref: Ref, payload: Payload, now: datetime) -> None:
    """The time has come: freeze what is to be published and ask."""
    values = {"payload": payload.as_json(), **error(CODE)}
    if move(session, ref, DeliveryState.SCHEDULED, DeliveryState.NEEDS_PERSON, now, values=values, data={"code": CODE}):
        notices.about_delivery(session, ref, now, "delivery_assisted")
