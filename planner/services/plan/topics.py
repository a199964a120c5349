"""The topic plan: from an idea to posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import TopicStage
from planner.models import Audience, Campaign, Category, Channel, Event, Format, Member, Post, Topic, User
from planner.services import events, posts
from planner.services.actor import Actor
from planner.services.errors import Conflict, NotFound, Problems
from planner.services.plan.collection import Collection, check_known, check_text, check_title
from planner.services.posts import NOT_YET, Content, When

REFERENCES = (("audience", Audience), ("campaign", Campaign), ("category", Category), ("format", Format))


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

    def delete(self, session: Session, actor: Actor, entry_id: int, *, now: datetime) -> None:
        """As for every kind of entry; the history keeps what :meth:`restore` needs. Raises NotFound, Forbidden."""
        actor.require(Permission.EDIT)
        topic = self.get(session, actor.workspace_id, entry_id)
        kept = {name: getattr(topic, name) for name in self.given.__dataclass_fields__}
        kept["due_on"] = topic.due_on and topic.due_on.isoformat()
        made = list(session.scalars(select(Post.id).where(Post.topic_id == entry_id)))
        session.delete(topic)
        session.flush()
        events.record(session, actor, now, "topic", entry_id, "deleted", name=topic.title, topic=kept, posts=made)

    def restore(self, session: Session, actor: Actor, topic_id: int, *, now: datetime) -> Topic:
        """Undo :meth:`delete`, with the posts that belong to no other topic by now; what it referred to and is gone
        stays empty. Where its id was given away meanwhile, it gets another.

        Raises Forbidden, and NotFound where nothing of this id was deleted, or it is back already.
        """
        actor.require(Permission.EDIT)
        last = _last_deletion(session, actor.workspace_id, topic_id)
        if last is None or "topic" not in last.data:
            raise NotFound("not_found")
        kept = dict(last.data["topic"])
        kept["due_on"] = kept["due_on"] and date.fromisoformat(kept["due_on"])
        kept["stage"] = TopicStage(kept["stage"])
        kept["id"] = topic_id if session.get(Topic, topic_id) is None else None
        topic = Topic(workspace_id=actor.workspace_id, **kept, **self.stamps(None, now))
        _leave_out_what_is_gone(session, topic)
        session.add(topic)
        session.flush()
        loose = update(Post).where(Post.id.in_(last.data["posts"]), Post.topic_id.is_(None))
        session.execute(loose.values(topic_id=topic.id).execution_options(synchronize_session=False))
        events.record(session, actor, now, "topic", topic_id, "restored", id=topic.id)
        return topic

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


def _last_deletion(session: Session, workspace_id: int, topic_id: int) -> Event | None:
    query = select(Event).where(
        Event.workspace_id == workspace_id,
        Event.subject == "topic",
        Event.subject_id == topic_id,
        Event.kind.in_(["deleted", "restored"]),
    )
    return session.scalar(query.order_by(Event.id.desc()).limit(1))


def _leave_out_what_is_gone(session: Session, topic: Topic) -> None:
    for field, model in REFERENCES:
        wanted = getattr(topic, field + "_id")
        if wanted is not None and session.get(model, wanted) is None:
            setattr(topic, field + "_id", None)
    if topic.owner_id is not None and session.get(User, topic.owner_id) is None:
        topic.owner_id = None


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
    for field, model in REFERENCES:
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
