"""Channels whose access ends, ended, or cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.states import ChannelHealth
from planner.models import Channel
from planner.security.vault import VaultError
from planner.services.channels import health
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem
from planner.services.connections import ChannelAccess


def access(scene: Scene, session: Session) -> Iterator[Finding]:
    """Each channel that needs somebody."""
    query = select(Channel).where(Channel.archived_at.is_(None), scene.within(Channel.workspace_id))
    found = list(session.scalars(query.order_by(Channel.id)))
    ailing = [finding for channel in found if (finding := _ailment(scene, channel))]
    yield from ailing
    if not ailing:
        yield ok("channels", "channels_fine", count=len(found)) if found else ok("channels", "channels_none")


def _ailment(scene: Scene, channel: Channel) -> Finding | None:
    which = {"name": channel.name, "network": channel.network}
    try:
        scene.platform.connections.credentials(ChannelAccess.of(channel))
    except VaultError:
        return problem("channels", "channel_unreadable", **which)
    state = health(channel, scene.now)
    if state is ChannelHealth.EXPIRING and channel.token_expires_at is not None:
        return notice("channels", "channel_expiring", **which, until=channel.token_expires_at)
    if state is ChannelHealth.RECONNECT:
        return problem("channels", "channel_reconnect", **which)
    return None
