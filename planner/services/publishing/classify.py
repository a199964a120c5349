"""From what a network said to where the delivery goes. What does not say for sure is never sent again directly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from planner.domain import retry
from planner.domain.states import DeliveryState, Outcome
from publishers.base import (
    Blocked,
    Duplicate,
    NetworkError,
    PaymentRequired,
    ReconnectNeeded,
    Refused,
    Rejected,
    Throttled,
    Uncertain,
    Unsupported,
    VersionOver,
)
from publishers.limits import Calls, LimitReading, Scope, spent


class ChannelEffect(StrEnum):
    """What one answer means for the channel's other deliveries."""

    NONE = "none"
    THROTTLE = "throttle"
    PAUSE = "pause"
    RECONNECT = "reconnect"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an attempt ended and where the delivery goes. ``try_at`` is set where it is scheduled again; ``named_id`` is
    the post that a network says it has already; ``limits`` is what its answer said of them. ``advice`` is the code of
    what a person can do, with what it needs to be said (see :mod:`planner.services.publishing.advising`)."""

    outcome: Outcome
    state: DeliveryState
    code: str
    message: str = ""
    status: int | None = None
    try_at: datetime | None = None
    channel: ChannelEffect = ChannelEffect.NONE
    named_id: str | None = None
    limits: tuple[LimitReading, ...] = ()
    advice: Mapping[str, Any] = field(default_factory=dict)

    @property
    def throttled(self) -> bool:
        """Whether a limit of the network was the only reason: that counts as no try."""
        return self.code == THROTTLED


THROTTLED, RECONNECT = "throttled", "reconnect"

#: What is said where access could not be renewed just now.
NOT_IN_TIME = "The access could not be renewed in time."

#: Surely not accepted, and no second try: the first kind that fits names it.
REJECTIONS: Mapping[type[NetworkError], str] = {
    PaymentRequired: "payment_required",
    Rejected: "rejected",
    Unsupported: "unsupported",
}

#: Surely not accepted, and no other post will be before a person acts.
PAUSES: Mapping[type[NetworkError], str] = {Blocked: "blocked", VersionOver: "version_over"}


def classify(error: NetworkError, attempts: int, now: datetime) -> Verdict:
    """The verdict on the visible call. ``attempts`` counts this one and those before that a person has not forgiven."""
    if isinstance(error, Throttled):
        return _throttled(error)
    if isinstance(error, Refused):
        return _refused(error, attempts, now)
    if isinstance(error, Duplicate):
        return _verdict(error, Outcome.DUPLICATE, DeliveryState.UNKNOWN, "duplicate", named_id=error.existing_id)
    if isinstance(error, ReconnectNeeded):
        effect = ChannelEffect.RECONNECT
        return _verdict(error, Outcome.RECONNECT, DeliveryState.NEEDS_PERSON, RECONNECT, channel=effect)
    for kind, code in REJECTIONS.items():
        if isinstance(error, kind):
            return _verdict(error, Outcome.REJECTED, DeliveryState.FAILED, code)
    return _verdict(error, Outcome.UNCERTAIN, DeliveryState.UNKNOWN, "unconfirmed")


def classify_preparation(error: NetworkError, attempts: int, now: datetime) -> Verdict:
    """The verdict on anything before the visible call: nothing was sent, whatever went wrong."""
    if isinstance(error, Uncertain):
        return _refused(_as_refused(error), attempts, now)
    if isinstance(error, Duplicate):
        return _verdict(error, Outcome.REJECTED, DeliveryState.FAILED, "rejected")
    return classify(error, attempts, now)


def again_after_refresh(error: ReconnectNeeded, now: datetime) -> Verdict:
    """The token had ended and was renewed: surely not sent, so at once again."""
    return _verdict(error, Outcome.RECONNECT, DeliveryState.SCHEDULED, "token_renewed", try_at=now)


def not_renewed(error: NetworkError | None, attempts: int, now: datetime) -> Verdict:
    """The token could not be renewed at this moment, which says nothing about the access: surely not sent, later again.
    ``error`` is what the network said; None where another process is renewing it."""
    reason = error if isinstance(error, Throttled) else Refused(NOT_IN_TIME)
    return classify_preparation(reason, attempts, now)


def too_slow(now: datetime) -> Verdict:
    """The process stood still between its last check and the call, and did not call."""
    return Verdict(Outcome.REFUSED, DeliveryState.SCHEDULED, "too_slow", try_at=now)


def _throttled(error: Throttled) -> Verdict:
    """Nothing is wrong with the delivery: it keeps its place and waits, as all do whose limit it is, for its end."""
    limits = error.limits
    if not any(reading.used_up and reading.calls in (Calls.PUBLISH, Calls.ALL) for reading in limits):
        limits = (*limits, spent(Scope.CHANNEL, Calls.PUBLISH, "throttle", error.retry_after))
    message, advice = error.network_message or str(error), advice_of(error)
    return Verdict(
        Outcome.REFUSED, DeliveryState.SCHEDULED, THROTTLED, message, error.status, limits=limits, advice=advice
    )


def _refused(error: Refused, attempts: int, now: datetime) -> Verdict:
    if error.pause_channel:
        effect = ChannelEffect.PAUSE
        code = next((code for kind, code in PAUSES.items() if isinstance(error, kind)), "quota_spent")
        return _verdict(error, Outcome.REFUSED, DeliveryState.SCHEDULED, code, try_at=now, channel=effect)
    try_at = retry.next_try(now, attempts, error.retry_after)
    if try_at is None:
        return _verdict(error, Outcome.REFUSED, DeliveryState.FAILED, "attempts_exhausted")
    effect = ChannelEffect.THROTTLE
    return _verdict(error, Outcome.REFUSED, DeliveryState.SCHEDULED, "refused", try_at=try_at, channel=effect)


def _as_refused(error: NetworkError) -> Refused:
    return Refused(str(error), status=error.status, code=error.code, network_message=error.network_message)


def _verdict(
    error: NetworkError,
    outcome: Outcome,
    state: DeliveryState,
    code: str,
    *,
    try_at: datetime | None = None,
    channel: ChannelEffect = ChannelEffect.NONE,
    named_id: str | None = None,
) -> Verdict:
    message = error.network_message or str(error)
    return Verdict(
        outcome, state, code, message, error.status, try_at, channel, named_id, error.limits, advice_of(error)
    )


def advice_of(error: NetworkError) -> Mapping[str, Any]:
    """What to do about it, by the code of the row that the network's answer fits; empty where none says."""
    if not error.advice:
        return {}
    return {"advice": error.advice, **({"permissions": list(error.named)} if error.named else {})}
