"""The topic plan as it is looked at: topics with what became of them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from planner.domain.states import PostStatus, TopicStage
from planner.models import Post, Topic
from planner.services import by_hand
from planner.services.by_hand import ByHand

#: So many topics a page shows; of those that are done, the latest.
MOST = 500
MOST_DONE = 30


@dataclass(frozen=True, slots=True)
class LinkedPost:
    """A post that a topic became, and how it stands where it only waits for a hand."""

    id: int
    status: PostStatus
    text: str
    by_hand: ByHand | None = None


@dataclass(frozen=True, slots=True)
class TopicCard:
    """A topic, its posts, and whether it is past its due date."""

    topic: Topic
    posts: Sequence[LinkedPost]
    overdue: bool


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """What the board is narrowed to; None and "" narrow nothing."""

    owner_id: int | None = None
    campaign_id: int | None = None
    audience_id: int | None = None
    category_id: int | None = None
    q: str = ""

    @property
    def is_set(self) -> bool:
        """Whether it narrows anything."""
        return self != TopicFilter()


def cards(session: Session, workspace_id: int, wanted: TopicFilter, *, today: date, now: datetime) -> list[TopicCard]:
    """Topics by due date (those without one last), the ones that are done by their last change."""
    conditions = _conditions(workspace_id, wanted)
    open_ones = select(Topic).where(*conditions, Topic.stage != TopicStage.DONE)
    done = select(Topic).where(*conditions, Topic.stage == TopicStage.DONE)
    found = [
        *session.scalars(open_ones.order_by(Topic.due_on.is_(None), Topic.due_on, Topic.id).limit(MOST)),
        *session.scalars(done.order_by(Topic.updated_at.desc(), Topic.id.desc()).limit(MOST_DONE)),
    ]
    posts = posts_of(session, [topic.id for topic in found], now=now)
    return [TopicCard(topic, posts.get(topic.id, []), is_overdue(topic, today)) for topic in found]


def posts_of(session: Session, topic_ids: Sequence[int], *, now: datetime) -> dict[int, list[LinkedPost]]:
    """The posts of each topic, oldest first."""
    query = (
        select(Post.topic_id, Post.id, Post.status, Post.text)
        .where(Post.topic_id.in_(topic_ids), Post.deleted_at.is_(None))
        .order_by(Post.id)
    )
    found: dict[int, list[LinkedPost]] = {}
    rows = session.execute(query).all()
    waiting = by_hand.standing_of_posts(session, [r.id for r in rows if r.status is PostStatus.NEEDS_PERSON], now)
    for row in rows:
        found.setdefault(row.topic_id, []).append(LinkedPost(row.id, row.status, row.text, waiting.get(row.id)))
    return found


def is_overdue(topic: Topic, today: date) -> bool:
    """Whether a topic should have been done by now."""
    return topic.due_on is not None and topic.due_on < today and topic.stage is not TopicStage.DONE


def _conditions(workspace_id: int, wanted: TopicFilter) -> list[ColumnElement[bool]]:
    found = [Topic.workspace_id == workspace_id]
    for name in ("owner_id", "campaign_id", "audience_id", "category_id"):
        value = getattr(wanted, name)
        if value is not None:
            found.append(getattr(Topic, name) == value)
    if wanted.q:
        found.append(
            Topic.title.icontains(wanted.q, autoescape=True) | Topic.brief.icontains(wanted.q, autoescape=True)
        )
    return found
