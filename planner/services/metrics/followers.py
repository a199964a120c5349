"""How many follow each channel: asked once a day, and kept."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from planner import logs
from planner.models import Channel, ChannelSnapshot
from planner.security.vault import VaultError
from planner.services import limits
from planner.services.connections import ChannelAccess
from planner.services.publishing.again import write_again
from publishers import registry
from publishers.base import NetworkError
from publishers.limits import Calls

if TYPE_CHECKING:
    from planner.bootstrap import Platform

EVERY = timedelta(hours=23)
#: What a month's growth is told over.
MONTH = timedelta(days=30)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Following:
    """The newest count of a channel, and how many more (or fewer) that is than 30 days before (None: not known)."""

    count: int
    as_of: datetime
    change: int | None


def pull_followers(platform: Platform) -> int:
    """Ask every channel that was not asked today. Returns how many answered. A failure is noted, the others go on."""
    return sum(_pull(platform, access) for access in _due(platform) if not platform.stopping.is_set())


def following(session: Session, channel_id: int) -> Following | None:
    """The channel's newest count. None where there was none yet."""
    newest = session.scalar(_counts(channel_id).order_by(ChannelSnapshot.taken_at.desc()).limit(1))
    if newest is None or newest.followers is None:
        return None
    older = _counts(channel_id).where(ChannelSnapshot.taken_at <= newest.taken_at - MONTH)
    before = session.scalar(older.order_by(ChannelSnapshot.taken_at.desc()).limit(1))
    earlier = before.followers if before is not None else None
    return Following(newest.followers, newest.taken_at, None if earlier is None else newest.followers - earlier)


def history(session: Session, channel_id: int, since: datetime) -> Sequence[ChannelSnapshot]:
    """All counts since a moment, oldest first."""
    query = _counts(channel_id).where(ChannelSnapshot.taken_at >= since)
    return session.scalars(query.order_by(ChannelSnapshot.taken_at)).all()


def _counts(channel_id: int) -> Select[ChannelSnapshot]:
    return select(ChannelSnapshot).where(
        ChannelSnapshot.channel_id == channel_id, ChannelSnapshot.followers.is_not(None)
    )


def _due(platform: Platform) -> list[ChannelAccess]:
    last = (
        select(func.max(ChannelSnapshot.taken_at))
        .where(ChannelSnapshot.channel_id == Channel.id)
        .correlate(Channel)
        .scalar_subquery()
    )
    asked_lately = func.coalesce(last > platform.clock.now() - EVERY, False)
    query = select(Channel).where(
        Channel.archived_at.is_(None),
        Channel.credentials.is_not(None),
        Channel.reconnect_since.is_(None),
        Channel.network.in_([key for key, known in registry.networks().items() if known.capabilities.has_followers]),
        ~asked_lately,
    )
    with platform.database.read() as session:
        return [ChannelAccess.of(channel) for channel in session.scalars(query.order_by(Channel.id))]


def _pull(platform: Platform, access: ChannelAccess) -> bool:
    """What is stored without a number says that it was asked: it is asked again tomorrow, not at the next tick."""
    now = platform.clock.now()
    with platform.database.read() as session:
        if limits.reading_held_until(session, access, Calls.METRICS, now) is not None:
            return False
    count = None
    with logs.about_channel(access.channel_id, access.network, access.workspace_id):
        try:
            with limits.watched(platform, access) as publisher:
                count = publisher.followers()
        except (NetworkError, VaultError) as error:
            _log.info("The channel's followers are not known: %s", error)
    snapshot = ChannelSnapshot(channel_id=access.channel_id, taken_at=now, followers=count)
    write_again(platform.database, lambda session: session.add(snapshot))
    return count is not None
