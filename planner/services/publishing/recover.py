"""Picking up what a dead process left behind: by the lease that ran out, on start-up and by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState, Outcome
from planner.models import Delivery
from planner.services.publishing import guards, telling
from planner.services.publishing.moves import FREE, Ref, error, move
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import ATTEMPT, changed, row, run

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def recover(platform: Platform) -> int:
    """Claims whose lease ran out are scheduled again, what was being sent is unconfirmed. Returns how many."""
    now = platform.clock.now()
    with platform.database.read() as session:
        expired = _expired(session, now)
    if not expired:
        return 0
    with platform.database.write() as session:
        # All at once, in the order of everybody, and so that what is found still holds when it is changed.
        lock_posts(session, sorted({row.post_id for row in expired}))
        return sum(_recover(session, row, now) for row in expired)


def _expired(session: Session, now: datetime) -> list[Any]:
    return list(run(session, _EXPIRED, {"now": now}))


def _recover(session: Session, row: Any, now: datetime) -> bool:
    with telling.about(row, row.attempt_count):
        return _take_back(session, Ref.of(row), row.state, now)


def _take_back(session: Session, ref: Ref, state: DeliveryState, now: datetime) -> bool:
    if row(session, _STILL_EXPIRED, {"delivery": ref.id, "old_state": state, "now": now}) is None:
        return False
    if state is DeliveryState.CLAIMED:
        values = {**FREE, "payload": None}
        return move(session, ref, state, DeliveryState.SCHEDULED, now, values=values, data={"code": "lease_over"})
    return _give_up_sending(session, ref, now)


def _give_up_sending(session: Session, ref: Ref, now: datetime) -> bool:
    """The owner stays on the row: where its process lives after all, its late answer still counts."""
    code = "interrupted"
    values = {"lease_until": None, "look_at": now, "looks": 0, **error(code)}
    states = DeliveryState.SENDING, DeliveryState.UNKNOWN
    if not move(session, ref, *states, now, values=values, data={"code": code}):
        return False
    open_attempt = update(ATTEMPT).where(ATTEMPT.c.delivery_id == ref.id, ATTEMPT.c.outcome.is_(None))
    changed(session, open_attempt.values(outcome=Outcome.UNCERTAIN, error_code=code, finished_at=now))
    return True


_EXPIRED = (
    select(
        Delivery.id,
        Delivery.workspace_id,
        Delivery.post_id,
        Delivery.channel_id,
        Delivery.state,
        Delivery.attempt_count,
    )
    .where(
        Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)),
        Delivery.lease_until <= guards.NOW,
    )
    .order_by(Delivery.id)
)
_STILL_EXPIRED = select(Delivery.id).where(
    Delivery.id == bindparam("delivery"), Delivery.state == bindparam("old_state"), Delivery.lease_until <= guards.NOW
)
