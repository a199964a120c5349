"""What one delivery's answer means for the whole channel. Only that channel waits; the others go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from planner.models import Channel
from planner.services import events
from planner.services.actor import machine
from planner.services.connections import ChannelAccess
from planner.services.publishing import notices
from planner.services.publishing.classify import ChannelEffect, Verdict
from planner.services.publishing.status import lock_channel
from planner.services.webhooks import events as webhooks


def apply(session: Session, access: ChannelAccess, verdict: Verdict, now: datetime) -> None:
    """Throttle, pause or mark the channel as the verdict says. ``access`` is what the call was made with."""
    if verdict.channel is ChannelEffect.NONE:
        return
    if verdict.channel is ChannelEffect.THROTTLE:
        _throttle(lock_channel(session, access.channel_id), verdict.try_at)
    elif verdict.channel is ChannelEffect.PAUSE:
        _pause(session, lock_channel(session, access.channel_id), now, verdict)
    else:
        ask_to_reconnect(session, access, now, verdict.message, verdict.advice)
    session.flush()  # what is written past the objects afterwards, as a limit's end is, builds on it


def ask_to_reconnect(
    session: Session, access: ChannelAccess, now: datetime, reason: str, advice: Mapping[str, Any] | None = None
) -> None:
    """The channel's access has ended: nothing goes out until a person reconnects it, and does what ``advice`` says.

    Nothing happens where the channel has got new access since the call.
    """
    channel = lock_channel(session, access.channel_id)
    if channel.reconnect_since is not None or channel.credentials_version != access.version:
        return
    channel.reconnect_since, channel.reconnect_reason = now, reason[:500]
    channel.reconnect_advice = dict(advice) if advice else None
    events.record(session, machine(channel.workspace_id), now, "channel", channel.id, "reconnect_needed")
    notices.about_channel(session, channel.workspace_id, channel.id, now, "channel_reconnect")
    webhooks.about_channel(session, channel, now)


def _throttle(channel: Channel, until: datetime | None) -> None:
    if until is not None and (channel.throttled_until is None or channel.throttled_until < until):
        channel.throttled_until, channel.throttle_reason = until, "unreachable"


def _pause(session: Session, channel: Channel, now: datetime, verdict: Verdict) -> None:
    if channel.paused_at is not None:
        return
    by, reason = machine(channel.workspace_id), verdict.message[:500]
    channel.paused_at, channel.pause_reason, channel.paused_by = now, reason, by.label
    channel.pause_advice = dict(verdict.advice) or None
    events.record(session, by, now, "channel", channel.id, "paused", reason=reason)
    notices.about_channel(session, channel.workspace_id, channel.id, now, "channel_paused")
