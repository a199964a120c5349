"""What one delivery's answer means for the whole channel. Only that channel waits; the others go on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from planner.models import Channel
from planner.services import events
from planner.services.actor import machine
from planner.services.connections import ChannelAccess
from planner.services.publishing import notices
from planner.services.publishing.classify import ChannelEffect, Verdict
from planner.services.webhooks import events as webhooks


def apply(session: Session, access: ChannelAccess, verdict: Verdict, now: datetime) -> None:
    """Throttle, pause or mark the channel as the verdict says. ``access`` is what the call was made with."""
    if verdict.channel is ChannelEffect.NONE:
        return
    channel = session.get_one(Channel, access.channel_id)
    if verdict.channel is ChannelEffect.THROTTLE:
        _throttle(channel, verdict.try_at)
    elif verdict.channel is ChannelEffect.PAUSE:
        _pause(session, channel, now, verdict.message)
    else:
        ask_to_reconnect(session, access, now, verdict.message)


def ask_to_reconnect(session: Session, access: ChannelAccess, now: datetime, reason: str) -> None:
    """The channel's access has ended: nothing goes out until a person reconnects it.

    Nothing happens where the channel has got new access since the call.
    """
    channel = session.get_one(Channel, access.channel_id)
    if channel.reconnect_since is not None or channel.credentials_version != access.version:
        return
    channel.reconnect_since, channel.reconnect_reason = now, reason[:500]
    channel.refreshing_until = None
    events.record(session, machine(channel.workspace_id), now, "channel", channel.id, "reconnect_needed")
    notices.about_channel(session, channel.workspace_id, channel.id, now, "channel_reconnect")
    webhooks.about_channel(session, channel, now)


def _throttle(channel: Channel, until: datetime | None) -> None:
    if until is not None and (channel.throttled_until is None or channel.throttled_until < until):
        channel.throttled_until, channel.throttle_reason = until, "unreachable"


def _pause(session: Session, channel: Channel, now: datetime, reason: str) -> None:
    if channel.paused_at is not None:
        return
    by = machine(channel.workspace_id)
    channel.paused_at, channel.pause_reason, channel.paused_by = now, reason[:500], by.label
    events.record(session, by, now, "channel", channel.id, "paused", reason=reason[:500])
    notices.about_channel(session, channel.workspace_id, channel.id, now, "channel_paused")
