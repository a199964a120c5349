"""What a person or a script says about a post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from planner.models import Post
from planner.models.posts import CARD


@dataclass(frozen=True, slots=True)
class VariantInput:
    """What one channel gets instead of the base; None: as the base. ``media`` are ids, in order. ``title`` is for
    networks that show one; None: the first line of the text."""

    text: str | None = None
    media: tuple[int, ...] | None = None
    title: str | None = None
    first_comment: str | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether it changes nothing, and so need not be kept."""
        return (self.text, self.media, self.title, self.first_comment) == (None,) * 4


@dataclass(frozen=True, slots=True)
class PollInput:
    """A question with options to choose one of, open for ``hours``; the question may be the post's text."""

    options: tuple[str, ...]
    hours: int = 24
    question: str = ""


@dataclass(frozen=True, slots=True)
class PartInput:
    """A part of a thread: what follows the post under it. ``media`` are ids, in order."""

    text: str = ""
    media: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MentionInput:
    """An account that the text names: ``name`` as it stands there, known on ``network`` as ``remote_id``."""

    name: str
    network: str
    remote_id: str


@dataclass(frozen=True, slots=True)
class Content:
    """The whole content of a post. ``channels`` and ``media`` are ids; ``variants`` by channel id.

    What a channel's network has no place for (a thread, a first comment, languages) is left out there. ``card`` is the
    id of the picture for the card of the link, ``card_title`` and ``card_description`` are what that says (without a
    title the adapter makes one of the address).
    """

    text: str = ""
    link: str | None = None
    media: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    variants: Mapping[int, VariantInput] = field(default_factory=dict)
    poll: PollInput | None = None
    thread: tuple[PartInput, ...] = ()
    first_comment: str = ""
    languages: tuple[str, ...] = ()
    mentions: tuple[MentionInput, ...] = ()
    card: int | None = None
    card_title: str = ""
    card_description: str = ""
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
    return Content(
        text=post.text,
        link=post.link,
        media=_media(post, None),
        channels=channel_ids,
        variants={
            v.channel_id: VariantInput(
                v.text, _media(post, v.channel_id) if v.own_media else None, v.title, v.first_comment
            )
            for v in post.variants
        },
        poll=poll_of(post),
        thread=tuple(PartInput(text, _media(post, None, part)) for part, text in enumerate(post.thread, start=1)),
        first_comment=post.first_comment,
        languages=tuple(post.languages),
        mentions=tuple(MentionInput(m["name"], m["network"], m["remote_id"]) for m in post.mentions),
        card=next(iter(_media(post, None, CARD)), None),
        card_title=post.card_title,
        card_description=post.card_description,
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


def poll_of(post: Post) -> PollInput | None:
    """A stored post's poll."""
    if post.poll is None:
        return None
    return PollInput(tuple(post.poll["options"]), int(post.poll["hours"]), str(post.poll.get("question", "")))


def _media(post: Post, channel_id: int | None, part: int = 0) -> tuple[int, ...]:
    return tuple(m.media_id for m in post.media if m.channel_id == channel_id and m.part == part)
