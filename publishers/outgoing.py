"""What goes out: one post as one channel gets it, whatever its kind.

A post is one thing that becomes visible by one call. What follows it (the further parts of a thread, the first
comment) becomes visible by calls of its own, and so is a post of its own: :func:`follow_ups` names them, and each goes
out *under* (:class:`Under`) the one that is live already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class MediaKind(StrEnum):
    """What a file is to a network: each kind has rules of its own, and few networks mix them."""

    IMAGE = "image"
    GIF = "gif"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Medium:
    """One file on its way out. ``size`` in bytes.

    ``width`` and ``height`` in pixels (0 for a document), ``seconds`` is how long a video runs, ``pages`` how many a
    document has; None where that is not known. ``title`` is shown above a document or a video, where the network shows
    one.
    """

    path: Path
    mime: str
    size: int
    width: int
    height: int
    alt: str = ""
    seconds: float | None = None
    pages: int | None = None
    title: str = ""

    @property
    def kind(self) -> MediaKind:
        """Read off the media type."""
        return kind_of(self.mime)


@dataclass(frozen=True, slots=True)
class Poll:
    """A question with options to choose one of, open for ``hours``. Where a network has no place for ``question``, the
    post's text asks."""

    options: tuple[str, ...]
    hours: int
    question: str = ""


@dataclass(frozen=True, slots=True)
class ThreadPart:
    """What follows a post under it, as a post of its own."""

    text: str
    media: tuple[Medium, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """An account that the text names. ``name`` is how it stands in the text (``@Brandt Maschinenbau``), ``remote_id``
    the network's own name for it (an URN, a Page's number)."""

    name: str
    remote_id: str


class FollowUp(StrEnum):
    """How something stands under a post: as the next part of a thread, or as a comment."""

    REPLY = "reply"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Under:
    """Where something goes that follows a post. ``root_id`` is the post that all is about, ``parent_id`` what it stands
    right under: the same for a comment and for the second part of a thread, the part before for each later one."""

    kind: FollowUp
    root_id: str
    parent_id: str

    @classmethod
    def after(cls, kind: FollowUp, root_id: str, before_id: str) -> Under:
        """Where what comes after ``before_id`` goes: a reply right under that, a comment under the post itself."""
        return cls(kind, root_id, before_id if kind is FollowUp.REPLY else root_id)


@dataclass(frozen=True, slots=True)
class OutgoingPost:
    """What one channel gets of a post, already merged from base text and variant.

    ``key`` names the delivery and stays the same over all its attempts; networks that take an idempotency
    key get it. ``title`` is set where the network shows one and a person wrote one (:func:`publishers.text.title_of`).
    ``languages`` (ISO 639-1) narrow who sees it, where a network offers that. ``thread`` and
    ``first_comment`` are what follows; they do not go out with this post. ``under`` is set on what follows another.
    ``card`` is the picture for the card of the link, ``card_title`` and ``card_description`` are what it says.
    """

    text: str
    link: str | None = None
    media: tuple[Medium, ...] = ()
    key: str = ""
    title: str = ""
    poll: Poll | None = None
    mentions: tuple[Mention, ...] = ()
    languages: tuple[str, ...] = ()
    thread: tuple[ThreadPart, ...] = ()
    first_comment: str = ""
    under: Under | None = None
    card: Medium | None = None
    card_title: str = ""
    card_description: str = ""

    @property
    def shows_card(self) -> bool:
        """Whether its link gets a card, which a file or a poll would take the place of."""
        return bool(self.link) and not self.media and self.poll is None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A post whose media are with the network, one call away from being visible.

    ``media_ids`` are the network's own handles, in the order of ``post.media``. ``notes`` are what the adapter asked of
    the network beforehand, under names of its own.
    """

    post: OutgoingPost
    media_ids: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


class Stage(StrEnum):
    """What happens to a medium before it can be published."""

    UPLOADING = "uploading"
    PROCESSING = "processing"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the preparation is. ``medium`` counts from 0; ``done`` of ``total`` in bytes while uploading, in percent
    while the network processes (``total`` 0: the network does not tell)."""

    medium: int
    stage: Stage
    done: int
    total: int


Heard = Callable[[Progress], None]
"""Called after each piece of a preparation. May raise, to stop it: nothing is visible yet."""


def nobody_hears(_progress: Progress) -> None:
    """Where nobody wants to know."""


def kind_of(mime: str) -> MediaKind:
    """What a media type is to a network: a GIF is a kind of its own, what is neither image nor video a document."""
    if mime == "image/gif":
        return MediaKind.GIF
    start = mime.partition("/")[0]
    return {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO}.get(start, MediaKind.DOCUMENT)


def follow_ups(post: OutgoingPost) -> tuple[tuple[FollowUp, OutgoingPost], ...]:
    """What goes out under a post once it is live, in order: the parts of its thread, then its first comment.

    Where each goes (``under``) is known only when the one before it is live.
    """
    parts = tuple(
        (FollowUp.REPLY, OutgoingPost(part.text, media=part.media, mentions=post.mentions, key=f"{post.key}-{number}"))
        for number, part in enumerate(post.thread, start=1)
    )
    if not post.first_comment.strip():
        return parts
    number = len(parts) + 1
    comment = OutgoingPost(post.first_comment, mentions=post.mentions, key=f"{post.key}-{number}")
    return (*parts, (FollowUp.COMMENT, comment))
