"""What a post can be assigned to: the names of topics, campaigns, goals and the like, in one query."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from planner.domain.states import TopicStage
from planner.models import Audience, Campaign, Category, Goal, Member, Topic, User

Choice = tuple[int, str]


@dataclass(slots=True)
class Choices:
    """Ids with names, each list in the order of the names."""

    topics: list[Choice] = field(default_factory=list)
    campaigns: list[Choice] = field(default_factory=list)
    goals: list[Choice] = field(default_factory=list)
    audiences: list[Choice] = field(default_factory=list)
    categories: list[Choice] = field(default_factory=list)
    owners: list[Choice] = field(default_factory=list)


def choices(session: Session, workspace_id: int, *, topic_id: int | None = None) -> Choices:
    """The choices of a workspace. Topics that are done are left out, but for the one given."""
    parts = [
        select(literal(kind).label("kind"), model.id.label("id"), model.name.label("name")).where(
            model.workspace_id == workspace_id
        )
        for kind, model in (
            ("campaigns", Campaign),
            ("goals", Goal),
            ("audiences", Audience),
            ("categories", Category),
        )
    ]
    topics = select(literal("topics"), Topic.id, Topic.title).where(
        Topic.workspace_id == workspace_id, (Topic.stage != TopicStage.DONE) | (Topic.id == topic_id)
    )
    owners = (
        select(literal("owners"), User.id, User.name)
        .join(Member, Member.user_id == User.id)
        .where(Member.workspace_id == workspace_id)
    )
    found = Choices()
    for kind, key, name in session.execute(union_all(*parts, topics, owners)):
        getattr(found, kind).append((key, name))
    for kind in Choices.__slots__:
        getattr(found, kind).sort(key=lambda choice: choice[1].casefold())
    return found
