"""What the known limits keep from happening now: asked before the network is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from planner.domain.limits import HEADROOM, TRUE_FOR, Standing
from planner.models import Channel, RateLimit
from planner.services.connections import ChannelAccess
from publishers.limits import Calls

#: What can wait where little is left.
_SPARE = (Calls.METRICS, Calls.DIALOGUE)


@dataclass(frozen=True, slots=True)
class CurrentLimit:
    """A limit that is near or used up. ``channel_id`` None: that of the app, shared by all channels of the network.

    ``calls`` is publish, list, metrics or all; ``left`` in calls, ``share`` from 0 to 1, None where the network does
    not tell. ``held_until`` is set while nothing may be called.
    """

    network: str
    channel_id: int | None
    calls: str
    window: str
    left: int | None
    share: float | None
    resets_at: datetime | None
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class AppLimit:
    """What keeps the channels of an app from publishing: nothing is left until ``held_until``, or what is left is
    shared out among them until ``shared_until``."""

    held_until: datetime | None
    shared_until: datetime | None


def app_limits(session: Session, now: datetime) -> dict[str, AppLimit]:
    """By network, where publishing is near an app's limit."""
    rows = session.scalars(
        select(RateLimit).where(RateLimit.channel_id.is_(None), RateLimit.calls.in_((Calls.PUBLISH, Calls.ALL)))
    )
    found: dict[str, AppLimit] = {}
    for row in rows:
        before = found.get(row.network, AppLimit(None, None))
        shared = row.resets_at if row.left is not None else None
        ends = [_later(before.held_until, row.held_until, now), _later(before.shared_until, shared, now)]
        found[row.network] = AppLimit(*ends)
    return found


def channel_held_until(channel: Channel, apps: Mapping[str, AppLimit], now: datetime) -> datetime | None:
    """Until when a limit, its own or that of its app, keeps a channel from publishing; None where none does."""
    own = channel.throttled_until if channel.throttle_reason != "unreachable" else None
    app = apps.get(channel.network)
    return _later(own, app.held_until if app else None, now)


def _later(one: datetime | None, other: datetime | None, now: datetime) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None and moment > now), default=None)


def current(session: Session, now: datetime, workspace_id: int | None = None) -> list[CurrentLimit]:
    """All limits that are near their end or used up now; of one workspace's channels and their apps, or of all."""
    query = select(RateLimit).order_by(RateLimit.network, RateLimit.channel_id, RateLimit.calls, RateLimit.window)
    if workspace_id is not None:
        mine = select(Channel.id).where(Channel.workspace_id == workspace_id, Channel.archived_at.is_(None))
        networks = select(Channel.network).where(Channel.workspace_id == workspace_id, Channel.archived_at.is_(None))
        of_app = RateLimit.channel_id.is_(None) & RateLimit.network.in_(networks)
        query = query.where(or_(RateLimit.channel_id.in_(mine), of_app))
    return [_current(row, now) for row in session.scalars(query) if _still_true(row, now)]


def reading_held_until(session: Session, access: ChannelAccess, calls: Calls, now: datetime) -> datetime | None:
    """Until when a channel's posts must not be listed (``Calls.LIST``), its figures (``Calls.METRICS``) or what people
    say (``Calls.DIALOGUE``) asked for; None where they may.

    Where one limit counts reading and publishing alike, these two leave the last of it to publishing.
    """
    known = {"channel": access.channel_id, "network": access.network, "calls": [calls, Calls.ALL]}
    ends = [_end(row, calls, now) for row in session.scalars(_CONCERNING, known)]
    return max((end for end in ends if end is not None and end > now), default=None)


def _end(row: RateLimit, calls: Calls, now: datetime) -> datetime | None:
    if row.held_until is not None and row.held_until > now:
        return row.held_until
    is_spare = calls in _SPARE and row.calls == Calls.ALL and row.share is not None and row.share < HEADROOM
    return (row.resets_at or row.seen_at + TRUE_FOR) if is_spare else None


def _still_true(row: RateLimit, now: datetime) -> bool:
    return standing_of(row).is_true(now) or (row.held_until is not None and row.held_until > now)


def standing_of(row: Any) -> Standing:
    """A row as the rules see it."""
    return Standing(row.left, row.share, row.resets_at, row.held_until, row.strikes, row.since, row.seen_at)


def _current(row: RateLimit, now: datetime) -> CurrentLimit:
    held = row.held_until if row.held_until is not None and row.held_until > now else None
    return CurrentLimit(row.network, row.channel_id, row.calls, row.window, row.left, row.share, row.resets_at, held)


_CONCERNING = select(RateLimit).where(
    or_(
        RateLimit.channel_id == bindparam("channel"),
        RateLimit.channel_id.is_(None) & (RateLimit.network == bindparam("network")),
    ),
    RateLimit.calls.in_(bindparam("calls", expanding=True)),
)
