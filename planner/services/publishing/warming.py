"""The first delivery of a process is not to pay for what is loaded only once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from planner import logs
from planner.models import Channel
from planner.security.vault import VaultError
from planner.services.connections import ChannelAccess
from publishers import registry
from publishers.base import NetworkError

if TYPE_CHECKING:
    from planner.bootstrap import Platform

_log = logging.getLogger(__name__)


def warm_up(platform: Platform) -> None:
    """Open, without a word to anyone, a connection of each network in use: that loads the network's client package."""
    newest = select(func.max(Channel.id)).where(Channel.credentials.is_not(None), Channel.archived_at.is_(None))
    with platform.database.read() as session:
        ids = session.scalars(newest.group_by(Channel.network)).all()
        accesses = [ChannelAccess.of(c) for c in session.scalars(select(Channel).where(Channel.id.in_(ids)))]
    for access in accesses:
        if access.network in registry.networks():
            with logs.about_channel(access.channel_id, access.network, access.workspace_id):
                try:
                    with platform.connections.publisher(access):
                        pass
                except (NetworkError, VaultError) as error:
                    _log.info("The channel could not be warmed up: %s", error)
