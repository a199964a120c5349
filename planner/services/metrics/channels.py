"""What the networks count of whole channels: asked once a day, and kept.

How many follow is kept for each moment at which it was asked, figures by days for each day. The last days are asked for
again each time, because the networks correct them; what they told before and tell no longer stays.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from planner import logs
from planner.domain.channel_days import CHANNEL_METRICS
from planner.models import Channel, ChannelDay, ChannelSnapshot
from planner.security.vault import VaultError
from planner.services import limits
from planner.services.connections import ChannelAccess
from planner.services.one_of_many import OneOfMany
from planner.services.publishing.again import write_again
from publishers import registry
from publishers.base import NetworkError
from publishers.limits import Calls
from publishers.whole import AccountFigures, Missing, Why

if TYPE_CHECKING:
    from planner.bootstrap import Platform

EVERY = timedelta(hours=23)
#: What a month's growth is told over.
MONTH = timedelta(days=30)
#: How many days are asked for at first, and after a time without an answer; and how many are asked for again each time.
FURTHEST, CORRECTED = timedelta(days=30), timedelta(days=7)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Following:
    """The newest count of a channel, and how many more (or fewer) that is than 30 days before (None: not known)."""

    count: int
    as_of: datetime
    change: int | None


def pull_channels(platform: Platform) -> int:
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


def days(session: Session, channel_id: int, first: date, last: date) -> Sequence[ChannelDay]:
    """The days from ``first`` to ``last`` of which a figure is known, oldest first."""
    query = select(ChannelDay).where(ChannelDay.channel_id == channel_id, ChannelDay.day.between(first, last))
    return session.scalars(query.order_by(ChannelDay.day)).all()


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
    able = [key for key, known in registry.networks().items() if known.capabilities.has_followers]
    query = select(Channel).where(
        Channel.archived_at.is_(None),
        Channel.credentials.is_not(None),
        Channel.reconnect_since.is_(None),
        Channel.network.in_(able),
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
        first, last = _span(session, access.channel_id, now)
    with logs.about_channel(access.channel_id, access.network, access.workspace_id):
        found = _asked(platform, access, first, last)
        with OneOfMany(_log, "The channel's own figures could not be read") as one:
            _keep(platform, access, found, now)
        if one.failed:
            found = None
            _keep(platform, access, found, now)
    return found is not None


def _asked(platform: Platform, access: ChannelAccess, first: date, last: date) -> AccountFigures | None:
    try:
        with limits.watched(platform, access) as publisher:
            return publisher.account_figures(first, last)
    except (NetworkError, VaultError) as error:
        _log.info("The channel's own figures are not known: %s", error)
        return None


def _keep(platform: Platform, access: ChannelAccess, found: AccountFigures | None, now: datetime) -> None:
    able = _able(platform, access)
    given = found or AccountFigures(None, missing=dict.fromkeys(able, Missing(Why.FAILED)))
    given = replace(given, missing={**_not_given_here(access, able), **given.missing})
    write_again(platform.database, lambda session: _store(session, access.channel_id, given, now))


def _span(session: Session, channel_id: int, now: datetime) -> tuple[date, date]:
    """The days to ask for: up to yesterday by UTC, from the first that is not known or may still be corrected."""
    today = now.astimezone(UTC).date()
    newest = session.scalar(select(func.max(ChannelDay.day)).where(ChannelDay.channel_id == channel_id))
    first = today - FURTHEST
    if newest is not None:
        first = max(first, min(newest + date.resolution, today - CORRECTED))
    return first, today - date.resolution


def _not_given_here(access: ChannelAccess, able: Collection[str]) -> dict[str, Missing]:
    """What the network gives of other accounts, and not of this one: LinkedIn's profiles have no days. What followers
    were gained is told by their counts."""
    elsewhere = registry.network(access.network).capabilities.daily_figures
    return {name: Missing(Why.NOT_GIVEN) for name in elsewhere if name not in able and name != "follower_gain"}


def _able(platform: Platform, access: ChannelAccess) -> tuple[str, ...]:
    """The figures by days that the connection has."""
    try:
        return platform.connections.capabilities(access).daily_figures
    except (NetworkError, VaultError):
        return registry.network(access.network).capabilities.daily_figures


def _store(session: Session, channel_id: int, given: AccountFigures, now: datetime) -> None:
    # Two who asked at once would both add the same day.
    session.execute(select(Channel.id).where(Channel.id == channel_id).with_for_update())
    missing = {
        name: {"why": why.why.value, "permissions": list(why.permissions)} for name, why in given.missing.items()
    }
    session.add(
        ChannelSnapshot(
            channel_id=channel_id, taken_at=now, followers=given.followers, extra=dict(given.totals), missing=missing
        )
    )
    if not given.days:
        return
    known = {one.day: one for one in days(session, channel_id, min(given.days), max(given.days))}
    for day, figures in given.days.items():
        row = known.get(day)
        if row is None:
            row = ChannelDay(channel_id=channel_id, day=day, extra={})
            session.add(row)
        _put(row, figures, now)


def _put(row: ChannelDay, figures: Mapping[str, int], now: datetime) -> None:
    """Write what came over what was known; a figure that did not come keeps its value."""
    row.taken_at = now
    row.extra = {**row.extra, **{name: number for name, number in figures.items() if name not in CHANNEL_METRICS}}
    for name in CHANNEL_METRICS:
        if name in figures:
            setattr(row, name, figures[name])
