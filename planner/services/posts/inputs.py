"""What a person or a script says about a post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from planner.models import Post


@dataclass(frozen=True, slots=True)
class VariantInput:
    """What one channel gets instead of the base; None: as the base. ``media`` are ids, in order. ``title`` is for
    networks that show one; None: the first line of the text."""

    text: str | None = None
    media: tuple[int, ...] | None = None
    title: str | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether it changes nothing, and so need not be kept."""
        return self.text is None and self.media is None and self.title is None


@dataclass(frozen=True, slots=True)
class Content:
    """The whole content of a post. ``channels`` and ``media`` are ids; ``variants`` by channel id."""

    text: str = ""
    link: str | None = None
    media: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    variants: Mapping[int, VariantInput] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    note: str = ""
    topic_id: int | None = None
    campaign_id: int | None = None
    goal_id: int | None = None
    audience_id: int | None = None
    category_id: int | None = None
    format_id: int | None = None
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class When:
    """When a post is to go out: at a moment (``at``, aware), at a wall-clock time of the workspace (``wall``,
    naive), by the queue, or (all empty) not yet."""

    at: datetime | None = None
    wall: datetime | None = None
    queue: bool = False

    @property
    def is_set(self) -> bool:
        """Whether there is a time or a queue at all."""
        return self.queue or self.at is not None or self.wall is not None


NOT_YET = When()


def content_of(post: Post, channel_ids: tuple[int, ...]) -> Content:
    """The content of a stored post, as it would have been given. ``channel_ids``: those of its live deliveries."""
    own = {v.channel_id: tuple(m.media_id for m in post.media if m.channel_id == v.channel_id) for v in post.variants}
    return Content(
        text=post.text,
        link=post.link,
        media=tuple(m.media_id for m in post.media if m.channel_id is None),
        channels=channel_ids,
        variants={
            v.channel_id: VariantInput(v.text, own[v.channel_id] if v.own_media else None, v.title)
            for v in post.variants
        },
        tags=tuple(post.tags),
        note=post.note,
        topic_id=post.topic_id,
        campaign_id=post.campaign_id,
        goal_id=post.goal_id,
        audience_id=post.audience_id,
        category_id=post.category_id,
        format_id=post.format_id,
        owner_id=post.owner_id,
    )
