"""What is to become mail. A notice is written in the transaction of what it tells of; here it goes into a mail, as soon
as its person wishes, several of them together, in the transaction that marks it as done."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.outbox import PRESSING, QUIET, Pace, last_summary, pace_of
from planner.models import Mail, Notice, User, Workspace
from planner.services import bundling

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def put(
    session: Session,
    kind: str,
    now: datetime,
    *,
    workspace_id: int | None,
    user_id: int | None = None,
    address: str | None = None,
    **data: Any,
) -> Mail:
    """A mail that is due now, to a person or to an address of the operator. The caller has seen that mail is on."""
    mail = Mail(
        workspace_id=workspace_id,
        user_id=user_id,
        address=address,
        kind=kind,
        data=data,
        key=secrets.token_hex(8),
        created_at=now,
        due_at=now,
    )
    session.add(mail)
    return mail


def gather(platform: Platform) -> int:
    """Put the notices whose time has come into mails. Returns how many mails that made.

    Where mail is off the notices are set aside, so that nobody gets old news on the day it is set up.
    """
    with platform.database.read() as session:
        if not bundling.is_any(session, Notice.mail_done_at):
            return 0
    now = platform.clock.now()
    with platform.database.write() as session:
        waiting = _waiting(session)
        if not platform.settings.mail_on:
            _done(session, [one.id for one in waiting], now)
            return 0
        return sum(_gather(session, group, now) for group in bundling.by_person(waiting))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A notice with all that decides about it."""

    id: int
    at: datetime
    kind: str
    pace: Pace
    user_id: int
    workspace_id: int
    zone: str


def _waiting(session: Session) -> list[_Waiting]:
    undecided = bundling.undecided(session, Notice.mail_done_at, User.mail_wishes)
    zones = {row.id: row.zone for row in session.execute(select(Workspace.id, Workspace.zone))}
    found = []
    for notice, wishes, reaches in undecided:
        pace, zone = pace_of(notice.kind, wishes) if reaches else Pace.NONE, zones[notice.workspace_id]
        found.append(_Waiting(notice.id, notice.at, notice.kind, pace, notice.user_id, notice.workspace_id, zone))
    return found


def _gather(session: Session, group: Sequence[_Waiting], now: datetime) -> int:
    """The mails of one person in one workspace."""
    _done(session, [one.id for one in group if one.pace is Pace.NONE], now)
    at_once = [one for one in group if one.pace is Pace.NOW]
    summary = [one for one in group if one.pace is Pace.DAILY and one.at < last_summary(now, one.zone)]
    pressing = any(one.kind in PRESSING for one in at_once)
    if at_once and not pressing and min(one.at for one in at_once) > now - QUIET:
        at_once = []  # more may follow
    made = 0
    for kind, chosen in (("notices", at_once), ("summary", summary)):
        if chosen:
            ids = [one.id for one in chosen]
            put(session, kind, now, workspace_id=chosen[0].workspace_id, user_id=chosen[0].user_id, notices=ids)
            _done(session, ids, now)
            made += 1
    return made


def _done(session: Session, ids: Sequence[int], now: datetime) -> None:
    bundling.decide(session, Notice.mail_done_at, ids, now)
