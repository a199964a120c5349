"""The topic plan: from an idea to posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import TopicStage
from planner.models import Audience, Campaign, Category, Channel, Event, Format, Member, Post, Topic
from planner.services import events, posts
from planner.services.actor import Actor
from planner.services.errors import Conflict, Problems
from planner.services.plan.collection import Collection, check_known, check_text, check_title
from planner.services.posts import NOT_YET, Content, When


@dataclass(frozen=True, slots=True)
class TopicInput:
    """An entry of the topic plan. ``channel_ids`` are ids as text, as the row keeps them."""

    title: str
    brief: str = ""
    stage: TopicStage = TopicStage.IDEA
    owner_id: int | None = None
    due_on: date | None = None
    audience_id: int | None = None
    campaign_id: int | None = None
    category_id: int | None = None
    format_id: int | None = None
    channel_ids: Sequence[str] = ()


class Topics(Collection[Topic, TopicInput]):
    """Topics have a version: an edit that began from an older one is refused."""

    def stamps(self, row: Topic | None, now: datetime) -> dict[str, Any]:
        """Moments and the version."""
        if row is None:
            return {"created_at": now, "updated_at": now}
        return {"updated_at": now, "version": row.version + 1}

    def edit_from(
        self,
        session: Session,
        actor: Actor,
        topic_id: int,
        given: TopicInput,
        *,
        now: datetime,
        version: int | None = None,
    ) -> Topic:
        """As ``edit``, refused with Conflict ``topic_stale`` where ``version`` is not the newest."""
        refuse_stale(session, self.get(session, actor.workspace_id, topic_id), version)
        return self.edit(session, actor, topic_id, given, now=now)

    def move(self, session: Session, actor: Actor, topic_id: int, stage: TopicStage, *, now: datetime) -> Topic:
        """Put a topic on another stage. Raises NotFound, Forbidden."""
        actor.require(Permission.EDIT)
        topic = self.get(session, actor.workspace_id, topic_id)
        if topic.stage is not stage:
            events.record(
                session, actor, now, "topic", topic.id, "stage_changed", before=topic.stage.value, after=stage.value
            )
            topic.stage, topic.updated_at, topic.version = stage, now, topic.version + 1
        return topic

    def make_post(
        self,
        session: Session,
        actor: Actor,
        topic_id: int,
        *,
        now: datetime,
        folder: Path,
        channel_ids: Sequence[int] | None = None,
        when: When = NOT_YET,
    ) -> Post:
        """A topic becomes a post: on its channels (or on those given), with its title to begin from, its brief as
        the note, and all that it belongs to. An idea or planned topic is in work then.

        Raises NotFound, Forbidden, Invalid as :func:`planner.services.posts.create` does.
        """
        actor.require(Permission.EDIT)
        topic = self.get(session, actor.workspace_id, topic_id)
        channels = _in_use(session, topic) if channel_ids is None else tuple(channel_ids)
        post = posts.create(session, actor, _content(topic, channels), when, now=now, folder=folder)
        if topic.stage in (TopicStage.IDEA, TopicStage.PLANNED):
            self.move(session, actor, topic.id, TopicStage.IN_WORK, now=now)
        events.record(session, actor, now, "topic", topic.id, "post_made", post=str(post.id))
        return post


def refuse_stale(session: Session, topic: Topic, version: int | None) -> None:
    """Raises Conflict ``topic_stale`` where an edit began from another version; names who was faster."""
    if version is None or version == topic.version:
        return
    query = select(Event.actor).where(Event.subject == "topic", Event.subject_id == topic.id)
    by = session.scalar(query.order_by(Event.id.desc()).limit(1))
    raise Conflict("topic_stale", by=by or "", version=topic.version)


def _content(topic: Topic, channels: tuple[int, ...]) -> Content:
    return Content(
        text=topic.title,
        note=topic.brief,
        channels=channels,
        topic_id=topic.id,
        campaign_id=topic.campaign_id,
        audience_id=topic.audience_id,
        category_id=topic.category_id,
        format_id=topic.format_id,
        owner_id=topic.owner_id,
    )


def _in_use(session: Session, topic: Topic) -> tuple[int, ...]:
    """The topic's channels that were not archived since, in the topic's order."""
    wanted = [int(i) for i in topic.channel_ids]
    query = select(Channel.id).where(
        Channel.id.in_(wanted), Channel.workspace_id == topic.workspace_id, Channel.archived_at.is_(None)
    )
    there = set(session.scalars(query))
    return tuple(i for i in wanted if i in there)


def _check(session: Session, workspace_id: int, row: Topic | None, given: TopicInput, problems: Problems) -> None:
    check_title(given.title, problems, field="title")
    check_text(given.brief, problems, "brief", 50_000)
    references = (("audience", Audience), ("campaign", Campaign), ("category", Category), ("format", Format))
    for field, model in references:
        check_known(session, model, workspace_id, getattr(given, field + "_id"), problems, field)
    if given.owner_id is not None:
        query = select(Member.id).where(Member.workspace_id == workspace_id, Member.user_id == given.owner_id)
        if session.scalar(query) is None:
            problems.add("owner", "owner_unknown", id=given.owner_id)
    _check_channels(session, workspace_id, row, given, problems)


def _check_channels(
    session: Session, workspace_id: int, row: Topic | None, given: TopicInput, problems: Problems
) -> None:
    """Channels in use; one that was archived since may stay where it was."""
    query = select(Channel.id).where(Channel.workspace_id == workspace_id, Channel.archived_at.is_(None))
    known = {str(i) for i in session.scalars(query)} | set(row.channel_ids if row else ())
    for index, channel_id in enumerate(given.channel_ids):
        if channel_id not in known:
            problems.add(f"channels.{index}", "channel_unknown", id=channel_id)


topics = Topics(Topic, "topic", TopicInput, _check)
