"""The mark of a restore on a delivery: an attempt of which nothing is known, as long as it is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState, Outcome
from planner.models import Delivery
from planner.services.publishing.tables import ATTEMPT, DELIVERY, changed, row, run

#: Who made the attempt, and why it is open: a restored instance does not know what went out since its backup.
RESTORED = "restored"


def put(
    session: Session,
    delivery_id: int,
    digest: str,
    since: datetime,
    *,
    number: int,
    deadline_at: datetime,
    finished_at: datetime | None,
    epoch: int = 0,
) -> None:
    """Put on record what a restored instance may have done after its backup: an attempt that began right then
    (``since``), and of which nothing is known. ``finished_at`` None keeps it open until it is looked for."""
    values = {
        "delivery_id": delivery_id,
        "number": number,
        "epoch": epoch,
        "owner": RESTORED,
        "fingerprint": digest,
        "started_at": since,
        "deadline_at": deadline_at,
        "finished_at": finished_at,
        "outcome": Outcome.UNCERTAIN,
        "error_code": RESTORED,
    }
    session.execute(insert(ATTEMPT).values(values))


def may_have_gone_out(session: Session, delivery: Any) -> bool:
    """Whether it is open if a delivery (``id``, ``attempt_count``) went out after the backup."""
    return bool(delivery.attempt_count) and row(session, _OPEN, {"delivery": delivery.id}) is not None


def inherit(session: Session, delivery: Delivery, channel_ids: Sequence[int]) -> None:
    """A post was given a channel: where it may have gone out to that account (``channel_ids``) before, as a delivery
    that was taken out since, the marks of that pass to this one, and so does the look for it."""
    known = {"delivery": delivery.id, "post": delivery.post_id, "channels": channel_ids}
    found = run(session, _OF_TAKEN_OUT, known).all()
    for number, mark in enumerate(found, 1):
        changed(session, _PASS_ON, {"mark": mark.id, "to": delivery.id, "as_number": number})
        changed(session, _LOOK_NO_MORE, {"delivery": mark.delivery_id})
    if found:
        delivery.attempt_count = delivery.attempts_forgiven = len(found)
        delivery.look_at = max((mark.look_at for mark in found if mark.look_at is not None), default=None)
        session.flush()


#: SQL, about an attempt: it is a mark, and nothing was found out since; it is open as well; and it is of one delivery.
IS_MARK = (ATTEMPT.c.error_code == RESTORED, ATTEMPT.c.outcome == Outcome.UNCERTAIN)
IS_OPEN = (*IS_MARK, ATTEMPT.c.finished_at.is_(None))
IS_OPEN_OF_ONE = (ATTEMPT.c.delivery_id == bindparam("delivery"), *IS_OPEN)
_OPEN = select(ATTEMPT.c.id).where(*IS_OPEN_OF_ONE).limit(1)
_OF_TAKEN_OUT = (
    select(ATTEMPT.c.id, ATTEMPT.c.delivery_id, DELIVERY.c.look_at)
    .join(DELIVERY, ATTEMPT.c.delivery_id == DELIVERY.c.id)
    .where(
        DELIVERY.c.post_id == bindparam("post"),
        DELIVERY.c.channel_id.in_(bindparam("channels", expanding=True)),
        DELIVERY.c.id != bindparam("delivery"),
        DELIVERY.c.step == 0,
        DELIVERY.c.state == DeliveryState.CANCELLED,
        *IS_OPEN,
    )
    .order_by(ATTEMPT.c.started_at, ATTEMPT.c.id)
)
_PASS_ON = (
    update(ATTEMPT)
    .where(ATTEMPT.c.id == bindparam("mark"))
    .values(delivery_id=bindparam("to"), number=bindparam("as_number"))
)
_LOOK_NO_MORE = update(DELIVERY).where(DELIVERY.c.id == bindparam("delivery")).values(look_at=None)
