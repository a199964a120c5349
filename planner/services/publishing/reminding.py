"""What waits for a hand is not forgotten: its person hears of it before its time, as they wish, and the leads once it
is overdue. At the time itself the claim asks (``assist.py``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Member, Notice, Post, User, Workspace
from planner.models.base import UtcDateTime
from planner.services.by_hand import CODE, on_a_channel_by_hand
from planner.services.publishing import guards, notices
from planner.services.publishing.moves import Ref
from planner.services.publishing.status import lock_posts

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Nobody can wish to hear earlier.
EARLIEST = timedelta(days=1)
BATCH = 100


def remind_due(platform: Platform) -> int:
    """Tell whom it concerns of what comes soon and of what is overdue. Returns how many posts were told of."""
    now = platform.clock.now()
    with platform.database.read() as session:
        coming = session.execute(_SOON, {"now": now, "until": now + EARLIEST}).all()
        soon = [row for row in coming if _remindable(session, row, now)]
        overdue = [Ref.of(row) for row in session.execute(_OVERDUE, {"now": now}) if _is_overdue(row, now)]
    if not soon and not overdue:
        return 0
    with platform.database.write() as session:
        lock_posts(session, sorted({row.post_id for row in soon} | {ref.post_id for ref in overdue}))
        told = sum(_remind(session, row, now) for row in soon)
        return told + sum(_escalate(session, ref, now) for ref in overdue)


# --- before its time ---------------------------------------------------------------------------------------------


def _remindable(session: Session, row: Any, now: datetime) -> bool:
    """Whether somebody wishes to hear of it now who has not heard."""
    lead = max(_wishes(session, notices.whose_hand(session, Ref.of(row))).values(), default=timedelta())
    if not lead or row.publish_at - lead > now:
        return False
    # One that was moved by more than the notice it gave is told of anew.
    return row.reminded_at is None or row.reminded_at < row.publish_at - lead


def _remind(session: Session, row: Any, now: datetime) -> bool:
    """Settles the race of two processes: the second finds it told of, or moved."""
    statement = update(Delivery).where(
        Delivery.id == row.id,
        Delivery.state == DeliveryState.SCHEDULED,
        Delivery.publish_at == row.publish_at,
        Delivery.reminded_at.is_not_distinct_from(row.reminded_at),
    )
    if session.scalar(statement.values(reminded_at=now).returning(Delivery.id)) is None:
        return False
    notices.about_hand(session, Ref.of(row), now, "delivery_soon", publish_at=row.publish_at.isoformat())
    return True


def _wishes(session: Session, people: Sequence[int]) -> dict[int, timedelta]:
    query = select(User.id, User.remind_minutes).where(User.id.in_(people), User.remind_minutes > 0)
    return {row.id: timedelta(minutes=row.remind_minutes) for row in session.execute(query)}


# --- past its time -----------------------------------------------------------------------------------------------


def _is_overdue(row: Any, now: datetime) -> bool:
    return bool(row.publish_at + timedelta(minutes=row.overdue_minutes) <= now)


def _escalate(session: Session, ref: Ref, now: datetime) -> bool:
    """Once for each promised time, whoever of several processes notices."""
    waits = Delivery.state == DeliveryState.NEEDS_PERSON, Delivery.error_code == CODE
    statement = update(Delivery).where(Delivery.id == ref.id, *waits, Delivery.escalated_at.is_(None))
    taken = session.execute(
        statement.values(escalated_at=now).returning(Delivery.publish_at, Delivery.taken_by_id, Delivery.taken_at)
    ).one_or_none()
    if taken is None:
        return False
    name = session.scalar(select(User.name).where(User.id == taken.taken_by_id)) if taken.taken_by_id else None
    notices.about_overdue(
        session,
        ref,
        now,
        publish_at=taken.publish_at.isoformat(),
        told=told_of(session, ref.id, taken.publish_at - EARLIEST),
        taken_by=name,
        taken_at=taken.taken_at.isoformat() if name and taken.taken_at else None,
    )
    return True


def told_of(session: Session, delivery_id: int, since: datetime) -> list[dict[str, str]]:
    """Who was told when that this is to be published by hand: ``name`` and ``at`` (RFC 3339), in order."""
    query = (
        select(User.name, Notice.at)
        .join(User, User.id == Notice.user_id)
        .where(
            Notice.subject == "delivery",
            Notice.subject_id == delivery_id,
            Notice.at >= since,
            Notice.kind.in_(("delivery_assisted", "delivery_soon")),
        )
        .order_by(Notice.id)
    )
    return [{"name": row.name, "at": row.at.isoformat()} for row in session.execute(query)]


_COLUMNS = (Delivery.id, Delivery.workspace_id, Delivery.post_id, Delivery.channel_id, Delivery.publish_at)
_SOON = (
    select(*_COLUMNS, Delivery.reminded_at)
    .join(Post, Post.id == Delivery.post_id)
    .join(Channel, Channel.id == Delivery.channel_id)
    .join(Workspace, Workspace.id == Delivery.workspace_id)
    .where(
        Delivery.state == DeliveryState.SCHEDULED,
        Delivery.publish_at > guards.NOW,
        Delivery.publish_at <= bindparam("until", type_=UtcDateTime()),
        Post.deleted_at.is_(None),
        Channel.archived_at.is_(None),
        on_a_channel_by_hand(),
        guards.post_is_open(),
        guards.nobody_paused(),
        select(Member.id)
        .join(User, User.id == Member.user_id)
        .where(Member.workspace_id == Delivery.workspace_id, User.remind_minutes > 0)
        .correlate(Delivery)
        .exists(),
    )
    .order_by(Delivery.publish_at, Delivery.id)
    .limit(BATCH)
)
_OVERDUE = (
    select(*_COLUMNS, Workspace.overdue_minutes)
    .join(Post, Post.id == Delivery.post_id)
    .join(Workspace, Workspace.id == Delivery.workspace_id)
    .where(
        Delivery.state == DeliveryState.NEEDS_PERSON,
        and_(Delivery.error_code == CODE, Delivery.escalated_at.is_(None)),
        Delivery.publish_at <= guards.NOW,
        Post.deleted_at.is_(None),
        Workspace.paused_at.is_(None),
    )
    .order_by(Delivery.publish_at, Delivery.id)
    .limit(10 * BATCH)
)
