"""Sending an answer, once: claimed by compare-and-set with its attempt on record, called, noted behind a fence.

As for posts, only a clear word of the network ends an attempt: what does not say for sure is looked up, and never sent
again directly.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from planner.domain import retry
from planner.domain.answers import AnswerState
from planner.models import Answer, Channel, Conversation, Message
from planner.security.vault import VaultError
from planner.services import events, limits
from planner.services.actor import machine
from planner.services.connections import ChannelAccess
from planner.services.dialogue.answers import note_visible
from planner.services.observed import AdapterFailed
from planner.services.publishing import channel_effects, renewal
from planner.services.publishing.again import write_again
from planner.services.publishing.renewal import Renewal, Renewed
from planner.services.publishing.tables import changed
from publishers.base import (
    Duplicate,
    NetworkError,
    PaymentRequired,
    Published,
    ReconnectNeeded,
    Refused,
    Rejected,
    Throttled,
    Unsupported,
)
from publishers.dialogue import RemarkKind, RemarkRef
from publishers.registry import UnknownNetwork

if TYPE_CHECKING:
    from planner.bootstrap import Platform

A = AnswerState
#: Shares of the send time-out, as for posts: until when a call may begin, and when it has surely ended.
BEGIN_WITHIN, DEADLINE_AFTER = 0.25, 1.5
AT_ONCE = 20

_log = logging.getLogger(__name__)


class Step(StrEnum):
    """Where an answer stands in one sender's hands, for whoever watches."""

    CLAIMED = "claimed"
    CALLED = "called"
    NOTED = "noted"


Observer = Callable[[Step, int], None]


def nobody(_step: Step, _answer_id: int) -> None:
    """Where nobody watches."""


@dataclass(frozen=True, slots=True)
class Sending:
    """An answer in this process's hands. ``doubt_since`` is what it was before this attempt."""

    id: int
    workspace_id: int
    owner: str
    epoch: int
    attempts: int
    text: str
    to: RemarkRef
    access: ChannelAccess
    began_at: datetime
    deadline_at: datetime
    doubt_since: datetime | None


def send_due(platform: Platform, *, observe: Observer = nobody) -> int:
    """Send what is due, and give up for unconfirmed what a process left behind. Returns how many were sent."""
    recover(platform)
    for number in range(AT_ONCE):
        work = None if platform.stopping.is_set() else claim(platform)
        if work is None:
            return number
        observe(Step.CLAIMED, work.id)
        answer = _call(platform, work)
        observe(Step.CALLED, work.id)
        note(platform, work, answer)
        observe(Step.NOTED, work.id)
    return AT_ONCE


def recover(platform: Platform) -> None:
    """What is still being sent past its hard deadline is unconfirmed: nobody will tell how it ended. So is what is
    sent for the first time since a restore."""
    now = platform.clock.now()
    left = and_(Answer.state == A.SENDING, Answer.deadline_at < now)
    restored = and_(Answer.state == A.WAITING, Answer.look_at.is_not(None))
    with platform.database.read() as session:
        if session.scalar(select(Answer.id).where(or_(left, restored)).limit(1)) is None:
            return
    with platform.database.write() as session:
        for which, code in ((left, "interrupted"), (restored, "restored")):
            changed(session, update(Answer).where(which).values(state=A.UNKNOWN, look_at=now, error_code=code))


def after_restore(platform: Platform) -> None:
    """A backup does not know what was answered since: what waited, was being sent or in doubt then is looked for first,
    and so is, before its sending, what waits for a yes or for another try."""
    now = platform.clock.now()
    began = {"doubt_since": func.coalesce(Answer.doubt_since, Answer.created_at), "deadline_at": now}
    afresh = {"look_at": now, "looks": 0, "failed_looks": 0, **began}
    unconfirmed = {"state": A.UNKNOWN, "error_code": "restored", **afresh}
    with platform.database.write() as session:
        under_way = Answer.state.in_((A.WAITING, A.SENDING, A.UNKNOWN))
        changed(session, update(Answer).where(under_way).values(**unconfirmed))
        changed(session, update(Answer).where(Answer.state.in_((A.ASKED, A.FAILED))).values(**afresh))


def claim(platform: Platform) -> Sending | None:
    """Take the answer that waits longest; its attempt is on record with the claim. None where nothing is due."""
    now = platform.clock.now()
    with platform.database.read() as session:
        due = session.execute(_due(now).with_only_columns(Answer.id, Answer.channel_id).limit(AT_ONCE)).all()
    for answer_id, channel_id in due:
        # A transaction each: nobody holds one channel while it waits for another.
        with platform.database.write() as session:
            answer = _still_due(session, answer_id, channel_id, now)
            work = _take(session, platform, answer, now) if answer is not None else None
        if work is not None:
            return work
    return None


def _still_due(session: Session, answer_id: int, channel_id: int, now: datetime) -> Answer | None:
    """One that is due even now. Processes claim of one channel one after the other: two that looked at the same moment
    would each find the other's twin still waiting, and have both under way.

    SQLite needs no lock: its writers come one at a time.
    """
    session.execute(select(Channel.id).where(Channel.id == channel_id).with_for_update(key_share=True))
    found: Answer | None = session.scalar(_due(now).where(Answer.id == answer_id))
    return found


def _due(now: datetime) -> Any:
    """Of a channel that can be reached; and never beside one with the same words whose fate is not known, for the two
    could not be told apart at the network."""
    twin = aliased(Answer)
    same = exists().where(
        twin.channel_id == Answer.channel_id,
        twin.fingerprint == Answer.fingerprint,
        twin.id != Answer.id,
        twin.state.in_((A.SENDING, A.UNKNOWN)),
    )
    return (
        select(Answer)
        .join(Channel, Channel.id == Answer.channel_id)
        .where(
            Answer.state == A.WAITING,
            Answer.look_at.is_(None),
            Answer.try_at <= now,
            Channel.archived_at.is_(None),
            Channel.reconnect_since.is_(None),
            Channel.by_hand_since.is_(None),
            Channel.rehearsing_since.is_(None),
            or_(Channel.throttled_until.is_(None), Channel.throttled_until <= now),
            ~same,
        )
        .order_by(Answer.try_at, Answer.id)
    )


def _take(session: Session, platform: Platform, answer: Answer, now: datetime) -> Sending | None:
    owner = secrets.token_hex(8)
    deadline = now + timedelta(seconds=platform.settings.send_timeout_seconds) * DEADLINE_AFTER
    # A second process, or a person who withdraws, finds another state or epoch.
    mine = update(Answer).where(Answer.id == answer.id, Answer.state == A.WAITING, Answer.epoch == answer.epoch)
    values = {
        "state": A.SENDING,
        "owner": owner,
        "epoch": answer.epoch + 1,
        "attempt_count": answer.attempt_count + 1,
        "deadline_at": deadline,
        "doubt_since": answer.doubt_since or now,
        "looks": 0,
        "failed_looks": 0,
    }
    before = answer.doubt_since
    if changed(session, mine.values(**values)) != 1:
        return None
    to = session.get_one(Message, answer.message_id)
    access = ChannelAccess.of(session.get_one(Channel, answer.channel_id))
    return Sending(
        answer.id,
        answer.workspace_id,
        owner,
        answer.epoch + 1,
        answer.attempt_count + 1,
        answer.text,
        ref_of(session, to),
        access,
        now,
        deadline,
        before,
    )


def ref_of(session: Session, message: Message) -> RemarkRef:
    """A message as adapters name it. ``parent_id`` only where that is a remark and not the post itself."""
    post = session.get_one(Conversation, message.conversation_id).post_remote_id
    parent = message.parent_remote_id if message.parent_remote_id != post else None
    kind = RemarkKind.COMMENT if post is not None else RemarkKind.MENTION
    return RemarkRef(message.remote_id, kind, post, parent)


def _call(platform: Platform, work: Sending) -> Published | NetworkError:
    """The visible call, once. What fails before it has sent nothing; from then on, an error that is none of the
    network's says nothing about what was sent."""
    allowed = timedelta(seconds=platform.settings.send_timeout_seconds)
    if platform.clock.now() > work.began_at + allowed * BEGIN_WITHIN:
        return Refused("The process stood still before the call.", retry_after=1)
    called = False
    try:
        with platform.connections.publisher(work.access) as publisher:
            called = True
            answered = publisher.answer(work.to, work.text, f"answer-{work.id}")
            limits.keep(platform, work.access, publisher.limits())
            return answered
    except (VaultError, UnknownNetwork) as error:
        return ReconnectNeeded(str(error))
    except NetworkError as error:
        return error if called else _nothing_sent(error)
    except Exception as error:  # noqa: BLE001 - what an adapter did not foresee says nothing about what was sent
        _log.exception("The call ended in an error of ours")
        return AdapterFailed(error) if called else _nothing_sent(AdapterFailed(error))


def _nothing_sent(error: NetworkError) -> NetworkError:
    """What kept the connection from being opened; where that says nothing for sure, it is a refusal all the same."""
    if isinstance(error, (Refused, ReconnectNeeded, Rejected, Unsupported)):
        return error
    return Refused(str(error), status=error.status, code=error.code, network_message=error.network_message)


def note(platform: Platform, work: Sending, answer: Published | NetworkError) -> None:
    """Write down how it ended. A late "yes" counts whatever was believed by then."""
    renewed = _renewed(platform, work, answer) if isinstance(answer, ReconnectNeeded) else None
    now = platform.clock.now()
    try:
        write_again(platform.database, lambda session: _note(session, platform, work, answer, now, renewed))
    except IntegrityError:
        # The id is another answer's, so this call made nothing of its own that we know of.
        taken = NetworkError("The network named an answer that is another one's.")
        write_again(platform.database, lambda session: _note(session, platform, work, taken, now, None))
    if isinstance(answer, NetworkError):
        limits.keep(platform, work.access, answer.limits)


def _note(
    session: Session,
    platform: Platform,
    work: Sending,
    answer: Published | NetworkError,
    now: datetime,
    renewed: Renewed | None,
) -> None:
    if isinstance(answer, Published):
        visible(session, work.id, answer.remote_id, answer.url, now)
        return
    values = _verdict(platform, work, answer, now, renewed)
    mine = update(Answer).where(
        Answer.id == work.id, Answer.state == A.SENDING, Answer.owner == work.owner, Answer.epoch == work.epoch
    )
    said = (answer.network_message or str(answer))[:1000]
    if changed(session, mine.values(owner=None, network_message=said, **values)) != 1:
        return
    if values["error_code"] == "reconnect":
        channel_effects.ask_to_reconnect(session, work.access, now, said)
    state: AnswerState = values["state"]
    by = machine(work.workspace_id)
    events.record(session, by, now, "answer", work.id, state.value, code=values["error_code"], attempt=work.attempts)


def visible(session: Session, answer_id: int, remote_id: str, url: str | None, now: datetime) -> bool:
    """It stands there: adopted in whatever state it is found. Returns False where that was noted before."""
    known = update(Answer).where(Answer.id == answer_id, Answer.state != A.ANSWERED)
    values = {"state": A.ANSWERED, "remote_id": remote_id, "remote_url": url, "answered_at": now}
    clear = {"owner": None, "look_at": None, "try_at": None, "error_code": None, "network_message": None}
    if changed(session, known.values(**values, **clear)) != 1:
        return False
    answer = session.get_one(Answer, answer_id, populate_existing=True)
    note_visible(session, answer, remote_id, url, now)
    events.record(session, machine(answer.workspace_id), now, "answer", answer_id, "answered", remote_id=remote_id)
    return True


def _verdict(
    platform: Platform, work: Sending, error: NetworkError, now: datetime, renewed: Renewed | None
) -> dict[str, Any]:
    """Where it goes. What was surely not taken leaves no doubt behind that was not there before."""
    surely_not = {"doubt_since": work.doubt_since, "deadline_at": None}
    if isinstance(error, Refused):
        return {**_refused(work, error, now), **surely_not}
    if isinstance(error, ReconnectNeeded):
        return {**_without_access(work, error, now, renewed), **surely_not}
    if isinstance(error, (PaymentRequired, Rejected, Unsupported)):
        code = "payment_required" if isinstance(error, PaymentRequired) else "rejected"
        return {"state": A.FAILED, "error_code": code, **surely_not}
    code = "duplicate" if isinstance(error, Duplicate) else "unconfirmed"
    settle = timedelta(seconds=platform.settings.reconcile_settle_seconds)
    look = retry.next_look(work.deadline_at, settle, 0, now)
    return {"state": A.UNKNOWN, "error_code": code, "look_at": look}


def _refused(work: Sending, error: Refused, now: datetime) -> dict[str, Any]:
    if isinstance(error, Throttled):
        return _later(work, "throttled", now, error.retry_after)
    at = retry.next_try(now, work.attempts, error.retry_after)
    if at is None:
        return {"state": A.FAILED, "error_code": "attempts_exhausted"}
    return {"state": A.WAITING, "error_code": "refused", "try_at": at}


def _later(work: Sending, code: str, now: datetime, retry_after: float | None = None) -> dict[str, Any]:
    """Nothing speaks against the answer: no try is used up by this one."""
    wait = retry.wait(work.attempts, retry_after)
    return {"state": A.WAITING, "error_code": code, "try_at": now + wait, "attempt_count": work.attempts - 1}


def _without_access(work: Sending, error: ReconnectNeeded, now: datetime, renewed: Renewed | None) -> dict[str, Any]:
    """A permission that only answers need fails the answer; access that has ended for good holds the channel. Where its
    renewal is under way elsewhere, or did not come about this time, the next try tells more."""
    if error.missing or error.status == 403:
        return {"state": A.FAILED, "error_code": "answer_not_permitted"}
    if renewed is not None and renewed.differs_from(work.access):
        return {"state": A.WAITING, "error_code": "token_renewed", "try_at": now}
    if renewed is not None and renewed.renewal is Renewal.ELSEWHERE:
        return _later(work, "token_renewing", now)
    if renewed is not None and renewed.renewal is Renewal.FAILED and not isinstance(renewed.error, Unsupported):
        not_now = renewed.error if isinstance(renewed.error, Refused) else Refused("")
        return _refused(work, not_now, now)
    return {"state": A.WAITING, "error_code": "reconnect", "try_at": now}


def _renewed(platform: Platform, work: Sending, error: ReconnectNeeded) -> Renewed | None:
    """How the network's "no" to the token was met with a new one. None: a second "no" in a row, which is final, or one
    that is not for the token."""
    if error.missing or error.status == 403:
        return None
    with platform.database.read() as session:
        if session.scalar(select(Answer.error_code).where(Answer.id == work.id)) == "token_renewed":
            return None
    return renewal.renew(platform, work.access)
