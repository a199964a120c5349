"""What only waits for a person to publish it by hand: no decision is needed, just a hand, and it is overdue one day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post
from publishers import registry

#: The code of a delivery that waits for a hand.
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


def is_by_hand(channel: Channel) -> bool:
    """Whether a person publishes here: by choice, or because the network takes nothing from programs."""
    if channel.by_hand_since is not None:
        return True
    known = registry.networks().get(channel.network)
    return channel.credentials is None and known is not None and known.capabilities_of({}).assisted_only


def on_a_channel_by_hand() -> ColumnElement[bool]:
    """SQL, about a channel: people publish there, by choice or because its network takes nothing from programs. (One
    that lost its credentials waits for a reconnection instead.)"""
    has_none = and_(Channel.credentials.is_(None), Channel.reconnect_since.is_(None))
    return or_(Channel.by_hand_since.is_not(None), has_none)


def asks_for_more() -> ColumnElement[bool]:
    """The condition on a post that something else is asked of a person than to publish by hand."""
    return exists().where(
        Delivery.post_id == Post.id,
        Delivery.state.in_(_ASKS),
        or_(Delivery.state != DeliveryState.NEEDS_PERSON, Delivery.error_code.is_distinct_from(CODE)),
    )


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
