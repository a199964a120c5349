"""After a restore: what went out between the backup and the restore is not known, so all that could have is looked for.

Whatever a delivery's state, an attempt is put on record that began with the backup and of which nothing is known: the
mark. What was under way or due is unconfirmed at once. What else may still go out keeps its state and is looked for as
well, while its workspace is paused; where no look can tell, the mark stays open, and the claim begins with a look in
place of a sending.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from planner.domain import fingerprint
from planner.domain.states import FROZEN, DeliveryState, Outcome
from planner.models import Channel, Delivery, Event, Post, Workspace
from planner.services import events
from planner.services.actor import machine
from planner.services.connections import ChannelAccess
from planner.services.doubt import DOUBT
from planner.services.publishing import assist, following, guards, marks, notices, telling
from planner.services.publishing.marks import IS_MARK, IS_OPEN_OF_ONE, RESTORED, may_have_gone_out
from planner.services.publishing.moves import FREE, Ref, error, move
from planner.services.publishing.payload import Payload
from planner.services.publishing.tables import ATTEMPT, DELIVERY, changed
from publishers import registry

if TYPE_CHECKING:
    from planner.bootstrap import Platform

S = DeliveryState

#: Where something stands that is looked for after a restore although it is not unconfirmed.
KEPT = (S.DRAFT, S.SCHEDULED, S.NEEDS_PERSON, S.MISSED, S.FAILED, S.CANCELLED)
#: What was taken out longer ago than this is looked for only where it is to go out after all.
BROUGHT_BACK_WITHIN = timedelta(days=30)
#: SQL: such a one is to be looked for. Said by the states that it is not in, so that a database does not go through all
#: that is planned: few have a time to be looked for, and those have an index.
IS_LOOKED_FOR = (Delivery.state.not_in([state for state in S if state not in KEPT]), Delivery.look_at.is_not(None))

#: Only a person can say whether it is live.
CANNOT_LIST = "cannot_list"

_log = logging.getLogger(__name__)


def after_restore(platform: Platform, since: datetime | None = None) -> int:
    """Pause every workspace, and doubt everything that may have gone out ``since`` (None: since the last event that
    the database knows).

    Returns how many deliveries are looked for now. The pause can be released once that is done. No server may run.
    """
    now = platform.clock.now()
    with platform.database.write() as session:
        made_at = since or session.scalar(select(func.max(Event.at)).where(Event.at < now)) or now
        for workspace in session.scalars(select(Workspace)):
            workspace.paused_at = workspace.paused_at or now
            workspace.pause_reason = workspace.pause_reason or RESTORED
            workspace.paused_by = workspace.paused_by or machine(workspace.id).label
            workspace.restored_at = now
            events.record(session, machine(workspace.id), now, "workspace", workspace.id, "restored")
        return sum(_doubt(session, platform, row, made_at, now) for row in session.execute(_NOT_OUT).all())


def look_first(session: Session, head: Any, payload: Payload, now: datetime) -> bool:
    """Whether something that was about to be claimed has to be looked for first; it is unconfirmed then."""
    if not may_have_gone_out(session, head):
        return False
    _begin_look(session, Ref.of(head), payload.as_json(), payload.fingerprint, now)
    return True


def look_instead(session: Session, platform: Platform, overdue: Any, now: datetime) -> bool:
    """Whether something past its limit may have gone out after the backup: it is looked for then, before anybody calls
    it missed. Where it cannot even be said what it would send, a person is asked."""
    if not may_have_gone_out(session, overdue):
        return False
    delivery, ref = session.get_one(Delivery, overdue.id), Ref.of(overdue)
    expected, payload = _content(session, platform, delivery, session.get_one(Channel, ref.channel_id), now)
    if payload is not None:
        _begin_look(session, ref, payload, fingerprint.digest(expected), now)
    elif move(session, ref, S.SCHEDULED, S.NEEDS_PERSON, now, values={**FREE, **error(CANNOT_LIST)}):
        notices.about_delivery(session, ref, now, "delivery_needs_person", code=CANNOT_LIST)
    return True


def posts_to_look_for(session: Session, channel_id: int) -> Sequence[int]:
    """The posts of that what :func:`look_again` looks for."""
    return session.scalars(select(DELIVERY.c.post_id).where(*_COULD_NOT_BE_LOOKED_FOR), {"channel": channel_id}).all()


def look_again(session: Session, channel_id: int, now: datetime) -> None:
    """The channel has access again: what could not be looked for without is looked for now, whatever became of it
    since and whoever was asked. What follows a post stands under that, and is looked for before its sending."""
    changed(session, _LOOK_AGAIN, {"channel": channel_id, "now": now})


def settle(session: Session, delivery_id: int, now: datetime) -> None:
    """It is known not to have gone out since the backup: by looks, or because a person said so."""
    changed(session, _SETTLE, {"delivery": delivery_id, "finished": now})


def _begin_look(session: Session, ref: Ref, payload: dict[str, Any], digest: str, now: datetime) -> None:
    values = {**FREE, "payload": payload, "look_at": now, "looks": 0, **error(RESTORED)}
    if move(session, ref, S.SCHEDULED, S.UNKNOWN, now, values=values, data={"code": RESTORED}):
        changed(session, _BEGIN, {"delivery": ref.id, "current": digest, "finished": now})


def _doubt(session: Session, platform: Platform, found: Any, made_at: datetime, now: datetime) -> bool:
    """Put the mark on one delivery. Returns whether it is looked for now."""
    delivery, ref = found.Delivery, Ref.of(found.Delivery)
    with telling.about(delivery, delivery.attempt_count):
        expected, payload = _content(session, platform, delivery, found.Channel, now)
        at_once = _is_in_doubt(delivery, found.Channel, expected, now)
        at_once = at_once and _unconfirm(session, ref, delivery, payload, now)
        looked_for = at_once or _may_be_looked_for(delivery, found.Channel, expected)
        number = delivery.attempt_count + 1
        values = {"attempt_count": number, "attempts_forgiven": number, "looks": 0}
        values["look_at"] = now if looked_for else None
        changed(session, update(DELIVERY).where(DELIVERY.c.id == ref.id).values(values))
        marks.put(
            session,
            ref.id,
            fingerprint.digest(expected) if expected else "",
            made_at,
            number=number,
            epoch=delivery.epoch,
            deadline_at=max(now, delivery.lease_until or now),
            finished_at=now if at_once else None,
        )
        session.expire(delivery)
        return looked_for


def _content(
    session: Session, platform: Platform, delivery: Delivery, channel: Channel, now: datetime
) -> tuple[str, dict[str, Any] | None]:
    """The text that the network would list, and the payload; nothing where that is not to be had now."""
    if delivery.state in FROZEN and delivery.payload is not None:
        return str(delivery.payload["expected"]).strip(), delivery.payload
    network = registry.networks().get(channel.network)
    is_long_over = delivery.state is S.CANCELLED and delivery.updated_at < now - BROUGHT_BACK_WITHIN
    if network is None or is_long_over:
        return "", None
    post, folder = session.get_one(Post, delivery.post_id), platform.settings.media_folder
    try:
        payload = following.frozen(session, network, delivery, post, folder, rehearsing=delivery.rehearsed)
    except SQLAlchemyError:
        raise
    except Exception:  # noqa: BLE001 - one that an adapter cannot make keeps no other from coming back
        _log.exception("What it would send cannot be said now: it is looked for before its sending")
        return "", None
    return (payload.expected.strip(), payload.as_json()) if payload is not None else ("", None)


def _is_in_doubt(delivery: Delivery, channel: Channel, expected: str, now: datetime) -> bool:
    """Whether it was under way, or due by now: what follows a post is due as soon as it is there."""
    if delivery.state in FROZEN:
        return True
    is_due = bool(delivery.step) or not guards.is_early(delivery.try_at, now)
    return delivery.state is S.SCHEDULED and is_due and bool(expected) and not _is_by_hand(channel)


def _may_be_looked_for(delivery: Delivery, channel: Channel, expected: str) -> bool:
    """Whether its text alone can tell it among the channel's posts. What follows a post stands under that post."""
    return delivery.state in KEPT and not delivery.step and bool(expected) and not _is_by_hand(channel)


def _is_by_hand(channel: Channel) -> bool:
    return channel.network in registry.networks() and assist.is_by_hand(ChannelAccess.of(channel))


def _unconfirm(session: Session, ref: Ref, delivery: Delivery, payload: dict[str, Any] | None, now: datetime) -> bool:
    values = {"lease_until": None, "payload": payload, **error(RESTORED)}
    if delivery.state is S.UNKNOWN:
        changed(session, update(DELIVERY).where(DELIVERY.c.id == ref.id).values(values))
    elif not move(session, ref, delivery.state, S.UNKNOWN, now, values=values, data={"code": RESTORED}):
        return False
    open_attempt = update(ATTEMPT).where(ATTEMPT.c.delivery_id == ref.id, ATTEMPT.c.outcome.is_(None))
    changed(session, open_attempt.values(outcome=Outcome.UNCERTAIN, error_code=RESTORED, finished_at=now))
    return True


_NOT_OUT = (
    select(Delivery, Channel)
    .join(Channel, Channel.id == Delivery.channel_id)
    .where(Delivery.state != S.PUBLISHED)
    .order_by(Delivery.id)
)
_FINISHED = bindparam("finished", type_=ATTEMPT.c.finished_at.type)
_BEGIN = (
    update(ATTEMPT)
    .where(*IS_OPEN_OF_ONE)
    .values(
        finished_at=_FINISHED,
        fingerprint=case((ATTEMPT.c.fingerprint == "", bindparam("current")), else_=ATTEMPT.c.fingerprint),
    )
)
_SETTLE = update(ATTEMPT).where(*IS_OPEN_OF_ONE).values(finished_at=_FINISHED, outcome=Outcome.REFUSED)
#: Nobody could say whether it went out since the backup; or a person was asked, which need not be any more.
_COULD_NOT_BE_LOOKED_FOR = (
    DELIVERY.c.channel_id == bindparam("channel"),
    DELIVERY.c.state.in_(KEPT),
    DELIVERY.c.step == 0,
    DELIVERY.c.look_at.is_(None),
    exists().where(
        ATTEMPT.c.delivery_id == DELIVERY.c.id,
        *IS_MARK,
        ATTEMPT.c.fingerprint != "",
        or_(
            ATTEMPT.c.finished_at.is_(None),
            and_(DELIVERY.c.state == S.NEEDS_PERSON, DELIVERY.c.error_code.in_(sorted(DOUBT))),
        ),
    ),
)
_LOOK_AGAIN = (
    update(DELIVERY)
    .where(*_COULD_NOT_BE_LOOKED_FOR)
    .values(look_at=bindparam("now", type_=DELIVERY.c.look_at.type), looks=0)
)
