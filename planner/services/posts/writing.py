"""Creating and editing posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery, Post, Workspace
from planner.services import approvals, events, queue
from planner.services.actor import Actor
from planner.services.doubt import refuse_doubt
from planner.services.errors import Conflict, Problems
from planner.services.posts import mentions, placing, store
from planner.services.posts.checks import check_content, check_for_networks, check_when
from planner.services.posts.inputs import NOT_YET, Content, When, content_of
from planner.services.publishing import marks
from planner.services.publishing.account import channels_of_account
from planner.services.publishing.status import refresh_status

#: What a channel shows, and so what a lead approves; planning fields may change without a new approval.
APPROVED_FIELDS = (
    "text", "link", "media", "channels", "variants", "poll", "thread", "first_comment", "languages", "mentions",
    "card", "card_title", "card_description",
)  # fmt: skip


def create(
    session: Session,
    actor: Actor,
    content: Content,
    when: When = NOT_YET,
    *,
    now: datetime,
    folder: Path,
    approve: bool = False,
    ask: bool = False,
    submission: str | None = None,
) -> Post:
    """Make a post with a delivery per channel. ``folder`` holds the media files.

    With a time or the queue it is scheduled, or waits for approval where the workspace wants one (``approve``
    gives it at once; ``ask`` asks for it even without a time). The same ``submission`` twice makes one post.

    Raises Forbidden, and Invalid with every problem found; then nothing is written.
    """
    actor.require(Permission.APPROVE if approve else Permission.EDIT)
    if submission and (post := _already(session, actor, submission)):
        return post
    workspace = session.get_one(Workspace, actor.workspace_id)
    content = replace(content, mentions=mentions.read(content.mentions))
    _check(session, workspace, content, when, now=now, folder=folder)
    post = Post(
        workspace_id=workspace.id,
        created_by_id=actor.user_id,
        needs_approval=workspace.approval_required,
        submission=submission,
        status=PostStatus.DRAFT,
        created_at=now,
        updated_at=now,
    )
    store.write_content(post, replace(content, owner_id=content.owner_id or actor.user_id))
    session.add(post)
    session.flush()
    events.record(session, actor, now, "post", post.id, "created")
    deliveries = store.add_deliveries(session, post, content.channels, now)
    _schedule(session, actor, post, deliveries, when, zone=workspace.zone, now=now, approve=approve, ask=ask)
    refresh_status(session, post.id)
    return post


def edit(
    session: Session,
    actor: Actor,
    post_id: int,
    content: Content,
    when: When | None = None,
    *,
    now: datetime,
    folder: Path,
    version: int | None = None,
    approve: bool = False,
    ask: bool = False,
) -> Post:
    """Replace a post's content; ``when`` None leaves the times as they are. An edit voids the approval.

    ``version`` is the one the edit began from. Raises NotFound, Forbidden, Invalid, and Conflict
    (``frozen``, ``stale_edit``, ``published_already``, and ``in_doubt`` where a channel is taken away on which a person
    has to say first whether the post is live).
    """
    actor.require(Permission.APPROVE if approve else Permission.EDIT)
    post = store.load(session, actor, post_id)
    deliveries = store.changeable(session, post_id, now)
    store.refuse_stale(session, post, version)
    workspace = session.get_one(Workspace, actor.workspace_id)
    content = replace(content, mentions=mentions.read(content.mentions))
    before = content_of(post, live_channels(deliveries))
    changed = any(getattr(before, name) != getattr(content, name) for name in APPROVED_FIELDS)
    if changed and deliveries and all(d.state is DeliveryState.PUBLISHED for d in deliveries):
        raise Conflict("published_already")
    goes_out = any(d.publish_at is not None and d.state in placing.MOVABLE for d in deliveries)
    _check(session, workspace, content, when or NOT_YET, now=now, folder=folder, goes_out=goes_out)
    store.write_content(post, content)
    post.version += 1
    post.updated_at = now
    if changed and store.void_approval(post, actor.label, now):
        events.record(session, actor, now, "post", post.id, "approval_voided")
    events.record(session, actor, now, "post", post.id, "edited", version=post.version)
    deliveries = _sync_channels(session, post, deliveries, content, now)
    _schedule(session, actor, post, deliveries, when, zone=workspace.zone, now=now, approve=approve, ask=ask)
    refresh_status(session, post.id)
    return post


def live_channels(deliveries: Sequence[Delivery]) -> tuple[int, ...]:
    """The channels that a post still goes (or went) to, in their order."""
    return tuple(dict.fromkeys(d.channel_id for d in deliveries if d.state is not DeliveryState.CANCELLED))


def _already(session: Session, actor: Actor, submission: str) -> Post | None:
    query = select(Post).where(Post.workspace_id == actor.workspace_id, Post.submission == submission)
    return session.scalar(query)


def _check(
    session: Session,
    workspace: Workspace,
    content: Content,
    when: When,
    *,
    now: datetime,
    folder: Path,
    goes_out: bool = False,
) -> None:
    problems = Problems()
    known = check_content(session, workspace.id, content, problems)
    placed = placing.fixed_time(when, workspace.zone)
    check_when(when, placed.utc if placed else None, now, problems)
    if when.is_set or goes_out:
        if not content.channels:
            problems.add("channels", "channels_missing")
        check_for_networks(content, known, folder, problems)
    problems.raise_any()


def _schedule(
    session: Session,
    actor: Actor,
    post: Post,
    deliveries: Sequence[Delivery],
    when: When | None,
    *,
    zone: str,
    now: datetime,
    approve: bool,
    ask: bool,
) -> None:
    movable = [d for d in deliveries if d.state in placing.MOVABLE]
    if when is not None:
        placing.place(session, movable, when, zone, now)
    else:
        _join_the_others(session, movable, zone, now)
    placed = any(d.publish_at is not None for d in movable)
    if approve:
        store.grant_approval(post, actor, now)
    elif post.needs_approval and post.approved_at is None and (ask or placed):
        approvals.note_asked(session, actor, post, now)
    elif not placed and not ask and post.approved_at is None:
        post.approval_asked_at = None
    placing.settle(session, post, movable, now)


def _join_the_others(session: Session, movable: Sequence[Delivery], zone: str, now: datetime) -> None:
    """Channels added to a post that has its time already get the same."""
    timed = next((d for d in movable if d.publish_at is not None), None)
    fresh = [d for d in movable if d.publish_at is None]
    if timed is not None and fresh:
        placing.place(session, fresh, When(queue=True) if timed.queued else When(at=timed.publish_at), zone, now)


def _sync_channels(
    session: Session, post: Post, deliveries: Sequence[Delivery], content: Content, now: datetime
) -> list[Delivery]:
    """Deliveries for channels that were added; those of channels that were taken away are cancelled, or gone
    where nothing was ever tried."""
    kept: list[Delivery] = []
    for delivery in deliveries:
        if delivery.channel_id in content.channels or delivery.state is DeliveryState.PUBLISHED:
            kept.append(delivery)
            continue
        refuse_doubt([delivery])
        queue.leave(session, delivery)
        if delivery.attempt_count == 0:
            session.delete(delivery)
        else:
            delivery.state = DeliveryState.CANCELLED
    have = {d.channel_id for d in kept if d.state is not DeliveryState.CANCELLED}
    added = store.add_deliveries(session, post, [c for c in content.channels if c not in have], now)
    for delivery in added:
        marks.inherit(session, delivery, channels_of_account(session, delivery.channel_id))
    kept += added
    return kept
