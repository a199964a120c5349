"""How much waits for a person: what the frame around every page shows, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Delivery, Post
from planner.services.by_hand import CODE, GRACE


@dataclass(frozen=True, slots=True)
class Waiting:
    """``by_hand`` are to be published by a person now, ``overdue`` of them long ago; ``missed`` are to be decided
    about."""

    by_hand: int = 0
    missed: int = 0
    overdue: int = 0


def count(session: Session, workspace_id: int, *, now: datetime) -> Waiting:
    """The counts of a workspace."""
    by_hand = and_(Delivery.state == DeliveryState.NEEDS_PERSON, Delivery.error_code == CODE)
    query = (
        select(
            Delivery.state,
            func.count(Delivery.id).label("number"),
            func.sum(case((Delivery.publish_at < now - GRACE, 1), else_=0)).label("late"),
        )
        .join(Post)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.state.in_((DeliveryState.NEEDS_PERSON, DeliveryState.MISSED)),
            or_(by_hand, Delivery.state == DeliveryState.MISSED),
            Post.deleted_at.is_(None),
        )
        .group_by(Delivery.state)
    )
    found = {row.state: row for row in session.execute(query)}
    hands, missed = found.get(DeliveryState.NEEDS_PERSON), found.get(DeliveryState.MISSED)
    return Waiting(hands.number if hands else 0, missed.number if missed else 0, hands.late if hands else 0)
