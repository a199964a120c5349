"""The channels that a post can go to, each with what its network takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from planner.domain.states import ChannelHealth
from planner.models import Channel
from planner.services import channels
from publishers import registry
from publishers.base import Network


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """A channel in use, its network's rules and its health."""

    channel: Channel
    network: Network
    health: ChannelHealth


def channel_choices(session: Session, workspace_id: int, *, now: datetime) -> list[ChannelChoice]:
    """All channels in use whose network is installed, by network and name."""
    known = registry.networks()
    return [
        ChannelChoice(channel, known[channel.network], channels.health(channel, now))
        for channel in channels.all_of(session, workspace_id)
        if channel.network in known
    ]
