"""A post's status, kept in step with its deliveries in the transaction of each change."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.domain.states import PostStatus, post_status
from planner.models import Delivery, Post


def refresh_status(session: Session, *post_ids: int) -> None:
    """Read the status of each post off its deliveries and store it. Call after every change of a state."""
    session.flush()
    for post_id in _distinct(post_ids):
        states = session.scalars(select(Delivery.state).where(Delivery.post_id == post_id)).all()
        row = session.execute(
            select(Post.status, Post.approval_asked_at, Post.approved_at).where(Post.id == post_id)
        ).one()
        awaits = row.approval_asked_at is not None and row.approved_at is None
        status = post_status(states, awaits_approval=awaits)
        if status is not row.status:
            _store(session, post_id, status)


def _store(session: Session, post_id: int, status: PostStatus) -> None:
    session.execute(update(Post).where(Post.id == post_id).values(status=status))


def _distinct(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(ids))
