"""What the list of channels shows beside each of them, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.domain.expiry import WEEK
from planner.domain.states import ChannelHealth, DeliveryState
from planner.models import Channel, Delivery, Post, Slot, User
from planner.services import channels

#: What still goes out, or waits for a yes.
AHEAD = (DeliveryState.SCHEDULED, DeliveryState.DRAFT)
#: What archiving a channel would take out of the plan.
PLANNED = (
    DeliveryState.DRAFT,
    DeliveryState.SCHEDULED,
    DeliveryState.FAILED,
    DeliveryState.MISSED,
    DeliveryState.NEEDS_PERSON,
)


@dataclass(frozen=True, slots=True)
class ChannelCard:
    """A channel, its health, when it next publishes, its number of weekly slots, and who looks after it."""

    channel: Channel
    health: ChannelHealth
    next_at: datetime | None
    slots: int
    owner: str | None


def cards(session: Session, workspace_id: int, *, now: datetime) -> list[ChannelCard]:
    """All channels in use, by network and name."""
    found = channels.all_of(session, workspace_id)
    ahead = _next_times(session, workspace_id, now)
    slots = _slot_counts(session, [c.id for c in found])
    owners = _names(session, [c.owner_id for c in found if c.owner_id is not None])
    return [
        ChannelCard(
            channel,
            channels.health(channel, now),
            ahead.get(channel.id),
            slots.get(channel.id, 0),
            owners.get(channel.owner_id or 0),
        )
        for channel in found
    ]


@dataclass(frozen=True, slots=True)
class Remarkable:
    """Channels that people should know of: ``ailing`` ones, whose access has ended (they come first) or ends within a
    week and does not renew itself, and those that are ``rehearsing``."""

    ailing: list[tuple[Channel, ChannelHealth]]
    rehearsing: list[Channel]


def remarkable(session: Session, workspace_id: int, *, now: datetime) -> Remarkable:
    """In one query."""
    ends = Channel.reconnect_since.is_not(None) | (Channel.token_expires_at <= now + WEEK)
    connected = Channel.credentials.is_not(None) | Channel.reconnect_since.is_not(None)
    query = select(Channel).where(
        Channel.workspace_id == workspace_id,
        Channel.archived_at.is_(None),
        Channel.by_hand_since.is_(None),
        Channel.rehearsing_since.is_not(None) | (ends & connected),
    )
    found = session.scalars(query.order_by(Channel.id)).all()
    health = [(channel, channels.health(channel, now)) for channel in found]
    shown = (ChannelHealth.RECONNECT, ChannelHealth.EXPIRING)
    ailing = sorted((one for one in health if one[1] in shown), key=lambda one: shown.index(one[1]))
    return Remarkable(ailing, [channel for channel in found if channel.rehearsing_since is not None])


def planned_count(session: Session, channel_id: int) -> int:
    """How many deliveries an archived channel would take out of the plan."""
    query = (
        select(func.count(Delivery.id))
        .join(Post)
        .where(
            Delivery.channel_id == channel_id,
            Delivery.step == 0,
            Delivery.state.in_(PLANNED),
            Post.deleted_at.is_(None),
        )
    )
    return session.scalar(query) or 0


def next_delivery(session: Session, channel_id: int, *, now: datetime) -> Delivery | None:
    """The delivery that goes out next."""
    query = (
        select(Delivery)
        .join(Post)
        .where(
            Delivery.channel_id == channel_id,
            Delivery.state == DeliveryState.SCHEDULED,
            Delivery.publish_at >= now,
            Post.deleted_at.is_(None),
        )
        .order_by(Delivery.publish_at)
        .limit(1)
    )
    return session.scalar(query)


def _next_times(session: Session, workspace_id: int, now: datetime) -> dict[int, datetime]:
    query = (
        select(Delivery.channel_id, func.min(Delivery.publish_at).label("at"))
        .join(Post)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.state == DeliveryState.SCHEDULED,
            Delivery.publish_at >= now,
            Post.deleted_at.is_(None),
        )
        .group_by(Delivery.channel_id)
    )
    return {row.channel_id: row.at for row in session.execute(query)}


def _slot_counts(session: Session, channel_ids: list[int]) -> dict[int, int]:
    query = select(Slot.channel_id, func.count(Slot.id).label("number")).where(Slot.channel_id.in_(channel_ids))
    return {row.channel_id: row.number for row in session.execute(query.group_by(Slot.channel_id))}


def _names(session: Session, user_ids: list[int]) -> dict[int, str]:
    query = select(User.id, User.name).where(User.id.in_(user_ids))
    return {row.id: row.name for row in session.execute(query)}
