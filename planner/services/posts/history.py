"""What happened to a post and its deliveries, and the names of what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from planner.models import Audience, Campaign, Category, Event, Goal, Post, Topic, User

NAMED = {
    "topic": (Topic.id, Topic.title, "topic_id"),
    "campaign": (Campaign.id, Campaign.name, "campaign_id"),
    "goal": (Goal.id, Goal.name, "goal_id"),
    "audience": (Audience.id, Audience.name, "audience_id"),
    "category": (Category.id, Category.name, "category_id"),
    "owner": (User.id, User.name, "owner_id"),
}


def history(session: Session, post_id: int, delivery_ids: Sequence[int], *, limit: int = 100) -> list[Event]:
    """The events of a post and of its deliveries, newest first."""
    query = (
        select(Event)
        .where(
            or_(
                and_(Event.subject == "post", Event.subject_id == post_id),
                and_(Event.subject == "delivery", Event.subject_id.in_(delivery_ids)),
            )
        )
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def names_of(session: Session, post: Post) -> dict[str, str]:
    """The names of a post's topic, campaign, goal, audience, category and owner, where it has them: one query."""
    wanted = {name: (key, title, getattr(post, field)) for name, (key, title, field) in NAMED.items()}
    columns = [
        select(title).where(key == value).scalar_subquery().label(name)
        for name, (key, title, value) in wanted.items()
        if value is not None
    ]
    if not columns:
        return {}
    row = session.execute(select(*columns)).one()
    return {name: value for name, value in row._mapping.items() if value is not None}
