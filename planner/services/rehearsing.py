"""Channels that rehearse: everything happens as ever, but on the stage (:mod:`planner.stage`), not at the network."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from planner.config import Settings
from planner.domain.roles import Permission
from planner.domain.states import FROZEN, DeliveryState
from planner.models import Channel, Delivery
from planner.services import channels, events
from planner.services.actor import Actor
from planner.services.by_hand import is_by_hand
from planner.services.errors import Conflict
from planner.stage import plays
from publishers import registry


def is_possible(settings: Settings) -> bool:
    """Whether all processes of this installation would meet on one stage."""
    return settings.rehearsal_url is not None or settings.database_url.startswith("sqlite")


def can_rehearse(channel: Channel) -> bool:
    """Whether there is something to rehearse: a connection to a network that can be played."""
    network = registry.networks().get(channel.network)
    connected = channel.credentials is not None and not is_by_hand(channel)
    return connected and network is not None and plays(network)


def begin(session: Session, actor: Actor, channel_id: int, *, settings: Settings, now: datetime) -> Channel:
    """From now on nothing of this channel reaches its network.

    Raises NotFound, Forbidden, and Conflict ``no_stage``, ``cannot_rehearse``, ``rehearsal_in_flight``.
    """
    actor.require(Permission.MANAGE)
    channel = _locked(session, actor, channel_id)
    if not is_possible(settings):
        raise Conflict("no_stage")
    if not can_rehearse(channel):
        raise Conflict("cannot_rehearse")
    if channel.rehearsing_since is None:
        _refuse_in_flight(session, channel)
        channel.rehearsing_since = now
        events.record(session, actor, now, "channel", channel.id, "rehearsal_begun")
    return channel


def end(session: Session, actor: Actor, channel_id: int, *, now: datetime) -> Channel:
    """Posts reach the network again. What was rehearsed stays rehearsed.

    Raises NotFound, Forbidden, and Conflict ``rehearsal_in_flight``.
    """
    actor.require(Permission.MANAGE)
    channel = _locked(session, actor, channel_id)
    if channel.rehearsing_since is not None:
        _refuse_in_flight(session, channel)
        channel.rehearsing_since = None
        events.record(session, actor, now, "channel", channel.id, "rehearsal_ended")
    return channel


def _locked(session: Session, actor: Actor, channel_id: int) -> Channel:
    """Whoever begins a sending looks at the channel under a lock that this one waits for."""
    channel = channels.get(session, actor.workspace_id, channel_id)
    session.execute(select(Channel.id).where(Channel.id == channel.id).with_for_update()).all()
    session.refresh(channel)
    return channel


def _refuse_in_flight(session: Session, channel: Channel) -> None:
    """What is on its way was meant for where it is going; whether it arrived is asked there."""
    follows = and_(Delivery.step > 0, Delivery.state == DeliveryState.SCHEDULED)  # under a post that is there already
    on_its_way = or_(Delivery.state.in_(FROZEN), follows)
    if session.scalar(select(Delivery.id).where(Delivery.channel_id == channel.id, on_its_way).limit(1)) is not None:
        raise Conflict("rehearsal_in_flight")
