"""What happens to a post besides its content: it moves, leaves the plan, is deleted and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery, Event, Post, Workspace
from planner.services import approvals, events, queue
from planner.services.actor import Actor
from planner.services.doubt import refuse_doubt
from planner.services.errors import Conflict, NotFound, Problems
from planner.services.posts import mentions, placing, store
from planner.services.posts.checks import check_content, check_for_networks, check_when
from planner.services.posts.inputs import When, content_of
from planner.services.posts.writing import live_channels
from planner.services.publishing import notices
from planner.services.publishing.status import refresh_status


def move(
    session: Session, actor: Actor, delivery_ids: Sequence[int], when: When, *, now: datetime, folder: Path
) -> list[Delivery]:
    """Give deliveries of one post a new time (or none). The approval stays: it was given to the content.

    Raises NotFound, Forbidden, Invalid, and Conflict ``frozen`` or ``cannot_move``.
    """
    actor.require(Permission.EDIT)
    deliveries = _deliveries(session, actor, delivery_ids)
    post = store.load(session, actor, deliveries[0].post_id)
    store.thaw(deliveries, now)
    for delivery in deliveries:
        if delivery.state not in placing.MOVABLE or delivery.step:
            raise Conflict("cannot_move", state=delivery.state.value)
    workspace = session.get_one(Workspace, actor.workspace_id)
    _check_move(session, post, deliveries, when, workspace, now=now, folder=folder)
    before = [_iso(d.publish_at) for d in deliveries]
    placing.place(session, deliveries, when, workspace.zone, now)
    for delivery in deliveries:
        # A person chose a new time: earlier attempts no longer count against it.
        delivery.attempts_forgiven = delivery.attempt_count
    if when.is_set and post.needs_approval and post.approved_at is None:
        approvals.note_asked(session, actor, post, now)
    placing.settle(session, post, deliveries, now)
    for delivery, old in zip(deliveries, before, strict=True):
        events.record(
            session, actor, now, "delivery", delivery.id, "moved", before=old, after=_iso(delivery.publish_at)
        )
    post.updated_at = now
    refresh_status(session, post.id)
    return deliveries


def cancel(session: Session, actor: Actor, delivery_ids: Sequence[int], *, now: datetime) -> list[Delivery]:
    """Take deliveries out for good. Raises NotFound, Forbidden, Conflict ``frozen``, ``in_doubt`` or
    ``published_already``."""
    actor.require(Permission.EDIT)
    deliveries = _deliveries(session, actor, delivery_ids)
    store.thaw(deliveries, now)
    refuse_doubt(deliveries)
    for delivery in deliveries:
        if delivery.state is DeliveryState.PUBLISHED:
            raise Conflict("published_already")
        _cancel(session, actor, delivery, now)
    notices.settle(session, [d.id for d in deliveries], now)
    refresh_status(session, *[d.post_id for d in deliveries])
    return deliveries


def delete(session: Session, actor: Actor, post_id: int, *, now: datetime) -> None:
    """Hide a post and cancel what was planned; :func:`restore` brings both back. What is published stays.

    Raises NotFound, Forbidden, Conflict ``frozen``, ``in_doubt`` or ``cannot_delete`` (something is published).
    """
    actor.require(Permission.EDIT)
    post = store.load(session, actor, post_id)
    deliveries = store.changeable(session, post_id, now)
    if any(d.state is DeliveryState.PUBLISHED for d in deliveries):
        raise Conflict("cannot_delete")
    refuse_doubt(deliveries)
    states = {str(d.id): _keep(d) for d in deliveries if d.state is not DeliveryState.CANCELLED}
    for delivery in deliveries:
        _cancel(session, actor, delivery, now)
    notices.settle(session, [d.id for d in deliveries], now)
    post.deleted_at = post.updated_at = now
    events.record(session, actor, now, "post", post.id, "deleted", deliveries=states)
    post.status = PostStatus.CANCELLED


def restore(session: Session, actor: Actor, post_id: int, *, now: datetime) -> Post:
    """Undo :func:`delete`: times that lie ahead are taken again, others are left empty.

    Raises NotFound, Forbidden.
    """
    actor.require(Permission.EDIT)
    post = store.load(session, actor, post_id, deleted=True)
    zone = session.get_one(Workspace, actor.workspace_id).zone
    kept = session.scalar(
        select(Event.data)
        .where(Event.subject == "post", Event.subject_id == post_id, Event.kind == "deleted")
        .order_by(Event.id.desc())
        .limit(1)
    )
    deliveries = [
        delivery
        for delivery in store.deliveries_of(session, post_id)
        if delivery.state is DeliveryState.CANCELLED and str(delivery.id) in (kept or {}).get("deliveries", {})
    ]
    for delivery in deliveries:
        was = (kept or {})["deliveries"][str(delivery.id)]
        delivery.state = DeliveryState.DRAFT
        placing.place(session, [delivery], _when_again(was, now), zone, now)
    placing.settle(session, post, deliveries, now)
    post.deleted_at, post.updated_at = None, now
    events.record(session, actor, now, "post", post.id, "restored")
    refresh_status(session, post.id)
    return post


def _deliveries(session: Session, actor: Actor, ids: Sequence[int]) -> list[Delivery]:
    """The deliveries, locked after their posts: publishing locks in the same order, so nobody waits in a circle."""
    posts = (
        select(Post)
        .where(
            Post.id.in_(select(Delivery.post_id).where(Delivery.id.in_(ids))),
            Post.workspace_id == actor.workspace_id,
            Post.deleted_at.is_(None),
        )
        .order_by(Post.id)
        .with_for_update(key_share=True)
    )
    known = [post.id for post in session.scalars(posts)]
    query = (
        select(Delivery)
        .where(Delivery.id.in_(ids), Delivery.post_id.in_(known))
        .order_by(Delivery.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = list(session.scalars(query))
    if not found or len(found) != len(set(ids)):
        raise NotFound("not_found")
    return found


def _check_move(
    session: Session,
    post: Post,
    deliveries: Sequence[Delivery],
    when: When,
    workspace: Workspace,
    *,
    now: datetime,
    folder: Path,
) -> None:
    problems = Problems()
    placed = placing.fixed_time(when, workspace.zone)
    check_when(when, placed.utc if placed else None, now, problems)
    if when.is_set:
        content = content_of(post, live_channels(deliveries))
        check_for_networks(content, check_content(session, workspace.id, content, Problems()), folder, problems)
        mentions.check(content, problems, looked_up=True)
    problems.raise_any()


def _cancel(session: Session, actor: Actor, delivery: Delivery, now: datetime) -> None:
    if delivery.state is DeliveryState.CANCELLED:
        return
    queue.leave(session, delivery)
    delivery.state = DeliveryState.CANCELLED
    delivery.version += 1
    delivery.updated_at = now
    events.record(session, actor, now, "delivery", delivery.id, "cancelled")


def _keep(delivery: Delivery) -> dict[str, str | bool | None]:
    return {"publish_at": _iso(delivery.publish_at), "queued": delivery.queued}


def _when_again(was: dict[str, str | bool | None], now: datetime) -> When:
    moment = datetime.fromisoformat(str(was["publish_at"])) if was["publish_at"] else None
    if was["queued"]:
        return When(queue=True)
    return When(at=moment) if moment is not None and moment > now else When()


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
