"""What remains of an app's limit, shared out fairly between its channels: asked by the claim, and only while it is
near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from planner.domain import limits
from planner.domain.limits import Claimant
from planner.domain.states import DeliveryState, Outcome
from planner.models import Attempt, Channel, Delivery, Post, RateLimit, Workspace
from planner.models.base import UtcDateTime
from planner.services.limits.holds import standing_of
from planner.services.limits.noting import PUBLISHING
from planner.services.publishing import guards
from planner.services.publishing.tables import run

#: No channel waits longer than a week for its delivery to be missed: what was promised earlier is over.
LOOK_BACK = timedelta(days=8)


def entitled(session: Session, heads: Sequence[Any], now: datetime, *, lock: bool = True) -> list[Any]:
    """Those of the longest due deliveries, one of each channel, that may take a call of what remains.

    What is too late, or published by hand, passes: it makes no call. Who takes none of them needs no ``lock``.
    """
    scarce = _scarce(session, {head.network for head in heads}, now, lock=lock)
    may_take = {network: _may_take(session, row, now) for network, row in scarce.items()}
    return [
        head
        for head in heads
        if head.network not in may_take
        or head.channel_id in may_take[head.network]
        or head.by_hand_since is not None
        or guards.is_late(head.promised_at, head.missed_after_seconds, now)
    ]


def _scarce(session: Session, networks: Iterable[str], now: datetime, *, lock: bool) -> dict[str, Any]:
    """By network, the app's limit of which the fewest calls are left; one of which none are holds its channels anyway.
    Locked, so that of two processes the second counts what the first has taken."""
    found: dict[str, Any] = {}
    for row in run(session, _SCARCE_LOCKED if lock else _SCARCE, {"networks": list(networks)}):
        least = found.get(row.network)
        if standing_of(row).is_true(now) and (least is None or row.left < least.left):
            found[row.network] = row
    return found


def _may_take(session: Session, limit: Any, now: datetime) -> set[int]:
    known = {"network": limit.network, "now": now, "since": limit.since, "old": now - LOOK_BACK}
    known["until"] = limit.resets_at or now
    under_way = {row.channel_id: row for row in run(session, _UNDER_WAY, known)}
    lately = {row.channel_id: row for row in run(session, _LATELY, known)}
    claimants = []
    for row in run(session, _WANTED, known):
        used = lately[row.channel_id].used if row.channel_id in lately else 0
        claimed = under_way[row.channel_id].claimed if row.channel_id in under_way else 0
        served = lately[row.channel_id].served if row.channel_id in lately else None
        claimants.append(Claimant(row.channel_id, used + claimed, row.wants, served, row.waits_since))
    budget = limit.left - sum(row.number for row in under_way.values())
    return limits.granted(max(budget, 0), claimants, now)


_OF_APP = and_(RateLimit.channel_id.is_(None), RateLimit.calls.in_(PUBLISHING))
_SCARCE = (
    select(RateLimit.__table__)
    .where(_OF_APP, RateLimit.network.in_(bindparam("networks", expanding=True)), RateLimit.left > 0)
    .order_by(RateLimit.id)
)
_SCARCE_LOCKED = _SCARCE.with_for_update()
_NETWORK = Channel.network == bindparam("network")
_UNDER_WAY = (
    select(
        Delivery.channel_id,
        func.count().label("number"),
        func.sum(case((Delivery.state == DeliveryState.CLAIMED, 1), else_=0)).label("claimed"),
    )
    .join(Channel, Channel.id == Delivery.channel_id)
    .where(
        _NETWORK,
        Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)),
        Delivery.lease_until > guards.NOW,
    )
    .group_by(Delivery.channel_id)
)
_MADE_A_CALL = or_(Attempt.outcome.is_(None), Attempt.outcome != Outcome.REFUSED)
_OLD = bindparam("old", type_=UtcDateTime())
_LATELY = (
    select(
        Delivery.channel_id,
        func.max(Attempt.started_at).label("served"),
        func.sum(case((Attempt.started_at >= bindparam("since", type_=UtcDateTime()), 1), else_=0)).label("used"),
    )
    .join(Attempt, Attempt.delivery_id == Delivery.id)
    .join(Channel, Channel.id == Delivery.channel_id)
    .where(_NETWORK, or_(Delivery.publish_at >= _OLD, Delivery.due_since >= _OLD), _MADE_A_CALL)
    .group_by(Delivery.channel_id)
)
_WANTED = (
    select(Delivery.channel_id, func.count().label("wants"), func.min(Delivery.try_at).label("waits_since"))
    .join(Post, Post.id == Delivery.post_id)
    .join(Channel, Channel.id == Delivery.channel_id)
    .join(Workspace, Workspace.id == Delivery.workspace_id)
    .where(
        _NETWORK,
        Delivery.state == DeliveryState.SCHEDULED,
        Delivery.try_at <= bindparam("until", type_=UtcDateTime()),
        Channel.by_hand_since.is_(None),
        guards.channel_is_open(),
        guards.post_is_open(),
    )
    .group_by(Delivery.channel_id)
)
