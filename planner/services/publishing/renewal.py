"""Renewing access before it ends. Some networks take a refresh token only once, so only one process may try."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy.orm import Session

from planner import logs
from planner.models import Channel
from planner.security.vault import VaultError
from planner.services import events
from planner.services.actor import machine
from planner.services.channels import parse_moment
from planner.services.connections import ChannelAccess
from planner.services.one_of_many import OneOfMany
from planner.services.publishing import channel_effects, guards
from planner.services.publishing.access import hold_waiting, release_waiting
from planner.services.publishing.again import write_again
from planner.services.publishing.classify import advice_of
from planner.services.publishing.tables import CHANNEL, changed
from publishers.base import Credentials, NetworkError, ReconnectNeeded

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Short-lived tokens are renewed this long before they end; one call must never outlive its token.
SHORT = timedelta(minutes=15)
#: Tokens that have more than a day left are long-lived: they are renewed in their last week.
DAY, WEEK = timedelta(days=1), timedelta(days=7)
#: How long one try to renew keeps others away at least, and how long to leave a network alone after one that failed.
TURN = timedelta(minutes=2)
#: A token that was given once is given no second time: what the network gave is worth nearly two minutes of trying.
STORE_TRIES = 30

_log = logging.getLogger(__name__)


class Renewal(StrEnum):
    """How a try to renew ended. ``elsewhere``: another process is at it, or did it."""

    RENEWED = "renewed"
    ELSEWHERE = "elsewhere"
    IMPOSSIBLE = "impossible"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Renewed:
    """How it ended, with the access as it stands now, and what the network said where it failed."""

    renewal: Renewal
    access: ChannelAccess
    error: NetworkError | None = None

    def differs_from(self, access: ChannelAccess) -> bool:
        """Whether the channel has other access now, from this renewal or from elsewhere."""
        return self.access.version != access.version


def is_short_of_time(expires_at: datetime | None, now: datetime, seconds: float) -> bool:
    """Whether the token might end within the time that a call needs."""
    return expires_at is not None and expires_at <= now + timedelta(seconds=seconds)


def renewal_is_due(expires_at: datetime, now: datetime, refused_at: datetime | None = None) -> bool:
    """Whether a token should be renewed by the clock. What was refused is asked for once more a day later: its reason
    may have been the developer app."""
    left = expires_at - now
    return left <= SHORT or (DAY < left <= WEEK and (refused_at is None or refused_at <= now - DAY))


def renew(platform: Platform, access: ChannelAccess, *, early: bool = False) -> Renewed:
    """Renew a channel's access. A channel whose access has ended for good is marked for reconnection. On the stage
    there is nothing to renew.

    ``early``: the present access lasts for long enough to publish with it. Then a refusal ends nothing yet (a refresh
    token may end before the last access token that it gave); it is written down, so that people are warned.
    """
    if access.rehearsing:
        return Renewed(Renewal.IMPOSSIBLE, access)
    with logs.about_channel(access.channel_id, access.network, access.workspace_id):
        return _renew(platform, access, early=early)


def _renew(platform: Platform, access: ChannelAccess, *, early: bool) -> Renewed:
    now = platform.clock.now()
    ends = now + turn_of(platform)
    with platform.database.write() as session:
        if not _take_turn(session, access, now, ends):
            return Renewed(Renewal.ELSEWHERE, _present(session, access))
    try:
        with platform.connections.publisher(access) as publisher:
            if not _call_ends_within(platform, ends):
                return Renewed(Renewal.ELSEWHERE, access)
            fresh = publisher.refresh()
    except (ReconnectNeeded, VaultError) as error:
        _end(platform, access, (now, ends), error, early=early)
        return Renewed(Renewal.IMPOSSIBLE, access)
    except NetworkError as error:
        _log.warning("The channel's access could not be renewed: %s", error)
        write_again(platform.database, lambda session: _note_failure(session, access, now))
        return Renewed(Renewal.FAILED, access, error)
    if fresh is None:
        write_again(platform.database, lambda session: _leave_turn(session, access, ends))
        return Renewed(Renewal.IMPOSSIBLE, access)
    renewed: Credentials = fresh
    stored = write_again(platform.database, lambda session: _store(session, platform, access, renewed), STORE_TRIES)
    return Renewed(Renewal.RENEWED, stored)


def _end(
    platform: Platform,
    access: ChannelAccess,
    turn: tuple[datetime, datetime],
    error: ReconnectNeeded | VaultError,
    *,
    early: bool,
) -> None:
    """Write down that this access is renewed no more: at once a person's matter, unless it still lasts. ``turn`` is
    when ours began and until when it was ours."""
    (now, ends), advice = turn, advice_of(error) if isinstance(error, ReconnectNeeded) else None

    def end(session: Session) -> None:
        _leave_turn(session, access, ends)
        if early and isinstance(error, ReconnectNeeded):
            _note_refusal(session, access, now)
        else:
            channel_effects.ask_to_reconnect(session, access, now, str(error), advice)

    _log.warning("The access is renewed no more: %s", error)
    write_again(platform.database, end)


def turn_of(platform: Platform) -> timedelta:
    """How long one try to renew keeps others away: always longer than its call can take."""
    return max(TURN, timedelta(seconds=4 * platform.settings.send_timeout_seconds))


def _call_ends_within(platform: Platform, ends: datetime) -> bool:
    """Whether a call that begins now is over before the turn is. Not where the process stood still meanwhile: then
    another may be spending the token."""
    return platform.clock.now() + timedelta(seconds=2 * platform.settings.send_timeout_seconds) <= ends


def renew_due(platform: Platform) -> int:
    """Renew what ends soon, channel after channel. Returns how many were renewed."""
    now = platform.clock.now()
    with platform.database.read() as session:
        due = [
            (ChannelAccess.of(channel), channel.token_expires_at - now > SHORT)
            for channel in session.scalars(_MAY_BE_DUE, {"now": now, "soon": now + WEEK})
            if channel.token_expires_at is not None
            and renewal_is_due(channel.token_expires_at, now, channel.renewal_refused_at)
        ]
    return sum(_is_renewed(platform, access, early) for access, early in due if not platform.stopping.is_set())


def _is_renewed(platform: Platform, access: ChannelAccess, early: bool) -> bool:
    """One whose adapter gives what nobody foresaw keeps none of the others back."""
    with OneOfMany(_log, "What the network gave as new access could not be read"):
        return renew(platform, access, early=early).renewal is Renewal.RENEWED
    now = platform.clock.now()
    write_again(platform.database, lambda session: _note_failure(session, access, now))
    return False


def _take_turn(session: Session, access: ChannelAccess, now: datetime, ends: datetime) -> bool:
    """Settles the race for a refresh token that works once: the second finds a turn running, or a new version."""
    statement = (
        update(CHANNEL)
        .where(
            CHANNEL.c.id == access.channel_id,
            CHANNEL.c.credentials_version == access.version,
            or_(CHANNEL.c.refreshing_until.is_(None), CHANNEL.c.refreshing_until <= now),
        )
        .values(refreshing_until=ends)
    )
    return changed(session, statement) == 1


def _leave_turn(session: Session, access: ChannelAccess, ends: datetime) -> None:
    """Nothing was spent, so nobody has to wait for the turn's end. One that somebody else took since stays theirs."""
    ours = (CHANNEL.c.id == access.channel_id) & (CHANNEL.c.refreshing_until == ends)
    changed(session, update(CHANNEL).where(ours).values(refreshing_until=None))


def _note_failure(session: Session, access: ChannelAccess, now: datetime) -> None:
    statement = update(CHANNEL).where(_is_still(access), CHANNEL.c.renewal_failing_since.is_(None))
    changed(session, statement.values(renewal_failing_since=now))


def _note_refusal(session: Session, access: ChannelAccess, now: datetime) -> None:
    changed(session, update(CHANNEL).where(_is_still(access)).values(renewal_refused_at=now))


def _is_still(access: ChannelAccess) -> ColumnElement[bool]:
    return (CHANNEL.c.id == access.channel_id) & (CHANNEL.c.credentials_version == access.version)


def _present(session: Session, access: ChannelAccess) -> ChannelAccess:
    return ChannelAccess.of(session.get_one(Channel, access.channel_id))


def _store(session: Session, platform: Platform, access: ChannelAccess, fresh: Mapping[str, str]) -> ChannelAccess:
    channel = hold_waiting(session, access.channel_id)
    if channel.credentials_version != access.version:  # a person reconnected it meanwhile
        return ChannelAccess.of(channel)
    channel.credentials = platform.vault.seal(fresh)
    channel.credentials_version += 1
    channel.token_expires_at = parse_moment(fresh.get("expires_at", ""))
    channel.refreshing_until = channel.renewal_failing_since = channel.renewal_refused_at = None
    actor, now = machine(channel.workspace_id), platform.clock.now()
    if channel.reconnect_since is not None:
        # Another process took its turn after ours, found the token spent and asked for a person: no need any more.
        channel.reconnect_since = channel.reconnect_reason = channel.reconnect_advice = None
        release_waiting(session, channel, now)
    events.record(session, actor, now, "channel", channel.id, "access_renewed")
    return ChannelAccess.of(channel)


_MAY_BE_DUE = (
    select(Channel)
    .where(
        Channel.token_expires_at <= bindparam("soon"),
        Channel.archived_at.is_(None),
        Channel.reconnect_since.is_(None),
        Channel.credentials.is_not(None),
        or_(Channel.refreshing_until.is_(None), Channel.refreshing_until <= guards.NOW),
    )
    .order_by(Channel.id)
)
