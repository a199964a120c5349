"""What is to become a push: each notice goes out to every device of its person, in the transaction that marks it as
done. What calls for a hand this minute goes alone and at once; the rest waits shortly for what may follow."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.outbox import PRESSING, QUIET, is_pushed, push_ends
from planner.models import Notice, PushMessage, PushSubscription, User
from planner.services import bundling

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
        if not bundling.is_any(session, Notice.push_done_at):
            return 0
    now = platform.clock.now()
    with platform.database.write() as session:
        waiting, needless = _waiting(session)
        _done(session, needless, now)
        devices = _devices(session, {notice.user_id for notice in waiting})
        return sum(_gather(session, group, devices, now) for group in bundling.by_person(waiting))


def _waiting(session: Session) -> tuple[list[Notice], list[int]]:
    """The notices that are wished for, and the ids of the others."""
    wanted: list[Notice] = []
    needless: list[int] = []
    for one in bundling.undecided(session, Notice.push_done_at, User.push_wishes):
        if one.reaches and is_pushed(one.notice.kind, one.wishes):
            wanted.append(one.notice)
        else:
            needless.append(one.notice.id)
    return wanted, needless


def _devices(session: Session, people: set[int]) -> Mapping[int, list[int]]:
    query = select(PushSubscription.user_id, PushSubscription.id).where(PushSubscription.user_id.in_(people))
    found: dict[int, list[int]] = defaultdict(list)
    for row in session.execute(query.order_by(PushSubscription.id)):
        found[row.user_id].append(row.id)
    return found


def _gather(session: Session, group: Sequence[Notice], devices: Mapping[int, list[int]], now: datetime) -> int:
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
    bundling.decide(session, Notice.push_done_at, ids, now)
