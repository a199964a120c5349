"""The plan above the posts: topics, campaigns, goals, audiences, formats and categories."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from planner.domain.states import TopicStage
from planner.models.base import Base, Id, Word, references


class Audience(Base):
    """A described target group. ``networks`` holds network keys."""

    __tablename__ = "audience"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    networks: Mapped[list[str]] = mapped_column(default=list)


class Campaign(Base):
    """A communication measure with a period and a budget (euro cents). Pausing it holds its deliveries."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    budget_cents: Mapped[int | None]
    spent_cents: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(String(500))
    paused_by: Mapped[str | None] = mapped_column(String(200))


class Goal(Base):
    """A figure to reach in a period. ``metric`` is a name of the common scale (``impressions``, ``reach``,
    ``reactions``, ``comments``, ``shares``, ``clicks``, ``interactions``) or ``posts``; ``network`` None: all."""

    __tablename__ = "goal"

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id")
    name: Mapped[str] = mapped_column(String(200))
    metric: Mapped[str] = mapped_column(String(32))
    target: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    network: Mapped[str | None] = mapped_column(String(32))
    campaign_id: Mapped[int | None] = references("campaign.id", on_delete="SET NULL")


class Category(Base):
    """What a slot may be reserved for. ``color`` is one of the palette's names."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    name: Mapped[str] = mapped_column(String(100))
    color: Mapped[str] = mapped_column(String(16), default="blue")


class Format(Base):
    """A recurring kind of post. ``rhythm`` says in words when it is due."""

    __tablename__ = "format"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    rhythm: Mapped[str] = mapped_column(String(200), default="")
    category_id: Mapped[int | None] = references("category.id", on_delete="SET NULL", index=False)


class Topic(Base):
    """An entry of the topic plan. ``version`` grows with every edit."""

    __tablename__ = "topic"

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id")
    title: Mapped[str] = mapped_column(String(200))
    brief: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[TopicStage] = mapped_column(Word(TopicStage), default=TopicStage.IDEA)
    owner_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    due_on: Mapped[date | None]
    audience_id: Mapped[int | None] = references("audience.id", on_delete="SET NULL", index=False)
    campaign_id: Mapped[int | None] = references("campaign.id", on_delete="SET NULL", index=False)
    category_id: Mapped[int | None] = references("category.id", on_delete="SET NULL", index=False)
    format_id: Mapped[int | None] = references("format.id", on_delete="SET NULL", index=False)
    channel_ids: Mapped[list[str]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
