"""Writing the plan down."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from planner.domain.states import DeliveryState
from planner.models import Audience, Campaign, Category, Channel, Delivery, Format, Goal, Post, Topic, Workspace
from planner.services.transfer.names import Names, channel_name, mark
from planner.services.transfer.shapes import (
    FORMAT,
    AudienceEntry,
    CampaignEntry,
    CategoryEntry,
    ChannelEntry,
    Entry,
    FormatEntry,
    GoalEntry,
    MentionEntry,
    PollEntry,
    PostEntry,
    SlotEntry,
    TopicEntry,
)

REFERENCES = ("topic", "campaign", "goal", "audience", "category", "format", "owner")


def export(session: Session, workspace_id: int) -> dict[str, Any]:
    """The plan as JSON values. No credentials, no figures, no images, nothing that was deleted."""
    names = Names(session, workspace_id)
    workspace = session.get_one(Workspace, workspace_id)
    entries: dict[str, list[Entry]] = {
        "audiences": [_plain(AudienceEntry, row, names) for row in _rows(session, Audience, workspace_id)],
        "categories": [_plain(CategoryEntry, row, names) for row in _rows(session, Category, workspace_id)],
        "campaigns": [_plain(CampaignEntry, row, names) for row in _rows(session, Campaign, workspace_id)],
        "formats": [_plain(FormatEntry, row, names) for row in _rows(session, Format, workspace_id)],
        "goals": [_plain(GoalEntry, row, names) for row in _rows(session, Goal, workspace_id)],
        "channels": [_channel(row, names) for row in _channels(session, workspace_id)],
        "topics": [_topic(row, names) for row in _rows(session, Topic, workspace_id)],
        "posts": _posts(session, workspace_id, names),
    }
    plan = {kind: [entry.model_dump(mode="json") for entry in found] for kind, found in entries.items()}
    return {"sendeplan": FORMAT, "workspace": {"name": workspace.name, "zone": workspace.zone}, **plan}


def _rows(session: Session, model: Any, workspace_id: int) -> list[Any]:
    return list(session.scalars(select(model).where(model.workspace_id == workspace_id).order_by(model.id)))


def _plain(shape: type[Entry], row: Any, names: Names) -> Entry:
    """An entry whose fields are the row's columns, or references by name."""
    values = {}
    for field in shape.model_fields:
        values[field] = names.name(field, getattr(row, field + "_id")) if field in REFERENCES else getattr(row, field)
    return shape(**values)


def _channels(session: Session, workspace_id: int) -> list[Channel]:
    query = (
        select(Channel)
        .where(Channel.workspace_id == workspace_id, Channel.archived_at.is_(None))
        .options(selectinload(Channel.slots))
        .order_by(Channel.id)
    )
    return list(session.scalars(query))


def _channel(row: Channel, names: Names) -> ChannelEntry:
    return ChannelEntry(
        name=row.name,
        network=row.network,
        account=row.remote_account_id,
        rhythm_per_week=row.rhythm_per_week,
        missed_after_seconds=row.missed_after_seconds,
        slots=[
            SlotEntry(weekday=s.weekday, time=f"{s.wall_time:%H:%M}", category=names.name("category", s.category_id))
            for s in row.slots
        ],
    )


def _topic(row: Topic, names: Names) -> TopicEntry:
    references = {field: names.name(field, getattr(row, field + "_id")) for field in REFERENCES if field in TOPIC}
    return TopicEntry(
        title=row.title,
        brief=row.brief,
        stage=row.stage,
        due_on=row.due_on,
        channels=[name for i in row.channel_ids if (name := names.name("channel", int(i)))],
        **references,
    )


TOPIC = frozenset({"owner", "audience", "campaign", "category", "format"})


def _posts(session: Session, workspace_id: int, names: Names) -> list[Entry]:
    query = (
        select(Post)
        .where(Post.workspace_id == workspace_id, Post.deleted_at.is_(None))
        .options(selectinload(Post.variants))
        .order_by(Post.id)
    )
    channels, times = _deliveries(session, workspace_id, names)
    return [_post(post, names, channels[post.id], times.get(post.id)) for post in session.scalars(query)]


def _deliveries(session: Session, workspace_id: int, names: Names) -> tuple[dict[int, list[str]], dict[int, Any]]:
    channels: dict[int, list[str]] = defaultdict(list)
    wanted = Delivery.workspace_id == workspace_id, Delivery.state != DeliveryState.CANCELLED
    query = select(Delivery.post_id, Channel).join(Channel).where(*wanted).order_by(Delivery.id)
    for post_id, channel in session.execute(query):
        name = channel_name(channel)
        if name in names.by_name["channel"] and name not in channels[post_id]:
            channels[post_id].append(name)
    first = select(Delivery.post_id, func.min(Delivery.publish_at)).where(*wanted).group_by(Delivery.post_id)
    return channels, {row[0]: row[1] for row in session.execute(first)}


def _post(post: Post, names: Names, channels: list[str], publish_at: Any) -> PostEntry:
    found = {names.name("channel", v.channel_id): v.text for v in post.variants}
    variants = {name: text for name, text in found.items() if name in channels and text is not None}
    own = {names.name("channel", v.channel_id): v.title for v in post.variants}
    titles = {name: title for name, title in own.items() if name in channels and title is not None}
    comments = {names.name("channel", v.channel_id): v.first_comment for v in post.variants}
    return PostEntry(
        mark=mark(post),
        first_comments={n: comment for n, comment in comments.items() if n in channels and comment is not None},
        poll=PollEntry(**post.poll) if post.poll else None,
        thread=post.thread,
        first_comment=post.first_comment,
        card_title=post.card_title,
        card_description=post.card_description,
        languages=post.languages,
        mentions=[MentionEntry(**mention) for mention in post.mentions],
        text=post.text,
        link=post.link,
        tags=post.tags,
        note=post.note,
        publish_at=publish_at,
        channels=channels,
        variants=variants,
        titles=titles,
        **{field: names.name(field, getattr(post, field + "_id")) for field in REFERENCES},
    )
