"""Everything before the visible call, while the delivery is claimed: access that lasts, media at the network."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from planner.domain.states import DeliveryState, Outcome
from planner.services.connections import ChannelAccess
from planner.services.publishing import renewal
from planner.services.publishing.claim import Claimed
from planner.services.publishing.classify import ChannelEffect, Verdict, not_renewed
from planner.services.publishing.payload import MediaLost, check_media
from planner.services.publishing.renewal import Renewal
from publishers.base import Heard, Prepared, Publisher

if TYPE_CHECKING:
    from planner.bootstrap import Platform

SHORT_WAIT = timedelta(seconds=5)


class NotReady(Exception):
    """The visible call is not made; the verdict says what becomes of the delivery."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.code)
        self.verdict = verdict


class HandBack(Exception):
    """Nothing is wrong with the delivery, but this is not the moment: scheduled again, no attempt counted."""

    def __init__(self, try_at: datetime | None = None) -> None:
        super().__init__("handed back")
        self.try_at = try_at


def lasting_access(platform: Platform, work: Claimed) -> ChannelAccess:
    """The channel's access, renewed where it would end during the call. Raises NotReady, HandBack."""
    now = platform.clock.now()
    needed = platform.settings.prepare_timeout_seconds + 2 * platform.settings.send_timeout_seconds
    if not renewal.is_short_of_time(work.token_expires_at, now, needed):
        return work.access
    renewed = renewal.renew(platform, work.access)
    if renewed.differs_from(work.access):
        return renewed.access
    if not renewal.is_short_of_time(work.token_expires_at, now, platform.settings.send_timeout_seconds):
        return work.access  # it lasts for this call
    if renewed.renewal is Renewal.ELSEWHERE:
        raise HandBack(now + SHORT_WAIT)
    if renewed.renewal is Renewal.FAILED:
        raise NotReady(not_renewed(renewed.error, work.attempts + 1, now))
    raise NotReady(needs_reconnection("The access has ended."))


def upload(publisher: Publisher, work: Claimed, hear: Heard) -> Prepared:
    """Bring the media to the network. Raises NotReady, what ``hear`` raises, and any NetworkError."""
    try:
        check_media(work.payload)
    except MediaLost as lost:
        raise NotReady(Verdict(Outcome.REJECTED, DeliveryState.FAILED, lost.code)) from lost
    return publisher.prepare(work.payload.post, hear)


def needs_reconnection(reason: str) -> Verdict:
    """Surely not sent, and no try helps before a person reconnects the channel."""
    effect = ChannelEffect.RECONNECT
    return Verdict(Outcome.RECONNECT, DeliveryState.NEEDS_PERSON, "reconnect", reason, channel=effect)
