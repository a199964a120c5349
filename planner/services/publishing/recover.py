"""Picking up what a dead process left behind: by the lease that ran out, on start-up and by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from planner.domain import fingerprint
from planner.domain.states import DeliveryState, Outcome
from planner.models import Channel, Delivery, Event, Post, Workspace
from planner.services import events
from planner.services.actor import machine
from planner.services.connections import ChannelAccess
from planner.services.publishing import assist, following, guards, telling
from planner.services.publishing.following import RESTORED
from planner.services.publishing.moves import FREE, Ref, error, move
from planner.services.publishing.status import lock_posts
from planner.services.publishing.tables import ATTEMPT, changed, row, run
from publishers import registry

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
        return sum(_recover(session, row, now) for row in expired)


def after_restore(platform: Platform) -> int:
    """Pause every workspace, and doubt everything that may have gone out after the backup was made.

    What was due by now, claimed or being sent is unconfirmed, and looked for from the backup's last event on.
    Returns how many deliveries are in doubt. The pause can be released once none is.
    """
    now = platform.clock.now()
    with platform.database.write() as session:
        for workspace in session.scalars(select(Workspace)):
            workspace.paused_at = workspace.paused_at or now
            workspace.pause_reason = workspace.pause_reason or RESTORED
            workspace.paused_by = workspace.paused_by or machine(workspace.id).label
            workspace.restored_at = now
            events.record(session, machine(workspace.id), now, "workspace", workspace.id, "restored")
        made_at = session.scalar(select(func.max(Event.at)).where(Event.at < now)) or now
        doubtful = _doubtful(session, now)
        for row in doubtful:
            with telling.about(row.Delivery, row.Delivery.attempt_count):
                _doubt(session, platform, row, made_at, now)
    return len(doubtful)


def _expired(session: Session, now: datetime) -> list[Any]:
    return list(run(session, _EXPIRED, {"now": now}))


def _recover(session: Session, row: Any, now: datetime) -> bool:
    with telling.about(row, row.attempt_count):
        return _take_back(session, Ref.of(row), row.state, now)


def _take_back(session: Session, ref: Ref, state: DeliveryState, now: datetime) -> bool:
    lock_posts(session, [ref.post_id])  # so that what is found still holds when it is changed
    if row(session, _STILL_EXPIRED, {"delivery": ref.id, "old_state": state, "now": now}) is None:
        return False
    if state is DeliveryState.CLAIMED:
        values = {**FREE, "payload": None}
        return move(session, ref, state, DeliveryState.SCHEDULED, now, values=values, data={"code": "lease_over"})
    return _give_up_sending(session, ref, now, "interrupted")


def _give_up_sending(session: Session, ref: Ref, now: datetime, code: str) -> bool:
    """The owner stays on the row: where its process lives after all, its late answer still counts."""
    values = {"lease_until": None, "look_at": now, "looks": 0, **error(code)}
    states = DeliveryState.SENDING, DeliveryState.UNKNOWN
    if not move(session, ref, *states, now, values=values, data={"code": code}):
        return False
    open_attempt = update(ATTEMPT).where(ATTEMPT.c.delivery_id == ref.id, ATTEMPT.c.outcome.is_(None))
    changed(session, open_attempt.values(outcome=Outcome.UNCERTAIN, error_code=code, finished_at=now))
    return True


def _doubtful(session: Session, now: datetime) -> list[Any]:
    query = (
        select(Delivery, Channel)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(
            (Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)))
            | ((Delivery.state == DeliveryState.SCHEDULED) & (Delivery.try_at <= now)),
        )
        .order_by(Delivery.id)
    )
    return [row for row in session.execute(query) if not assist.is_by_hand(ChannelAccess.of(row.Channel))]


def _doubt(session: Session, platform: Platform, row: Any, made_at: datetime, now: datetime) -> None:
    """As if an attempt had begun right after the backup, of which nothing is known."""
    delivery, ref = row.Delivery, Ref.of(row.Delivery)
    if delivery.state is DeliveryState.SENDING:
        _give_up_sending(session, ref, now, RESTORED)
        return
    network, folder = registry.network(row.Channel.network), platform.settings.media_folder
    payload = following.frozen(
        session, network, delivery, session.get_one(Post, delivery.post_id), folder, rehearsing=delivery.rehearsed
    )
    if payload is None:
        return
    number = delivery.attempt_count + 1
    values = {**FREE, "payload": payload.as_json(), "attempt_count": number, "look_at": now, "looks": 0}
    values |= error(RESTORED)
    if not move(session, ref, delivery.state, DeliveryState.UNKNOWN, now, values=values, data={"code": RESTORED}):
        return
    attempt = {
        "delivery_id": ref.id,
        "number": number,
        "epoch": delivery.epoch,
        "owner": RESTORED,
        "fingerprint": fingerprint.digest(payload.expected),
        "started_at": made_at,
        "deadline_at": now,
        "finished_at": now,
        "outcome": Outcome.UNCERTAIN,
        "error_code": RESTORED,
    }
    session.execute(insert(ATTEMPT).values(attempt))


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
