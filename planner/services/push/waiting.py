"""What is to become a push: each notice goes out to every device of its person, in the transaction that marks it as
done. What calls for a hand this minute goes alone and at once; the rest waits shortly for what may follow."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.domain.outbox import PRESSING, QUIET, is_pushed, push_ends
from planner.models import Member, Notice, PushMessage, PushSubscription, User

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def put(
    session: Session, subscription_id: int, workspace_id: int, notices: list[int], now: datetime, expires_at: datetime
) -> None:
    """A push that is due now."""
    message = PushMessage(
        subscription_id=subscription_id,
        workspace_id=workspace_id,
        notices=notices,
        key=secrets.token_hex(8),
        created_at=now,
        due_at=now,
        expires_at=expires_at,
    )
    session.add(message)


def gather(platform: Platform) -> int:
    """Put the notices whose time has come into pushes. Returns how many pushes that made."""
    with platform.database.read() as session:
        if session.scalar(select(Notice.id).where(Notice.push_done_at.is_(None)).limit(1)) is None:
            return 0
    now = platform.clock.now()
    with platform.database.write() as session:
        waiting, needless = _waiting(session)
        _done(session, needless, now)
        devices = _devices(session, {notice.user_id for notice in waiting})
        return sum(_gather(session, group, devices, now) for group in _by_person(waiting))


def _waiting(session: Session) -> tuple[list[Notice], list[int]]:
    """The notices that are wished for, and the ids of the others. Rows that another process holds are left to it."""
    query = (
        select(Notice, User.push_wishes, User.active, Member.id.label("place"))
        .join(User, User.id == Notice.user_id)
        .outerjoin(Member, (Member.user_id == Notice.user_id) & (Member.workspace_id == Notice.workspace_id))
        .where(Notice.push_done_at.is_(None))
        .order_by(Notice.id)
        .with_for_update(of=Notice, skip_locked=True)
    )
    wanted: list[Notice] = []
    needless: list[int] = []
    for row in session.execute(query):
        there = row.active and row.place is not None and row.Notice.read_at is None
        if there and is_pushed(row.Notice.kind, row.push_wishes or {}):
            wanted.append(row.Notice)
        else:
            needless.append(row.Notice.id)
    return wanted, needless


def _devices(session: Session, people: set[int]) -> Mapping[int, list[int]]:
    query = select(PushSubscription.user_id, PushSubscription.id).where(PushSubscription.user_id.in_(people))
    found: dict[int, list[int]] = defaultdict(list)
    for row in session.execute(query.order_by(PushSubscription.id)):
        found[row.user_id].append(row.id)
    return found


def _by_person(waiting: Iterable[Notice]) -> Iterable[list[Notice]]:
    groups: dict[tuple[int, int], list[Notice]] = defaultdict(list)
    for one in waiting:
        groups[one.user_id, one.workspace_id].append(one)
    return groups.values()


def _gather(session: Session, group: list[Notice], devices: Mapping[int, list[int]], now: datetime) -> int:
    """The pushes of one person in one workspace."""
    bundles = [[one] for one in group if one.kind in PRESSING]
    others = [one for one in group if one.kind not in PRESSING]
    if others and min(one.at for one in others) <= now - QUIET:
        bundles.append(others)
    mine = devices.get(group[0].user_id, [])
    for bundle in bundles:
        ids, ends = [one.id for one in bundle], max(map(_ends, bundle))
        for device in mine:
            put(session, device, bundle[0].workspace_id, ids, now, ends)
        _done(session, ids, now)
    return len(bundles) * len(mine)


def _ends(notice: Notice) -> datetime:
    try:
        publish_at = datetime.fromisoformat(str(notice.data.get("publish_at")))
    except ValueError:
        publish_at = None
    return push_ends(notice.kind, notice.at, publish_at)


def _done(session: Session, ids: Sequence[int], now: datetime) -> None:
    if ids:
        statement = update(Notice).where(Notice.id.in_(ids), Notice.push_done_at.is_(None))
        session.execute(statement.values(push_done_at=now), execution_options={"synchronize_session": False})
