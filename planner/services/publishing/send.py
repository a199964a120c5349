"""One delivery, from the claim to the note of its result.

``sending`` surrounds only the call that makes something visible. What is known before the call is written before it;
what is known after it is written fenced, so that a sender that was given up for dead cannot overwrite a later truth.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState, Outcome
from planner.models import Attempt, Campaign, Channel, Delivery, Post, Workspace
from planner.security.vault import VaultError
from planner.services.connections import ChannelAccess
from planner.services.observed import AdapterFailed
from planner.services.publishing import finish, guards, missed, prepare, renewal, telling
from planner.services.publishing.claim import Claimed
from planner.services.publishing.classify import (
    ChannelEffect,
    Verdict,
    again_after_refresh,
    classify,
    classify_preparation,
    not_renewed,
    too_slow,
)
from planner.services.publishing.finish import Order
from planner.services.publishing.hearing import Hearing
from planner.services.publishing.moves import move
from planner.services.publishing.prepare import HandBack, NotReady
from planner.services.publishing.renewal import Renewal
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import ATTEMPT, added, row
from publishers.base import NetworkError, Prepared, Published, Publisher, ReconnectNeeded

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Shares of the send time-out: how long after the last check the call may still begin, and when it has surely ended.
BEGIN_WITHIN, DEADLINE_AFTER = 0.25, 1.5

_log = logging.getLogger(__name__)


class Step(StrEnum):
    """Where a delivery stands in one sender's hands, for whoever watches."""

    CLAIMED = "claimed"
    PREPARED = "prepared"
    SENDING = "sending"
    CALLED = "called"
    NOTED = "noted"


Observer = Callable[[Step, int], None]


def nobody(_step: Step, _delivery_id: int) -> None:
    """Where nobody watches."""


def deliver(
    platform: Platform, work: Claimed, *, observe: Observer = nobody, stopping: Callable[[], bool] = lambda: False
) -> None:
    """Prepare, send and note one claimed delivery. Raises nothing that concerns the network."""
    with telling.about(work.ref, work.number):
        observe(Step.CLAIMED, work.ref.id)
        try:
            _deliver(platform, work, observe, stopping)
        except HandBack as waiting:
            finish.hand_back(platform, work, waiting.try_at)
        except NotReady as reason:
            finish.not_sent(platform, work, reason.verdict)


def _deliver(platform: Platform, work: Claimed, observe: Observer, stopping: Callable[[], bool]) -> None:
    with _nothing_sent(platform, work):
        access = prepare.lasting_access(platform, work)
        with platform.connections.publisher(access) as publisher:
            hearing = Hearing(platform, work, stopping)
            prepared = prepare.upload(publisher, work, hearing)
            observe(Step.PREPARED, work.ref.id)
            hearing.wait()
            if stopping():
                raise HandBack
            order = begin(platform, work, access)
            if order is None:
                return
            observe(Step.SENDING, work.ref.id)
            answer = _call(platform, publisher, prepared, order)
            observe(Step.CALLED, work.ref.id)
            finish.note(platform, order, answer, publisher.limits())
            observe(Step.NOTED, work.ref.id)


@contextmanager
def _nothing_sent(platform: Platform, work: Claimed) -> Iterator[None]:
    """Before the call, whatever goes wrong has sent nothing. After it, the fence of `claimed` lets nothing through."""
    try:
        yield
    except (HandBack, NotReady):
        raise
    except VaultError as error:
        raise NotReady(prepare.needs_reconnection(str(error))) from error
    except ReconnectNeeded as error:
        raise NotReady(_after_refusal(platform, work, work.access, error)) from error
    except AdapterFailed as error:
        raise NotReady(_failed_here(error, work, platform.clock.now())) from error
    except NetworkError as error:
        raise NotReady(classify_preparation(error, work.attempts + 1, platform.clock.now())) from error
    except DBAPIError as error:
        _log.warning("The database was not there, or two writers met: %s", error.orig)
        raise HandBack from error
    except Exception as error:
        _log.exception("It could not be prepared")
        raise NotReady(_failed_here(AdapterFailed(error), work, platform.clock.now())) from error


def _failed_here(error: AdapterFailed, work: Claimed, now: datetime) -> Verdict:
    """The network had no part in it: nothing else of the channel waits."""
    return replace(classify_preparation(error, work.attempts + 1, now), channel=ChannelEffect.NONE)


def begin(platform: Platform, work: Claimed, access: ChannelAccess) -> Order | None:
    """Enter `sending`, if everything that was true at the claim still is; the attempt is on record from here on.

    Returns None where the delivery was handed back, missed, or is no longer ours.
    """
    return platform.database.write_together(lambda session: _begin(session, platform, work, access))


def _begin(session: Session, platform: Platform, work: Claimed, access: ChannelAccess) -> Order | None:
    _lock_against_pause(session, work)
    standing = _standing(session, work)
    now = platform.clock.now()
    if standing is None:
        return None
    switched = (standing.rehearsing_since is not None) != access.rehearsing  # what was prepared is elsewhere
    if switched or guards.hold(standing, now) is not None or guards.is_early(standing.try_at, now):
        finish.release(session, work, now)
        return None
    if standing.by_hand_since is not None:  # people publish here since: the next claim hands it to them
        finish.release(session, work, now)
        return None
    if guards.is_late(standing.promised_at, standing.missed_after_seconds, now):
        if missed.miss(session, work.ref, DeliveryState.CLAIMED, now, fence=work.fence):
            missed.tell(session, [work.ref], now)
        return None
    return _enter(session, platform, work, access, standing, now)


def _enter(
    session: Session, platform: Platform, work: Claimed, access: ChannelAccess, standing: Any, now: datetime
) -> Order | None:
    number = standing.attempt_count + 1
    allowed = timedelta(seconds=platform.settings.send_timeout_seconds)
    begin_by, deadline = now + allowed * BEGIN_WITHIN, now + allowed * DEADLINE_AFTER
    # The lease ends with the hard deadline: from then on, no answer will come by itself.
    values = {"lease_until": deadline, "attempt_count": number, "progress": None}
    data = {"attempt": number}
    states = DeliveryState.CLAIMED, DeliveryState.SENDING
    if not move(session, work.ref, *states, now, fence=work.fence, values=values, data=data):
        return None
    attempt = {
        "delivery_id": work.ref.id,
        "number": number,
        "epoch": work.fence.epoch,
        "owner": work.fence.owner,
        "fingerprint": work.payload.fingerprint,
        "started_at": now,
        "deadline_at": deadline,
    }
    # A first attempt is due at the promised moment, a later one when it was to be tried again.
    due_at = standing.promised_at if number == 1 else standing.try_at
    return Order(work, access, added(session, _INSERT, attempt), number, begin_by, deadline, due_at or now)


def _call(platform: Platform, publisher: Publisher, prepared: Prepared, order: Order) -> Published | Verdict:
    """The visible call, once."""
    if platform.clock.now() > order.begin_by:
        return too_slow(platform.clock.now())
    attempts = order.work.attempts + 1
    late = (platform.clock.now() - order.due_at).total_seconds()
    platform.counts.lateness.observe(max(late, 0.0), order.access.network)
    try:
        return publisher.publish(prepared)
    except ReconnectNeeded as error:
        return _after_refusal(platform, order.work, order.access, error)
    except NetworkError as error:
        return classify(error, attempts, platform.clock.now())


def _after_refusal(platform: Platform, work: Claimed, access: ChannelAccess, error: ReconnectNeeded) -> Verdict:
    """The network said no to the token: again with a new one, or later where it cannot be had right now. Only once
    there is none, and where a new one was refused as well, is this access over."""
    attempts = work.attempts + 1
    if error.missing or _was_renewed_for(platform, work):
        return classify(error, attempts, platform.clock.now())
    renewed = renewal.renew(platform, access)
    now = platform.clock.now()
    if renewed.differs_from(access):
        return again_after_refresh(error, now)
    if renewed.renewal is Renewal.IMPOSSIBLE:
        return classify(error, attempts, now)
    return not_renewed(renewed.error, attempts, now)


def _was_renewed_for(platform: Platform, work: Claimed) -> bool:
    """Whether the try before this one ended with a new token."""
    latest = (
        select(Attempt.outcome)
        .where(Attempt.delivery_id == work.ref.id, Attempt.outcome.is_not(None))
        .order_by(Attempt.number.desc())
        .limit(1)
    )
    with platform.database.read() as session:
        return session.scalar(latest) is Outcome.RECONNECT


def _standing(session: Session, work: Claimed) -> Any:
    fence = {"owner": work.fence.owner, "epoch": work.fence.epoch}
    return row(session, _STANDING, {"delivery": work.ref.id, **fence})


_INSERT = insert(ATTEMPT)
_STANDING = (
    select(
        Delivery.try_at,
        guards.PROMISED,
        Delivery.attempt_count,
        Channel.missed_after_seconds,
        Channel.rehearsing_since,
        *guards.STANDING,
    )
    .select_from(Delivery)
    .join(Post, Post.id == Delivery.post_id)
    .join(Channel, Channel.id == Delivery.channel_id)
    .join(Workspace, Workspace.id == Delivery.workspace_id)
    .where(
        Delivery.id == bindparam("delivery"),
        Delivery.state == DeliveryState.CLAIMED,
        Delivery.claim_owner == bindparam("owner"),
        Delivery.epoch == bindparam("epoch"),
    )
)


def _lock_against_pause(session: Session, work: Claimed) -> None:
    """Who pauses waits until this transaction ends, so that nothing begins after a pause was confirmed.

    SQLite needs no lock: its writers come one at a time.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    lock_posts(session, [work.ref.post_id])
    channel = select(Channel.id, Workspace.id).join(Workspace, Workspace.id == Channel.workspace_id)
    session.execute(channel.where(Channel.id == work.ref.channel_id).with_for_update(read=True)).all()
    campaign = select(Campaign.id).join(Post, Post.campaign_id == Campaign.id).where(Post.id == work.ref.post_id)
    session.execute(campaign.with_for_update(read=True, of=Campaign)).all()
