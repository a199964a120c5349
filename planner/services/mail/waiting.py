"""What is to become mail. A notice is written in the transaction of what it tells of; here it goes into a mail, as soon
as its person wishes, several of them together, in the transaction that marks it as done."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.domain.outbox import PRESSING, QUIET, Pace, last_summary, pace_of
from planner.models import Mail, Member, Notice, User, Workspace

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
        if session.scalar(select(Notice.id).where(Notice.mail_done_at.is_(None)).limit(1)) is None:
            return 0
    now = platform.clock.now()
    with platform.database.write() as session:
        waiting = _waiting(session)
        if not platform.settings.mail_on:
            _done(session, [one.id for one in waiting], now)
            return 0
        return sum(_gather(session, group, now) for group in _by_person(waiting))


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
    """The notices that nothing was decided about. Rows that another process holds are left to it."""
    query = (
        select(Notice, User.mail_wishes, User.active, Workspace.zone, Member.id.label("place"))
        .join(User, User.id == Notice.user_id)
        .join(Workspace, Workspace.id == Notice.workspace_id)
        .outerjoin(Member, (Member.user_id == Notice.user_id) & (Member.workspace_id == Notice.workspace_id))
        .where(Notice.mail_done_at.is_(None))
        .order_by(Notice.id)
        .with_for_update(of=Notice, skip_locked=True)
    )
    found = []
    for row in session.execute(query):
        notice, wanted = row.Notice, row.active and row.place is not None and row.Notice.read_at is None
        pace = pace_of(notice.kind, row.mail_wishes or {}) if wanted else Pace.NONE
        found.append(_Waiting(notice.id, notice.at, notice.kind, pace, notice.user_id, notice.workspace_id, row.zone))
    return found


def _by_person(waiting: Iterable[_Waiting]) -> Iterable[Sequence[_Waiting]]:
    groups: dict[tuple[int, int], list[_Waiting]] = defaultdict(list)
    for one in waiting:
        groups[one.user_id, one.workspace_id].append(one)
    return groups.values()


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
    if ids:
        statement = update(Notice).where(Notice.id.in_(ids), Notice.mail_done_at.is_(None))
        session.execute(statement.values(mail_done_at=now), execution_options={"synchronize_session": False})
