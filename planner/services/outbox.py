"""Sending what waits, once: a claim by compare-and-set with a lease, and a fenced note of how it went.

A process that dies while it sends leaves a lease that runs out; then it is sent again under the same id, because news
that comes twice does less harm than news that never comes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update

from planner.domain.outbox import OutboxState, next_try
from planner.models import Mail, PushMessage, WebhookCall

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Longer than any one sending may take.
LEASE = timedelta(minutes=5)
KEPT = timedelta(days=30)

Kind = type[Mail] | type[PushMessage] | type[WebhookCall]


@dataclass(frozen=True, slots=True)
class Claim:
    """A row in one sender's hands; ``attempts`` counts this one."""

    kind: Kind
    id: int
    owner: str
    attempts: int
    created_at: datetime


def claim(platform: Platform, kind: Kind, *conditions: ColumnElement[bool]) -> Claim | None:
    """Take the longest due row, None where nothing is due. ``conditions`` narrow which."""
    now = platform.clock.now()
    owner = secrets.token_hex(8)
    while True:
        with platform.database.read() as session:
            query = select(kind.id, kind.attempts, kind.created_at).where(_is_due(kind, now), *conditions)
            row = session.execute(query.order_by(kind.due_at, kind.id).limit(1)).one_or_none()
        if row is None:
            return None
        # Settles the race of two senders for one row: the second finds another number of attempts on it.
        taken = update(kind).where(kind.id == row.id, kind.attempts == row.attempts, _is_due(kind, now))
        values = {"state": OutboxState.SENDING, "owner": owner, "lease_until": now + LEASE}
        if _change(platform, taken.values(**values, attempts=row.attempts + 1)):
            return Claim(kind, row.id, owner, row.attempts + 1, row.created_at)


def finish(platform: Platform, work: Claim, state: OutboxState, **values: Any) -> bool:
    """Note that it needs no further attempt: sent, needless or given up (with ``error_code`` and ``error``)."""
    values = {"error_code": None, "error": None, **values}
    return _note(platform, work, state=state, finished_at=platform.clock.now(), **values)


def put_off(platform: Platform, work: Claim, asked: timedelta = timedelta(), /, **values: Any) -> bool:
    """It failed for now (``error_code``, ``error``): due again later, not before the time that the other side
    ``asked`` for, or given up after a day. Returns whether it is due again."""
    now = platform.clock.now()
    due = next_try(work.created_at, now, work.attempts, asked)
    if due is None:
        finish(platform, work, OutboxState.GIVEN_UP, **values)
        return False
    return _note(platform, work, state=OutboxState.WAITING, due_at=due, **values)


def forget_old(platform: Platform) -> None:
    """Rows that were done with a month ago go."""
    before = platform.clock.now() - KEPT
    for kind in (Mail, PushMessage, WebhookCall):
        with platform.database.read() as session:
            old = session.scalars(select(kind.id).where(kind.finished_at < before).limit(500)).all()
        if old:
            with platform.database.write() as session:
                session.execute(kind.__table__.delete().where(kind.id.in_(old)))  # type: ignore[attr-defined]


def _is_due(kind: Kind, now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(kind.state == OutboxState.WAITING, kind.due_at <= now),
        and_(kind.state == OutboxState.SENDING, kind.lease_until <= now),
    )


def _note(platform: Platform, work: Claim, **values: Any) -> bool:
    mine = update(work.kind).where(
        work.kind.id == work.id, work.kind.state == OutboxState.SENDING, work.kind.owner == work.owner
    )
    return _change(platform, mine.values(owner=None, lease_until=None, **values))


def _change(platform: Platform, statement: Any) -> bool:
    with platform.database.write() as session:
        result = session.execute(statement, execution_options={"synchronize_session": False})
        return cast("CursorResult[Any]", result).rowcount == 1
