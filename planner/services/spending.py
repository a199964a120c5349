"""What channels cost, by their networks' price lists: what was posted, answered and read this month, and what a post
will cost.

A month is one in UTC, as the networks count. What the network itself shows in its console is what is paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.answers import AnswerState
from planner.domain.states import DeliveryState
from planner.models import Answer, Channel, Delivery, ReadCost
from planner.services.limits.charges import month_name
from planner.services.posts.content import outgoing
from publishers import registry
from publishers.base import Network, OutgoingPost
from publishers.costs import Cost
from publishers.outgoing import follow_ups

if TYPE_CHECKING:
    from planner.services.posts.steps import Step  # reads payloads, which are made of posts

MICROS = 1_000_000
#: What follows a post and surely did not go out, nor will by itself.
NOT_PAID = frozenset({DeliveryState.CANCELLED, DeliveryState.FAILED, DeliveryState.MISSED})


@dataclass(frozen=True, slots=True)
class Spent:
    """A month of one channel, or of several: numbers, and millionths of a US dollar. ``answers`` are those that people
    wrote in conversations."""

    posts: int = 0
    post_micros: int = 0
    reads: int = 0
    read_micros: int = 0
    answers: int = 0
    answer_micros: int = 0

    @property
    def micros(self) -> int:
        """All of it."""
        return self.post_micros + self.read_micros + self.answer_micros

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.posts + other.posts,
            self.post_micros + other.post_micros,
            self.reads + other.reads,
            self.read_micros + other.read_micros,
            self.answers + other.answers,
            self.answer_micros + other.answer_micros,
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


def cost_with_steps(delivery: Delivery, steps: Sequence[Step], folder: Path) -> int | None:
    """What a delivery and all that follows it cost, or will: what is out by what was noted of it, what is still to come
    by the price list. Millionths of a US dollar, None where nothing is asked."""
    first = cost_of_delivery(delivery, folder)
    if first is None or (delivery.payload is None and delivery.state is not DeliveryState.PUBLISHED):
        return first  # nothing, or all of it in advance
    network = registry.networks()[delivery.channel.network]
    return first + sum(_cost_of_step(network, step) for step in steps)


def _cost_of_step(network: Network, step: Step) -> int:
    made = step.delivery
    if made is not None and (made.state in NOT_PAID or made.cost_micros is not None):
        return 0 if made.state in NOT_PAID else made.cost_micros or 0
    cost = network.cost(OutgoingPost(step.text))
    return cost.micros if cost else 0


def this_month(session: Session, workspace_id: int, *, now: datetime) -> Mapping[int, Spent]:
    """By channel id, those that cost anything in the month of ``now``.

    What an answer cost is not kept: it is reckoned from its text by the price list as it stands now.
    """
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
    for channel_id, cost in _answers(session, workspace_id, start, end):
        spent[channel_id] = spent.get(channel_id, Spent()) + Spent(answers=1, answer_micros=cost.micros)
    return spent


def _answers(session: Session, workspace_id: int, start: datetime, end: datetime) -> Iterator[tuple[int, Cost]]:
    """What each answer that went out by the API cost, with its channel's id."""
    query = (
        select(Answer.channel_id, Answer.text, Channel.network)
        .join(Channel, Channel.id == Answer.channel_id)
        .where(
            Answer.workspace_id == workspace_id,
            Answer.state == AnswerState.ANSWERED,
            Answer.attempt_count > 0,
            Answer.answered_at >= start,
            Answer.answered_at < end,
            Channel.network.in_(_paid_networks()),
        )
    )
    for row in session.execute(query):
        cost = registry.network(row.network).cost(OutgoingPost(row.text))
        if cost is not None:
            yield row.channel_id, cost


def _paid_networks() -> list[str]:
    return [key for key, network in registry.networks().items() if network.cost(OutgoingPost("")) is not None]


def _month_of(now: datetime) -> tuple[datetime, datetime]:
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first, following
