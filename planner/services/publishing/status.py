"""What a person sees: a post's status, in step with its deliveries, and whether a delivery is held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState, PostStatus, post_status
from planner.models import Campaign, Delivery, Post, Workspace
from planner.services.publishing import guards


def refresh_status(session: Session, *post_ids: int) -> None:
    """Read the status of each post off its deliveries and store it. Call after every change of a state."""
    session.flush()
    lock_posts(session, post_ids)
    for post_id in _distinct(post_ids):
        rows = session.execute(_facts(post_id)).all()
        first = rows[0]
        states = [row.state for row in rows if row.state is not None]
        awaits = first.approval_asked_at is not None and first.approved_at is None
        status = post_status(states, awaits_approval=awaits)
        if status is not first.status:
            _store(session, post_id, status)


def lock_posts(session: Session, post_ids: Iterable[int]) -> None:
    """Make others wait who change a delivery of these posts, so that no status is read off half a change.

    Locked in the order of their ids. SQLite needs no lock: its writers come one at a time.
    """
    if session.get_bind().dialect.name != "sqlite":
        query = select(Post.id).where(Post.id.in_(set(post_ids))).order_by(Post.id).with_for_update(key_share=True)
        session.execute(query).all()


@dataclass(frozen=True, slots=True)
class Holds:
    """What is paused in a workspace, read once for a whole page of deliveries."""

    workspace_paused_at: datetime | None
    campaigns_paused_at: dict[int, datetime]
    now: datetime

    @classmethod
    def read(cls, session: Session, workspace_id: int, now: datetime) -> Holds:
        """Two short queries."""
        paused_at = session.scalar(select(Workspace.paused_at).where(Workspace.id == workspace_id))
        campaigns = session.execute(
            select(Campaign.id, Campaign.paused_at).where(
                Campaign.workspace_id == workspace_id, Campaign.paused_at.is_not(None)
            )
        )
        return cls(paused_at, {row.id: row.paused_at for row in campaigns}, now)

    def reason(self, delivery: Delivery) -> guards.Hold | None:
        """Why the delivery waits; None where nothing holds it. Reads its ``post`` and ``channel``."""
        if delivery.state not in (DeliveryState.SCHEDULED, DeliveryState.CLAIMED):
            return None
        post, channel = delivery.post, delivery.channel
        facts = _Facts(
            self.workspace_paused_at,
            self.campaigns_paused_at.get(post.campaign_id) if post.campaign_id is not None else None,
            channel.paused_at,
            post.needs_approval,
            post.approved_at,
            channel.reconnect_since,
            channel.throttled_until,
        )
        return guards.hold(facts, self.now)


def held(session: Session, delivery: Delivery, now: datetime) -> guards.Hold | None:
    """Why one delivery waits; None where nothing holds it."""
    return Holds.read(session, delivery.workspace_id, now).reason(delivery)


@dataclass(frozen=True, slots=True)
class _Facts:
    workspace_paused_at: datetime | None
    campaign_paused_at: datetime | None
    channel_paused_at: datetime | None
    needs_approval: bool
    approved_at: datetime | None
    reconnect_since: datetime | None
    throttled_until: datetime | None


def _facts(post_id: int):  # type: ignore[no-untyped-def]
    return (
        select(Post.status, Post.approval_asked_at, Post.approved_at, Delivery.state)
        .outerjoin(Delivery, Delivery.post_id == Post.id)
        .where(Post.id == post_id)
    )


def _store(session: Session, post_id: int, status: PostStatus) -> None:
    session.execute(update(Post).where(Post.id == post_id).values(status=status))


def _distinct(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(ids))
