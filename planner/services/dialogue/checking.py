"""Finding out about answers whose fate is not known: what we said in the thread is listed, and ours is there or not."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner.domain import fingerprint, retry
from planner.domain.answers import AnswerState
from planner.domain.fingerprint import Finding, Sought, clock_ahead
from planner.models import Answer, Channel, Message
from planner.security.vault import VaultError
from planner.services import events
from planner.services.actor import machine
from planner.services.asking import ask
from planner.services.connections import ChannelAccess
from planner.services.dialogue.answering import ref_of, visible
from planner.services.one_of_many import OneOfMany
from planner.services.publishing import notices
from planner.services.publishing.again import write_again
from planner.services.publishing.tables import changed
from publishers.base import NetworkError, RemotePost, Unsupported
from publishers.dialogue import RemarkRef, Remarks

if TYPE_CHECKING:
    from planner.bootstrap import Platform

A = AnswerState
#: Asked for besides, before the answer's first attempt: the network's clock or ours may have been wrong.
BEFORE = timedelta(hours=2, minutes=10)
MOST_FAILED_LOOKS = 8
TURN_SHARE = 3
AT_ONCE = 50

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Doubt:
    id: int
    workspace_id: int
    epoch: int
    turn: datetime
    to: RemarkRef
    access: ChannelAccess
    since: datetime


def unknown_since() -> ColumnElement[datetime | None]:
    """SQL: since when an answer that is in doubt is so: after a restore that may be long after its last attempt."""
    return case((Answer.try_at > Answer.deadline_at, Answer.try_at), else_=Answer.deadline_at)


def check_due(platform: Platform) -> int:
    """Look for every unconfirmed answer whose time has come. Returns how many were looked for."""
    looked = 0
    for doubt in _take_turns(platform):
        if platform.stopping.is_set():  # what is left has its turn again soon
            break
        _look(platform, doubt)
        looked += 1
    return looked


def _take_turns(platform: Platform) -> list[_Doubt]:
    now = platform.clock.now()
    due = select(Answer).where(Answer.state == A.UNKNOWN, Answer.look_at <= now).order_by(Answer.look_at, Answer.id)
    with platform.database.read() as session:
        if session.scalar(due.limit(1)) is None:
            return []
    turn = now + timedelta(seconds=TURN_SHARE * platform.settings.send_timeout_seconds)
    with platform.database.write() as session:
        rows = session.scalars(due.limit(AT_ONCE)).all()
        return [doubt for answer in rows if (doubt := _take_turn(session, answer, turn, now)) is not None]


def _take_turn(session: Session, answer: Answer, turn: datetime, now: datetime) -> _Doubt | None:
    """Settles the race of two processes for one look."""
    mine = update(Answer).where(Answer.id == answer.id, Answer.state == A.UNKNOWN, Answer.look_at == answer.look_at)
    if changed(session, mine.values(look_at=turn)) != 1:
        return None
    to = session.get_one(Message, answer.message_id)
    access = ChannelAccess.of(session.get_one(Channel, answer.channel_id))
    since = answer.doubt_since or now
    return _Doubt(answer.id, answer.workspace_id, answer.epoch, turn, ref_of(session, to), access, since)


def _look(platform: Platform, doubt: _Doubt) -> None:
    """One that cannot be read or decided keeps none of the others back: it was looked for in vain."""
    with OneOfMany(_log, "What we answered could not be read") as one:
        _list_and_decide(platform, doubt)
    if one.failed:
        _write(platform, doubt, lambda session, now: _note_failed(session, platform, doubt, now))


def _list_and_decide(platform: Platform, doubt: _Doubt) -> None:
    asked_at = platform.clock.now()
    try:
        said = ask(platform, doubt.access, lambda publisher: publisher.answers(doubt.to, doubt.since - BEFORE))
        ahead = clock_ahead(said.network_time, platform.clock.now())
    except Unsupported:
        _write(platform, doubt, lambda session, now: _ask_person(session, doubt, "cannot_list", now))
        return
    except (NetworkError, VaultError) as error:
        _log.warning("What we answered could not be listed: %s", error)
        _write(platform, doubt, lambda session, now: _note_failed(session, platform, doubt, now))
        return
    _write(platform, doubt, lambda session, now: _decide(session, platform, doubt, said, ahead, asked_at, now))


def _write(platform: Platform, doubt: _Doubt, act: Any) -> None:
    now = platform.clock.now()
    try:
        write_again(platform.database, lambda session: act(session, now))
    except IntegrityError:
        _log.info("Another answer took answer %s's place just now: the next look will see that.", doubt.id)


def _decide(
    session: Session,
    platform: Platform,
    doubt: _Doubt,
    said: Remarks,
    ahead: timedelta,
    asked_at: datetime,
    now: datetime,
) -> None:
    answer = _still_in_doubt(session, doubt)
    if answer is None:
        return
    listed = [RemotePost(r.ref.remote_id, r.text, r.said_at, r.url) for r in said.remarks]
    sought = [Sought(doubt.since, answer.fingerprint or "")]
    taken = _taken(session, answer, [post.remote_id for post in listed])
    found = fingerprint.match(sought, listed, ahead=ahead, taken=taken)
    if found.finding is Finding.FOUND:
        visible(session, doubt.id, found.posts[0].remote_id, found.posts[0].url, now)
    elif found.finding is Finding.AMBIGUOUS:
        _ask_person(session, doubt, "ambiguous", now)
    elif not said.complete:
        _note_failed(session, platform, doubt, now)
    else:
        older = bool(fingerprint.lookalikes(sought, listed, taken=taken))
        _count_absence(session, platform, doubt, answer, asked_at, now, older=older)


def _count_absence(
    session: Session,
    platform: Platform,
    doubt: _Doubt,
    answer: Answer,
    asked_at: datetime,
    now: datetime,
    *,
    older: bool,
) -> None:
    """Absent in enough looks, spread over the settle time after the hard deadline: surely not there. With an ``older``
    one of these words a person is asked: it was there before, or our clock was put back since."""
    settle = timedelta(seconds=platform.settings.reconcile_settle_seconds)
    over_at = answer.deadline_at or now
    if asked_at < over_at:
        _move(session, doubt, A.UNKNOWN, look_at=over_at)
        return
    looks = answer.looks + 1
    if looks < retry.LOOKS:
        _move(session, doubt, A.UNKNOWN, looks=looks, look_at=retry.next_look(over_at, settle, looks, now))
    elif answer.error_code == "duplicate":
        _move(session, doubt, A.FAILED, look_at=None)
    elif older:
        _ask_person(session, doubt, "ambiguous", now)
    elif answer.attempt_count >= retry.MOST_ATTEMPTS:
        _ask_person(session, doubt, "attempts_exhausted", now)
    elif _move(session, doubt, A.WAITING, look_at=None, try_at=now, error_code="not_found"):
        events.record(session, machine(doubt.workspace_id), now, "answer", doubt.id, "not_found")


def _note_failed(session: Session, platform: Platform, doubt: _Doubt, now: datetime) -> None:
    answer = _still_in_doubt(session, doubt)
    if answer is None:
        return
    failed = answer.failed_looks + 1
    if failed >= MOST_FAILED_LOOKS:
        _ask_person(session, doubt, "cannot_list", now)
        return
    settle = timedelta(seconds=platform.settings.reconcile_settle_seconds)
    _move(session, doubt, A.UNKNOWN, failed_looks=failed, look_at=now + min(retry.wait(failed), settle))


def _ask_person(session: Session, doubt: _Doubt, code: str, now: datetime) -> None:
    if _move(session, doubt, A.NEEDS_PERSON, look_at=None, error_code=code):
        events.record(session, machine(doubt.workspace_id), now, "answer", doubt.id, "needs_person", code=code)
        access = doubt.access
        notices.about_channel(
            session, doubt.workspace_id, access.channel_id, now, "answer_needs_person", answer=doubt.id
        )


def _still_in_doubt(session: Session, doubt: _Doubt) -> Answer | None:
    ours = (Answer.id == doubt.id, Answer.state == A.UNKNOWN, Answer.epoch == doubt.epoch, Answer.look_at == doubt.turn)
    return session.scalar(select(Answer).where(*ours))


def _move(session: Session, doubt: _Doubt, new: AnswerState, **values: Any) -> bool:
    """Only while nobody noted anything about it since."""
    ours = (Answer.id == doubt.id, Answer.state == A.UNKNOWN, Answer.epoch == doubt.epoch, Answer.look_at == doubt.turn)
    return changed(session, update(Answer).where(*ours).values(state=new, **values)) == 1


def _taken(session: Session, answer: Answer, remote_ids: list[str]) -> set[str]:
    """What other answers are, and what stood there before this one was begun."""
    others = select(Answer.remote_id).where(
        Answer.channel_id == answer.channel_id, Answer.remote_id.in_(remote_ids), Answer.id != answer.id
    )
    return {remote_id for remote_id in session.scalars(others) if remote_id is not None}
