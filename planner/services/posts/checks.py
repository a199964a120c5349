"""Is this post possible? Everything wrong is found before anything is written, and named at its field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.models import Audience, Campaign, Category, Channel, Format, Goal, Media, Member, Topic
from planner.services.channels import is_by_hand
from planner.services.errors import Problems
from planner.services.posts.content import as_medium
from planner.services.posts.inputs import Content, When
from publishers import registry
from publishers.base import OutgoingPost, Problem

PAST_GRACE = timedelta(seconds=60)
FAR = timedelta(days=5 * 366)
MAX_TEXT = 100_000
MAX_TITLE = 300

REFERENCES = {
    "topic_id": (Topic, "topic"),
    "campaign_id": (Campaign, "campaign"),
    "goal_id": (Goal, "goal"),
    "audience_id": (Audience, "audience"),
    "category_id": (Category, "category"),
    "format_id": (Format, "format"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """The rows that a content names, looked up once."""

    channels: dict[int, Channel]
    media: dict[int, Media]


def check_content(session: Session, workspace_id: int, content: Content, problems: Problems) -> Known:
    """Check what does not depend on when: names that exist, a link that is one."""
    known = Known(_channels(session, workspace_id, content), _media(session, workspace_id, content))
    _check_channels(content, known, problems)
    for index, media_id in enumerate(content.media):
        if media_id not in known.media:
            problems.add(f"media.{index}", "media_unknown", id=media_id)
    for channel_id, variant in content.variants.items():
        if channel_id not in content.channels:
            problems.add(f"variants.{channel_id}", "variant_without_channel")
        for index, media_id in enumerate(variant.media or ()):
            if media_id not in known.media:
                problems.add(f"variants.{channel_id}.media.{index}", "media_unknown", id=media_id)
        if len(variant.title or "") > MAX_TITLE:
            length, name = len(variant.title or ""), f"variants.{channel_id}.title"
            problems.add(name, "title_too_long", length=length, limit=MAX_TITLE, channel="Sendeplan")
    if content.link and not is_web_address(content.link):
        problems.add("link", "link_invalid")
    if len(content.text) > MAX_TEXT:
        problems.add("text", "text_too_long", length=len(content.text), limit=MAX_TEXT, channel="Sendeplan")
    _check_references(session, workspace_id, content, problems)
    return known


def check_for_networks(content: Content, known: Known, folder: Path, problems: Problems) -> None:
    """Check each channel's version by the rules of its network: needed once a post is to go out."""
    for channel_id in content.channels:
        channel = known.channels.get(channel_id)
        if channel is None:
            continue
        variant = content.variants.get(channel_id)
        own_text = variant is not None and variant.text is not None
        own_media = variant is not None and variant.media is not None
        for problem in _network_problems(channel, merged(content, channel_id, known, folder)):
            if problem.field == "link" and any(e.field == "link" for e in problems.errors):
                continue
            own = {"text": own_text, "media": own_media, "title": True}.get(problem.field, False)
            name = f"variants.{channel_id}.{problem.field}" if own else problem.field
            problems.add(name, problem.code, **{**problem.params, "channel": channel.name})


def _network_problems(channel: Channel, post: OutgoingPost) -> list[Problem]:
    return registry.network(channel.network).problems(post, assisted=is_by_hand(channel))


def merged(content: Content, channel_id: int, known: Known, folder: Path) -> OutgoingPost:
    """What the channel would get of a content that is not stored yet."""
    variant = content.variants.get(channel_id)
    media_ids = variant.media if variant is not None and variant.media is not None else content.media
    text = variant.text if variant is not None and variant.text is not None else content.text
    title = (variant.title if variant is not None else None) or ""
    media = tuple(as_medium(known.media[i], folder) for i in media_ids if i in known.media)
    return OutgoingPost(text=text, link=content.link or None, media=media, title=title)


def check_when(when: When, moment: datetime | None, now: datetime, problems: Problems) -> None:
    """A time must lie ahead (a minute's grace for slow typing), and not be mixed with the queue."""
    if when.queue and (when.at or when.wall):
        problems.add("publish_at", "time_and_queue")
    elif moment is not None and moment < now - PAST_GRACE:
        problems.add("publish_at", "time_past")
    elif moment is not None and moment > now + FAR:
        problems.add("publish_at", "time_too_far")


def is_web_address(text: str) -> bool:
    """Whether the text is one complete http(s) address without blanks."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    plain = not any(c.isspace() or ord(c) < 32 for c in text)
    return plain and parts.scheme in ("http", "https") and ("." in host or host == "localhost") and len(text) <= 2000


def _channels(session: Session, workspace_id: int, content: Content) -> dict[int, Channel]:
    query = select(Channel).where(
        Channel.workspace_id == workspace_id, Channel.id.in_(content.channels), Channel.archived_at.is_(None)
    )
    return {c.id: c for c in session.scalars(query)}


def _media(session: Session, workspace_id: int, content: Content) -> dict[int, Media]:
    wanted = set(content.media).union(*(v.media or () for v in content.variants.values()))
    if not wanted:
        return {}
    query = select(Media).where(Media.workspace_id == workspace_id, Media.id.in_(wanted))
    return {m.id: m for m in session.scalars(query)}


def _check_channels(content: Content, known: Known, problems: Problems) -> None:
    for index, channel_id in enumerate(content.channels):
        channel = known.channels.get(channel_id)
        if channel is None:
            problems.add(f"channels.{index}", "channel_unknown", id=channel_id)
        elif channel_id in content.channels[:index]:
            problems.add(f"channels.{index}", "channel_twice", channel=channel.name)


def _check_references(session: Session, workspace_id: int, content: Content, problems: Problems) -> None:
    for attribute, (model, name) in REFERENCES.items():
        wanted = getattr(content, attribute)
        if wanted is not None and not _exists(session, model, workspace_id, wanted):
            problems.add(name, name + "_unknown", id=wanted)
    if content.owner_id is not None:
        query = select(Member.id).where(Member.workspace_id == workspace_id, Member.user_id == content.owner_id)
        if session.scalar(query) is None:
            problems.add("owner", "owner_unknown", id=content.owner_id)


def _exists(session: Session, model: type, workspace_id: int, wanted: int) -> bool:
    query = select(model.id).where(model.id == wanted, model.workspace_id == workspace_id)  # type: ignore[attr-defined]
    return session.scalar(query) is not None
