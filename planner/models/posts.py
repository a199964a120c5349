"""Posts: the content, its variants per channel, its media and a lead's yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.domain.states import PostStatus
from planner.models.base import Base, Id, Word, references


class Media(Base):
    """An uploaded file. ``stored_as`` is its name in the media folder; sizes in bytes and pixels.

    ``seconds`` is how long a video runs, ``pages`` how many a document has, ``title`` what a network shows above it.
    """

    __tablename__ = "media"

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id")
    filename: Mapped[str] = mapped_column(String(255))
    stored_as: Mapped[str] = mapped_column(String(100))
    mime: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(String(1000), default="")
    seconds: Mapped[float | None]
    pages: Mapped[int | None]
    title: Mapped[str | None] = mapped_column(String(200))
    created_by_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    created_at: Mapped[datetime]


class Post(Base):
    """One piece of content.

    ``status`` mirrors what :func:`planner.domain.states.post_status` reads off the deliveries, kept in the
    transaction of each change so that lists can filter by it. ``version`` grows with each edit of the content;
    a stale edit is refused by it. ``submission`` is the form's own mark: the same form sent twice makes one
    post. ``deleted_at`` hides a post until it is restored.

    ``poll`` holds ``question``, ``options`` and ``hours``; ``thread`` the text of each part that follows, whose media
    are rows of :class:`PostMedia`; ``languages`` ISO 639-1 codes; ``mentions`` a ``name`` as it stands in the text, the
    ``network`` it is known on and its ``remote_id`` there. ``card_title`` and ``card_description`` are for the card of
    the link, where the network takes ours; the card's picture is a row of :class:`PostMedia`.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("workspace_id", "submission"),
        Index("ix_post_workspace_id_status", "workspace_id", "status"),
        Index("ix_post_workspace_id_updated_at", "workspace_id", "updated_at"),
    )

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    text: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str | None] = mapped_column(String(2000))
    tags: Mapped[list[str]] = mapped_column(default=list)
    poll: Mapped[dict[str, Any] | None]
    thread: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    first_comment: Mapped[str] = mapped_column(Text, default="", server_default="")
    card_title: Mapped[str] = mapped_column(Text, default="", server_default="")
    card_description: Mapped[str] = mapped_column(Text, default="", server_default="")
    languages: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    mentions: Mapped[list[dict[str, str]]] = mapped_column(default=list, server_default="[]")
    topic_id: Mapped[int | None] = references("topic.id", on_delete="SET NULL")
    campaign_id: Mapped[int | None] = references("campaign.id", on_delete="SET NULL")
    goal_id: Mapped[int | None] = references("goal.id", on_delete="SET NULL")
    audience_id: Mapped[int | None] = references("audience.id", on_delete="SET NULL", index=False)
    category_id: Mapped[int | None] = references("category.id", on_delete="SET NULL", index=False)
    format_id: Mapped[int | None] = references("format.id", on_delete="SET NULL", index=False)
    owner_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    created_by_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    status: Mapped[PostStatus] = mapped_column(Word(PostStatus), default=PostStatus.DRAFT)
    needs_approval: Mapped[bool] = mapped_column(default=True)
    approval_asked_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    submission: Mapped[str | None] = mapped_column(String(64))
    deleted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    variants: Mapped[list[Variant]] = relationship(cascade="all, delete-orphan", order_by="Variant.channel_id")
    media: Mapped[list[PostMedia]] = relationship(
        cascade="all, delete-orphan", order_by="PostMedia.part, PostMedia.position"
    )
    approvals: Mapped[list[Approval]] = relationship(cascade="all, delete-orphan", order_by="Approval.id")


class Variant(Base):
    """What one channel gets of a post, where it differs: None means "as the base"; ``own_media`` says that the
    variant's own media (maybe none) replace the base's. ``title`` is for networks that show one; None: the first line
    of the text is."""

    __tablename__ = "variant"
    __table_args__ = (UniqueConstraint("post_id", "channel_id"),)

    id: Mapped[Id]
    post_id: Mapped[int] = references("post.id", index=False)
    channel_id: Mapped[int] = references("channel.id")
    text: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(String(300))
    first_comment: Mapped[str | None] = mapped_column(Text)
    own_media: Mapped[bool] = mapped_column(default=False)


#: The ``part`` of the picture for the card of a post's link.
CARD = -1


class PostMedia(Base):
    """A medium of a post, in its place. ``channel_id`` None: of the base, else of that channel's variant.

    ``part`` 0 is the post itself, each further one a part of its thread; :data:`CARD` the picture for its link's card.
    """

    __tablename__ = "post_media"

    id: Mapped[Id]
    post_id: Mapped[int] = references("post.id")
    channel_id: Mapped[int | None] = references("channel.id", index=False)
    media_id: Mapped[int] = references("media.id", on_delete="RESTRICT")
    part: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    position: Mapped[int] = mapped_column(default=0)

    medium: Mapped[Media] = relationship(lazy="joined", innerjoin=True)


class Approval(Base):
    """A lead's yes to a post as it stood (``post_version``). An edit voids it."""

    __tablename__ = "approval"

    id: Mapped[Id]
    post_id: Mapped[int] = references("post.id")
    post_version: Mapped[int]
    approved_by_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    approved_by: Mapped[str] = mapped_column(String(200))
    approved_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str | None] = mapped_column(String(200))
