"""What an entry of the calendar holds besides its text, so that one sees it without opening it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import CompoundSelect, literal, select, union_all
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Media, PostMedia, Variant
from planner.services.by_hand import is_by_hand
from planner.services.posts import Entry
from publishers import registry
from publishers.outgoing import kind_of
from publishers.rules import ContentRules


class Mark(StrEnum):
    """In the order in which they are shown."""

    IMAGE = "image"
    GIF = "gif"
    VIDEO = "video"
    DOCUMENT = "document"
    POLL = "poll"
    THREAD = "thread"
    FIRST_COMMENT = "first_comment"
    BY_HAND = "by_hand"


@dataclass(slots=True)
class _Known:
    """What is asked once for all entries: channels by id, the media of a post by channel (None: for all), and where a
    channel has files or a first comment of its own, by post and channel."""

    channels: Mapping[int, Channel]
    media: dict[tuple[int, int | None], set[Mark]] = field(default_factory=lambda: defaultdict(set))
    own_media: set[tuple[int, int]] = field(default_factory=set)
    own_comments: dict[tuple[int, int], str] = field(default_factory=dict)


def of(session: Session, entries: Sequence[Entry], channels: Mapping[int, Channel]) -> list[tuple[Mark, ...]]:
    """The marks of each entry: what at least one of its channels gets. One query, however many entries there are;
    ``channels`` are the workspace's channels in use."""
    known = _Known(channels)
    for row in session.execute(_asked({entry.post_id for entry in entries})):
        place = row.post_id, row.channel_id
        if row.what == "medium":
            known.media[place].add(Mark(kind_of(row.value).value))
        elif row.what == "own_media":
            known.own_media.add(place)
        else:
            known.own_comments[place] = row.value
    marked = (set(_marks(entry, known)) for entry in entries)
    return [tuple(mark for mark in Mark if mark in marks) for marks in marked]


def _asked(post_ids: Collection[int]) -> CompoundSelect[Any]:
    media = (
        select(literal("medium").label("what"), PostMedia.post_id, PostMedia.channel_id, Media.mime.label("value"))
        .join(Media, Media.id == PostMedia.media_id)
        .where(PostMedia.post_id.in_(post_ids), PostMedia.part == 0)
    )
    own_media = select(literal("own_media"), Variant.post_id, Variant.channel_id, literal("")).where(
        Variant.post_id.in_(post_ids), Variant.own_media
    )
    comments = select(literal("comment"), Variant.post_id, Variant.channel_id, Variant.first_comment).where(
        Variant.post_id.in_(post_ids), Variant.first_comment.is_not(None)
    )
    return union_all(media, own_media, comments)


def _marks(entry: Entry, known: _Known) -> Iterator[Mark]:
    if entry.poll:
        yield Mark.POLL
    for delivery in entry.deliveries:
        place = entry.post_id, delivery.channel_id
        own = place in known.own_media
        yield from known.media.get((entry.post_id, delivery.channel_id if own else None), ())
        channel = known.channels.get(delivery.channel_id)
        rules = _rules(channel)
        if entry.parts and rules.max_thread:
            yield Mark.THREAD
        if rules.first_comment is not None and known.own_comments.get(place, entry.first_comment).strip():
            yield Mark.FIRST_COMMENT
        if channel is not None and delivery.state in _AHEAD and is_by_hand(channel):
            yield Mark.BY_HAND


#: Once it waits for a hand, or has gone out, its status says so.
_AHEAD = (DeliveryState.DRAFT, DeliveryState.SCHEDULED)


def _rules(channel: Channel | None) -> ContentRules:
    network = registry.networks().get(channel.network) if channel else None
    return network.content_rules if network else ContentRules()
