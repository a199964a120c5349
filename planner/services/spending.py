"""What channels cost, by their networks' price lists: what was posted and read this month, and what a post will cost.

A month is one in UTC, as the networks count. What the network itself shows in its console is what is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, ReadCost
from planner.services.limits.charges import month_name
from planner.services.posts.content import outgoing
from publishers import registry
from publishers.base import Network, OutgoingPost
from publishers.costs import Cost
from publishers.outgoing import follow_ups

MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """A month of one channel, or of several: numbers, and millionths of a US dollar."""

    posts: int = 0
    post_micros: int = 0
    reads: int = 0
    read_micros: int = 0

    @property
    def micros(self) -> int:
        """All of it."""
        return self.post_micros + self.read_micros

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.posts + other.posts,
            self.post_micros + other.post_micros,
            self.reads + other.reads,
            self.read_micros + other.read_micros,
        )


def cost_of(network: Network, post: OutgoingPost) -> Cost | None:
    """What a post costs with all that follows it. None where the network asks nothing."""
    first = network.cost(post)
    if first is None:
        return None
    following = [network.cost(part) for _, part in follow_ups(post)]
    known = [cost for cost in (first, *following) if cost is not None]
    return Cost(sum(cost.micros for cost in known), any(cost.with_link for cost in known))


def cost_on(channel: Channel, post: OutgoingPost) -> Cost | None:
    """As :func:`cost_of`, on a channel: by hand, a post costs nothing."""
    known = registry.networks().get(channel.network)
    return None if known is None or channel.credentials is None else cost_of(known, post)


def cost_of_delivery(delivery: Delivery, folder: Path) -> int | None:
    """What a delivery cost, or will: as frozen, else as its post stands. Millionths of a US dollar."""
    if delivery.state is DeliveryState.CANCELLED:
        return None
    if delivery.payload is not None or delivery.state is DeliveryState.PUBLISHED:
        return delivery.cost_micros
    known = registry.networks().get(delivery.channel.network)
    if known is None:
        return None
    cost = cost_on(delivery.channel, outgoing(delivery.post, delivery.channel_id, folder, known))
    return cost.micros if cost else None


def this_month(session: Session, workspace_id: int, *, now: datetime) -> Mapping[int, Spent]:
    """By channel id, those that cost anything in the month of ``now``."""
    start, end = _month_of(now)
    posted = (
        select(Delivery.channel_id, func.count().label("number"), func.sum(Delivery.cost_micros).label("micros"))
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.state == DeliveryState.PUBLISHED,
            Delivery.cost_micros.is_not(None),
            Delivery.rehearsed.is_(False),
            Delivery.published_at >= start,
            Delivery.published_at < end,
        )
        .group_by(Delivery.channel_id)
    )
    read = (
        select(ReadCost.channel_id, ReadCost.reads, ReadCost.micros)
        .join(Channel, Channel.id == ReadCost.channel_id)
        .where(Channel.workspace_id == workspace_id, ReadCost.month == month_name(now))
    )
    spent: dict[int, Spent] = {}
    for row in session.execute(posted):
        spent[row.channel_id] = Spent(posts=row.number, post_micros=int(row.micros))
    for row in session.execute(read):
        spent[row.channel_id] = spent.get(row.channel_id, Spent()) + Spent(reads=row.reads, read_micros=row.micros)
    return spent


def _month_of(now: datetime) -> tuple[datetime, datetime]:
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first, following
