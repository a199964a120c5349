"""Telling people, a week and a day before, that a channel's access ends and does not renew itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from planner.domain import expiry
from planner.domain.expiry import Warned
from planner.models import Channel
from planner.services.connections import ChannelAccess
from planner.services.observed import AdapterFailed
from planner.services.publishing import channel_effects, notices
from planner.services.publishing.tables import CHANNEL, changed

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def warn_due(platform: Platform) -> int:
    """Give every warning that is due, each once for one end of access; what has ended asks to be reconnected.

    Also notes which channels renew themselves: that depends on the operator's settings. Returns how many were warned.
    """
    now = platform.clock.now()
    query = select(Channel).where(
        Channel.token_expires_at <= now + expiry.WEEK,
        Channel.archived_at.is_(None),
        Channel.reconnect_since.is_(None),
        Channel.credentials.is_not(None),
    )
    with platform.database.read() as session:
        ending = list(session.scalars(query))
    return sum(_look_after(platform, channel, now) for channel in ending)


def _look_after(platform: Platform, channel: Channel, now: datetime) -> bool:
    access, ends = ChannelAccess.of(channel), channel.token_expires_at
    if ends is None:
        return False
    try:
        renews = platform.connections.renews(access)
    except AdapterFailed:  # what it cannot tell now, it may tell the next time
        return False
    refused, failing_since = channel.renewal_refused_at is not None, channel.renewal_failing_since
    itself = expiry.renews_itself(now, renews=renews, failing_since=failing_since, refused=refused)
    due = Warned.NOT if itself else expiry.warning_due(ends, now)
    before = channel.expiry_warned if channel.expiry_warned_for == ends else Warned.NOT
    has_ended = ends <= now and not renews
    if renews is channel.renews and due <= before and not has_ended:
        return False
    with platform.database.write() as session:
        session.execute(update(CHANNEL).where(CHANNEL.c.id == channel.id).values(renews=renews))
        if has_ended:
            channel_effects.ask_to_reconnect(session, access, now, "The access has ended.")
            return False
        return due > before and _warn(session, channel, ends, due, now, failing=renews)


def _warn(session: Session, channel: Channel, ends: datetime, due: Warned, now: datetime, *, failing: bool) -> bool:
    """Settles the race of two processes for one warning: the second finds it given."""
    not_yet = or_(CHANNEL.c.expiry_warned_for.is_distinct_from(ends), CHANNEL.c.expiry_warned < int(due))
    statement = update(CHANNEL).where(CHANNEL.c.id == channel.id, CHANNEL.c.token_expires_at == ends, not_yet)
    if changed(session, statement.values(expiry_warned=int(due), expiry_warned_for=ends)) != 1:
        return False
    data = {"expires_at": ends.isoformat(), "failing": failing}
    notices.about_channel(session, channel.workspace_id, channel.id, now, "channel_expiring", **data)
    return True
