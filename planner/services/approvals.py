"""A lead's yes, in one step; it counts for the post as it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from planner.domain.roles import Permission, Role
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery, Member, Notice, Post
from planner.services import events, queue
from planner.services.actor import Actor
from planner.services.errors import Conflict
from planner.services.posts import placing, store
from planner.services.publishing.status import refresh_status


def ask(session: Session, actor: Actor, post_id: int, *, now: datetime) -> Post:
    """Ask the leads for their yes. Raises NotFound, Forbidden, Conflict ``approved_already``."""
    actor.require(Permission.EDIT)
    post = store.load(session, actor, post_id)
    if post.approved_at is not None:
        raise Conflict("approved_already")
    note_asked(session, actor, post, now)
    refresh_status(session, post.id)
    return post


def note_asked(session: Session, actor: Actor, post: Post, now: datetime) -> None:
    """Note, once, that the leads were asked, and tell everyone who may approve, but for whoever asks."""
    if post.approval_asked_at is not None:
        return
    post.approval_asked_at = now
    events.record(session, actor, now, "post", post.id, "approval_asked")
    leads = session.scalars(
        select(Member.user_id).where(
            Member.workspace_id == post.workspace_id, Member.role.in_([Role.APPROVER, Role.ADMIN])
        )
    )
    for user_id in leads:
        if user_id != actor.user_id:
            session.add(_notice(post, user_id, "approval_asked", now, by=actor.label))


def approve(session: Session, actor: Actor, post_id: int, *, now: datetime, version: int | None = None) -> Post:
    """Say yes. What has a time is scheduled; a queued delivery whose slot passed meanwhile takes the next one.

    ``version`` is the one the lead saw. Raises NotFound, Forbidden, Conflict (``stale_edit``,
    ``approved_already``, ``nothing_to_approve``).
    """
    actor.require(Permission.APPROVE)
    post = store.load(session, actor, post_id)
    store.refuse_stale(session, post, version)
    if post.approved_at is not None:
        raise Conflict("approved_already")
    deliveries = store.deliveries_of(session, post_id)
    if post.status is PostStatus.CANCELLED or all(d.state is DeliveryState.PUBLISHED for d in deliveries):
        raise Conflict("nothing_to_approve")
    store.grant_approval(post, actor, now)
    waiting = [d for d in deliveries if d.state is DeliveryState.DRAFT]
    for delivery in waiting:
        if delivery.queued and delivery.publish_at is not None and delivery.publish_at < now:
            queue.enqueue(session, delivery, now=now)
    placing.settle(session, post, waiting, now)
    _no_longer(session, post.id, "approval_asked", now)
    events.record(session, actor, now, "post", post.id, "approved", version=post.version)
    _tell_author(session, actor, post, "approved", now)
    refresh_status(session, post.id)
    return post


def withdraw(session: Session, actor: Actor, post_id: int, *, now: datetime, note: str = "") -> Post:
    """Take a yes back, or say no: the post returns to its author as a draft, with the ``note``.

    Raises NotFound, Forbidden, Conflict ``frozen`` (it is being sent) or ``not_approved`` (nothing to take back).
    """
    actor.require(Permission.APPROVE)
    post = store.load(session, actor, post_id)
    deliveries = store.changeable(session, post_id, now)
    if post.approved_at is None and post.approval_asked_at is None:
        raise Conflict("not_approved")
    store.void_approval(post, actor.label, now)
    post.approval_asked_at = None
    placing.settle(session, post, [d for d in deliveries if d.state is DeliveryState.SCHEDULED], now)
    _no_longer(session, post.id, "approval_asked", now)
    events.record(session, actor, now, "post", post.id, "sent_back", note=note)
    _tell_author(session, actor, post, "sent_back", now, note=note)
    refresh_status(session, post.id)
    return post


def take_back(session: Session, actor: Actor, post_id: int, *, now: datetime) -> Post:
    """Undo a yes that was given by mistake: the post waits for one again, and nobody is told.

    Raises NotFound, Forbidden, Conflict ``frozen`` or ``not_approved``.
    """
    actor.require(Permission.APPROVE)
    post = store.load(session, actor, post_id)
    deliveries = store.changeable(session, post_id, now)
    if not store.void_approval(post, actor.label, now):
        raise Conflict("not_approved")
    placing.settle(session, post, [d for d in deliveries if d.state is DeliveryState.SCHEDULED], now)
    events.record(session, actor, now, "post", post.id, "approval_taken_back")
    _no_longer(session, post.id, "approved", now)
    refresh_status(session, post.id)
    return post


def waiting(session: Session, workspace_id: int) -> list[Post]:
    """Posts that wait for a yes, the most urgent first."""
    first = (
        select(Delivery.publish_at)
        .where(Delivery.post_id == Post.id, Delivery.publish_at.is_not(None))
        .order_by(Delivery.publish_at)
        .limit(1)
        .correlate(Post)
        .scalar_subquery()
    )
    query = (
        select(Post)
        .where(Post.workspace_id == workspace_id, Post.status == PostStatus.IN_APPROVAL, Post.deleted_at.is_(None))
        .order_by(first.is_(None), first, Post.id)
        .options(selectinload(Post.variants), selectinload(Post.media))
    )
    return list(session.scalars(query))


def count_waiting(session: Session, workspace_id: int) -> int:
    """How many posts wait for a yes."""
    query = select(func.count(Post.id)).where(
        Post.workspace_id == workspace_id, Post.status == PostStatus.IN_APPROVAL, Post.deleted_at.is_(None)
    )
    return session.scalar(query) or 0


def _tell_author(session: Session, actor: Actor, post: Post, kind: str, now: datetime, **data: str) -> None:
    author = post.owner_id or post.created_by_id
    if author is not None and author != actor.user_id:
        session.add(_notice(post, author, kind, now, by=actor.label, **data))


def _no_longer(session: Session, post_id: int, kind: str, now: datetime) -> None:
    """What such notices say is over: those not read yet count as read, and go into no mail."""
    about = Notice.subject == "post", Notice.subject_id == post_id, Notice.kind == kind
    session.execute(update(Notice).where(*about, Notice.read_at.is_(None)).values(read_at=now))


def _notice(post: Post, user_id: int, kind: str, now: datetime, **data: str) -> Notice:
    return Notice(
        workspace_id=post.workspace_id,
        user_id=user_id,
        at=now,
        kind=kind,
        subject="post",
        subject_id=post.id,
        data=data,
    )
