"""Taking a channel out of use: its history and figures stay, what was planned for it is cancelled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import FROZEN, DeliveryState
from planner.models import Channel, Delivery
from planner.services import channels, events, queue
from planner.services.actor import Actor
from planner.services.channel_overview import PLANNED
from planner.services.doubt import is_in_doubt
from planner.services.errors import Conflict
from planner.services.publishing.status import lock_channel, lock_posts, refresh_status


def archive(session: Session, actor: Actor, channel_id: int, *, now: datetime) -> Channel:
    """Archive a channel: nothing goes out through it any more, and its credentials are erased.

    Raises NotFound, Forbidden, and Conflict ``channel_is_sending`` while something of it is being sent,
    ``channel_in_doubt`` (``count``) where a person has to say first whether something of it is live.
    """
    actor.require(Permission.MANAGE)
    channel = channels.get(session, actor.workspace_id, channel_id)
    concerned = Delivery.channel_id == channel_id, Delivery.state.in_([*PLANNED, *FROZEN])
    lock_posts(session, session.scalars(select(Delivery.post_id).where(*concerned)).all())
    lock_channel(session, channel_id)  # what it has by now is erased, not what it had when it was looked at
    deliveries = list(session.scalars(select(Delivery).where(*concerned).order_by(Delivery.id).with_for_update()))
    if any(d.state in FROZEN for d in deliveries):
        raise Conflict("channel_is_sending", channel=channel.name)
    if doubted := sum(map(is_in_doubt, deliveries)):
        raise Conflict("channel_in_doubt", channel=channel.name, count=doubted)
    for delivery in deliveries:
        queue.leave(session, delivery)
        delivery.state = DeliveryState.CANCELLED
        delivery.version += 1
        delivery.updated_at = now
        events.record(session, actor, now, "delivery", delivery.id, "cancelled")
    channel.archived_at = now
    channel.credentials = None
    channel.credentials_version += 1
    events.record(session, actor, now, "channel", channel.id, "archived", cancelled=len(deliveries))
    refresh_status(session, *[d.post_id for d in deliveries])
    return channel
