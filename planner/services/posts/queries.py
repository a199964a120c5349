"""Reading posts: one, a list, what the calendar draws. A fixed number of queries, however many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from planner.domain.states import DeliveryState, PostStatus
from planner.models import Campaign, Channel, Delivery, Post
from planner.services.by_hand import asks_for_more
from planner.services.errors import NotFound

MAX_PAGE = 200


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its deliveries (channel and attempts loaded where asked for); ``following`` are those of what goes
    out under each, by its id and in their order."""

    post: Post
    deliveries: list[Delivery]
    following: Mapping[int, list[Delivery]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to. ``start`` and ``end`` bound the publishing time; ``q`` searches the text.

    ``by_hand`` tells apart what needs a person: True only wants a hand, False a decision.
    """

    start: datetime | None = None
    end: datetime | None = None
    status: tuple[PostStatus, ...] = ()
    channel_id: int | None = None
    topic_id: int | None = None
    campaign_id: int | None = None
    q: str = ""
    by_hand: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, newest first. ``next`` continues it, None at its end."""

    items: list[PostView]
    next: str | None


@dataclass(slots=True)
class Entry:
    """What the calendar shows at one moment: a post on those of its channels that go out then. ``parts`` counts what
    follows it as a thread; ``first_comment`` is the one for all channels."""

    post_id: int
    publish_at: datetime
    text: str
    status: PostStatus
    topic_id: int | None
    category_id: int | None
    campaign_id: int | None
    owner_id: int | None
    needs_approval: bool = False
    approved_at: datetime | None = None
    campaign_paused_at: datetime | None = None
    poll: bool = False
    parts: int = 0
    first_comment: str = ""
    deliveries: list[CalendarDelivery] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CalendarDelivery:
    """One delivery of an entry."""

    id: int
    channel_id: int
    state: DeliveryState
    queued: bool
    remote_url: str | None
    error_code: str | None
    publish_at: datetime
    try_at: datetime | None = None
    occurrence: str | None = None
    rehearsed: bool = False


def view(session: Session, workspace_id: int, post_id: int) -> PostView:
    """One post with deliveries, channels and attempts. Raises NotFound."""
    query = (
        select(Post)
        .where(Post.id == post_id, Post.workspace_id == workspace_id, Post.deleted_at.is_(None))
        .options(selectinload(Post.variants), selectinload(Post.media), selectinload(Post.approvals))
    )
    post = session.scalar(query)
    if post is None:
        raise NotFound("not_found")
    return _view(post, _deliveries_by_post(session, [post.id], attempts=True)[post.id])


def delivery(session: Session, workspace_id: int, delivery_id: int) -> Delivery:
    """One delivery with post, channel and attempts. Raises NotFound."""
    query = (
        select(Delivery)
        .join(Post)
        .where(Delivery.id == delivery_id, Delivery.workspace_id == workspace_id, Post.deleted_at.is_(None))
        .options(joinedload(Delivery.post), joinedload(Delivery.channel), selectinload(Delivery.attempts))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound("not_found")
    return found


def page(session: Session, workspace_id: int, wanted: Filter, *, after: str | None = None, size: int = 50) -> Page:
    """A page of posts, newest first. ``after`` is a former page's ``next``; ``size`` at most 200."""
    size = max(1, min(size, MAX_PAGE))
    query = _filtered(select(Post).where(Post.workspace_id == workspace_id, Post.deleted_at.is_(None)), wanted)
    if after and after.isdigit():
        query = query.where(Post.id < int(after))
    query = query.options(selectinload(Post.variants), selectinload(Post.media)).order_by(Post.id.desc())
    posts = session.scalars(query.limit(size + 1)).all()
    shown = posts[:size]
    more = str(shown[-1].id) if len(posts) > size else None
    return Page(views(session, shown), more)


def views(session: Session, posts: Sequence[Post]) -> list[PostView]:
    """The given posts with their deliveries and channels, in the given order."""
    deliveries = _deliveries_by_post(session, [p.id for p in posts])
    return [_view(p, deliveries[p.id]) for p in posts]


def calendar(session: Session, workspace_id: int, start: datetime, end: datetime) -> list[Entry]:
    """What goes out (or went) between two moments, in order of time: one query."""
    query = (
        select(
            Delivery.id,
            Delivery.channel_id,
            Delivery.state,
            Delivery.queued,
            Delivery.remote_url,
            Delivery.error_code,
            Delivery.publish_at,
            Delivery.try_at,
            Delivery.occurrence,
            Delivery.rehearsed,
            Campaign.paused_at.label("campaign_paused_at"),
            Post.id.label("post_id"),
            Post.text,
            Post.status,
            Post.topic_id,
            Post.category_id,
            Post.campaign_id,
            Post.owner_id,
            Post.needs_approval,
            Post.approved_at,
            Post.poll,
            Post.thread,
            Post.first_comment,
        )
        .join(Post, Post.id == Delivery.post_id)
        .outerjoin(Campaign, Campaign.id == Post.campaign_id)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.publish_at >= start,
            Delivery.publish_at < end,
            Delivery.state != DeliveryState.CANCELLED,
            Post.deleted_at.is_(None),
        )
        .order_by(Delivery.publish_at, Post.id, Delivery.id)
    )
    entries: dict[tuple[int, datetime], Entry] = {}
    for row in session.execute(query):
        key = (row.post_id, row.publish_at)
        if key not in entries:
            entries[key] = Entry(
                row.post_id,
                row.publish_at,
                row.text,
                row.status,
                row.topic_id,
                row.category_id,
                row.campaign_id,
                row.owner_id,
                row.needs_approval,
                row.approved_at,
                row.campaign_paused_at,
                row.poll is not None,
                len(row.thread),
                row.first_comment,
            )
        entries[key].deliveries.append(
            CalendarDelivery(
                row.id,
                row.channel_id,
                row.state,
                row.queued,
                row.remote_url,
                row.error_code,
                row.publish_at,
                row.try_at,
                row.occurrence,
                row.rehearsed,
            )
        )
    return list(entries.values())


def _view(post: Post, deliveries: Sequence[Delivery]) -> PostView:
    following: dict[int, list[Delivery]] = {}
    for one in sorted(deliveries, key=lambda d: d.step):
        if one.parent_id is not None:
            following.setdefault(one.parent_id, []).append(one)
    return PostView(post, [d for d in deliveries if not d.step], following)


def _filtered(query: Select[Post], wanted: Filter) -> Select[Post]:
    if wanted.status:
        query = query.where(Post.status.in_(wanted.status))
    if wanted.by_hand is not None:
        query = query.where(~asks_for_more() if wanted.by_hand else asks_for_more())
    if wanted.topic_id is not None:
        query = query.where(Post.topic_id == wanted.topic_id)
    if wanted.campaign_id is not None:
        query = query.where(Post.campaign_id == wanted.campaign_id)
    if wanted.q.strip():
        query = query.where(Post.text.icontains(wanted.q.strip(), autoescape=True))
    timed = _timed(wanted)
    if timed is not None:
        query = query.where(exists().where(Delivery.post_id == Post.id, timed))
    return query


def _timed(wanted: Filter) -> ColumnElement[bool] | None:
    parts = []
    if wanted.start is not None:
        parts.append(Delivery.publish_at >= wanted.start)
    if wanted.end is not None:
        parts.append(Delivery.publish_at < wanted.end)
    if wanted.channel_id is not None:
        parts.append(Delivery.channel_id == wanted.channel_id)
    return and_(*parts) if parts else None


def _deliveries_by_post(
    session: Session, post_ids: Sequence[int], *, attempts: bool = False
) -> Mapping[int, list[Delivery]]:
    found: dict[int, list[Delivery]] = {post_id: [] for post_id in post_ids}
    if not post_ids:
        return found
    query = select(Delivery).where(Delivery.post_id.in_(post_ids)).options(joinedload(Delivery.channel))
    if attempts:
        query = query.options(selectinload(Delivery.attempts))
    for one in session.scalars(query.join(Channel).order_by(Channel.network, Delivery.id)):
        found[one.post_id].append(one)
    return found
