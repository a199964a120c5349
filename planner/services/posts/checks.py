"""Is this post possible? Everything wrong is found before anything is written, and named at its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.models import Audience, Campaign, Category, Channel, Format, Goal, Media, Member, Topic
from planner.services.by_hand import is_by_hand
from planner.services.errors import Problems
from planner.services.posts import mentions
from planner.services.posts.content import as_medium, as_poll, fitted, left_out, mentions_on
from planner.services.posts.inputs import Content, VariantInput, When
from publishers import registry
from publishers.base import Medium, Network, OutgoingPost, Problem, ThreadPart

PAST_GRACE = timedelta(seconds=60)
FAR = timedelta(days=5 * 366)
MAX_TEXT = 100_000
MAX_TITLE = 300

#: ISO 639-1.
LANGUAGE = re.compile(r"[a-z]{2}")

#: Where a problem of a poll belongs, if not to the poll as a whole or to one of its options.
POLL_FIELDS = {
    "poll_question_missing": "poll.question",
    "poll_question_too_long": "poll.question",
    "poll_too_few_options": "poll.options",
    "poll_too_many_options": "poll.options",
    "poll_option_twice": "poll.options",
    "poll_duration": "poll.hours",
}

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


def check_content(
    session: Session, workspace_id: int, content: Content, problems: Problems, *, looked_up: bool = True
) -> Known:
    """Check what does not depend on when: names that exist, a link that is one. Without ``looked_up``, accounts that a
    text names may still be looked up at their networks."""
    known = Known(_channels(session, workspace_id, content), _media(session, workspace_id, content))
    _check_channels(content, known, problems)
    for field, media_ids in _media_fields(content):
        for index, media_id in enumerate(media_ids):
            if media_id not in known.media:
                problems.add(f"{field}.{index}", "media_unknown", id=media_id)
    for channel_id, variant in content.variants.items():
        if channel_id not in content.channels:
            problems.add(f"variants.{channel_id}", "variant_without_channel")
        if len(variant.title or "") > MAX_TITLE:
            length, name = len(variant.title or ""), f"variants.{channel_id}.title"
            problems.add(name, "title_too_long", length=length, limit=MAX_TITLE, channel="Sendeplan")
    if content.link and not is_web_address(content.link):
        problems.add("link", "link_invalid")
    for field, text in _texts(content):
        if len(text) > MAX_TEXT:
            problems.add(field, "text_too_long", length=len(text), limit=MAX_TEXT, channel="Sendeplan")
    mentions.check(content, problems, looked_up=looked_up)
    _check_languages(content, problems)
    _check_references(session, workspace_id, content, problems)
    return known


def check_for_networks(content: Content, known: Known, folder: Path, problems: Problems) -> None:
    """Check each channel's version by the rules of its network: needed once a post is to go out."""
    for channel_id in content.channels:
        channel = known.channels.get(channel_id)
        if channel is None:
            continue
        variant = content.variants.get(channel_id) or VariantInput()
        for problem in _network_problems(channel, merged(content, channel, known, folder)):
            if problem.field == "link" and any(e.field == "link" for e in problems.errors):
                continue
            problems.add(
                _place(problem, channel_id, variant), problem.code, **{**problem.params, "channel": channel.name}
            )


def _network_problems(channel: Channel, post: OutgoingPost) -> list[Problem]:
    return _network(channel).problems(post, assisted=is_by_hand(channel))


def _network(channel: Channel) -> Network:
    return registry.network(channel.network)


def _place(problem: Problem, channel_id: int, variant: VariantInput) -> str:
    """The field of a network's problem: the variant's, where that says otherwise than the base."""
    number = problem.params.get("number")
    if problem.field == "poll":
        return f"poll.options.{int(number) - 1}" if number else POLL_FIELDS.get(problem.code, "poll")
    if problem.field == "thread" and number:
        return f"thread.{int(number) - 1}.{'text' if problem.code.startswith('thread_part') else 'media'}"
    is_own = problem.field == "title" or getattr(variant, problem.field, None) is not None
    return f"variants.{channel_id}.{problem.field}" if is_own else problem.field


def merged(content: Content, channel: Channel, known: Known, folder: Path) -> OutgoingPost:
    """What the channel would get of a content that is not stored yet."""
    return fitted(_whole(content, channel, known, folder), _network(channel))


def left_out_on(content: Content, channel: Channel, known: Known) -> list[str]:
    """What of a content the channel does not get, as its network has no place for it: names of its fields."""
    return left_out(_whole(content, channel, known, Path()), _network(channel), channel.remote_account_id)


def shows_own_card(session: Session, workspace_id: int, content: Content) -> bool:
    """Whether a chosen channel shows a card of the link with what the post says for it."""
    known = Known(_channels(session, workspace_id, content), _media(session, workspace_id, content))
    return any(
        _network(channel).content_rules.card is not None and _whole(content, channel, known, Path()).shows_card
        for channel in known.channels.values()
        if channel.network in registry.networks()
    )


def _whole(content: Content, channel: Channel, known: Known, folder: Path) -> OutgoingPost:
    variant = content.variants.get(channel.id) or VariantInput()

    def files(media_ids: Iterable[int]) -> tuple[Medium, ...]:
        return tuple(as_medium(known.media[i], folder) for i in media_ids if i in known.media)

    return OutgoingPost(
        text=content.text if variant.text is None else variant.text,
        link=content.link or None,
        media=files(content.media if variant.media is None else variant.media),
        title=variant.title or "",
        poll=as_poll(content.poll),
        mentions=mentions_on(_network(channel), content.mentions),
        languages=content.languages,
        thread=tuple(ThreadPart(part.text, files(part.media)) for part in content.thread),
        first_comment=content.first_comment if variant.first_comment is None else variant.first_comment,
        card=next(iter(files(() if content.card is None else (content.card,))), None),
        card_title=content.card_title,
        card_description=content.card_description,
    )


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
    wanted = {media_id for _field, media_ids in _media_fields(content) for media_id in media_ids}
    if not wanted:
        return {}
    query = select(Media).where(Media.workspace_id == workspace_id, Media.id.in_(wanted))
    return {m.id: m for m in session.scalars(query)}


def _media_fields(content: Content) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "media", content.media
    yield "card", () if content.card is None else (content.card,)
    for index, part in enumerate(content.thread):
        yield f"thread.{index}.media", part.media
    for channel_id, variant in content.variants.items():
        yield f"variants.{channel_id}.media", variant.media or ()


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    yield "text", content.text
    yield "first_comment", content.first_comment
    yield "card_title", content.card_title
    yield "card_description", content.card_description
    for index, part in enumerate(content.thread):
        yield f"thread.{index}.text", part.text
    for channel_id, variant in content.variants.items():
        yield f"variants.{channel_id}.text", variant.text or ""
        yield f"variants.{channel_id}.first_comment", variant.first_comment or ""


def _check_languages(content: Content, problems: Problems) -> None:
    for index, language in enumerate(content.languages):
        if not LANGUAGE.fullmatch(language):
            problems.add(f"languages.{index}", "language_unknown", language=language)


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
