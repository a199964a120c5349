"""What others say, and what we answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from planner.domain.answers import AnswerState
from planner.models.base import Base, Id, Word, references


class Conversation(Base):
    """What somebody began by a comment or a mention, with all that was said to it.

    ``kind``: ``comment``, ``mention``; ``state``: ``open``, ``answered``, ``closed``. ``remote_id``, ``author``,
    ``text`` and ``said_at`` are those of the remark that began it; the author's name and text are empty once they were
    forgotten (``forgotten_at``). ``post_remote_id`` is the post that it stands under, ``delivery_id`` ours where it is
    one of ours. ``last_at`` is when something was said last.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel_id", "remote_id"),
        Index("ix_conversation_workspace_id_state", "workspace_id", "state"),
        Index("ix_conversation_workspace_id_last_at", "workspace_id", "last_at"),
    )

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    channel_id: Mapped[int] = references("channel.id", index=False)
    delivery_id: Mapped[int | None] = references("delivery.id", on_delete="SET NULL")
    remote_id: Mapped[str] = mapped_column(String(200))
    post_remote_id: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16), default="comment")
    author: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    last_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="open")
    assignee_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    forgotten_at: Mapped[datetime | None]


class Message(Base):
    """One remark as the network shows it, theirs or (``own``) ours. A channel has each once.

    ``to_us``: its author spoke to our account, not to others under our post. ``gone_at`` is when it was noticed to be
    gone at the network; who said it and what goes from our rows then (``forgotten_at``), and what is left is that
    something stood there.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel_id", "remote_id"),
        Index("ix_message_conversation_id_said_at", "conversation_id", "said_at"),
        Index("ix_message_forgotten_at_said_at", "forgotten_at", "said_at"),
    )

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    conversation_id: Mapped[int] = references("conversation.id", index=False)
    channel_id: Mapped[int] = references("channel.id", index=False)
    remote_id: Mapped[str] = mapped_column(String(200))
    parent_remote_id: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16), default="comment")
    author: Mapped[str] = mapped_column(String(200), default="")
    author_remote_id: Mapped[str] = mapped_column(String(200), default="")
    author_url: Mapped[str | None] = mapped_column(String(2000))
    text: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str | None] = mapped_column(String(2000))
    said_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    own: Mapped[bool] = mapped_column(default=False)
    to_us: Mapped[bool] = mapped_column(default=True)
    hidden: Mapped[bool] = mapped_column(default=False)
    liked: Mapped[bool] = mapped_column(default=False)
    gone_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]


class Answer(Base):
    """What we say to a message, on its way out: visible once, so it walks as a delivery does.

    ``owner`` and ``epoch`` fence the writes of whoever sends it; ``deadline_at`` is when a call cannot be running any
    more. ``doubt_since`` is when the first attempt began that may have become visible, ``fingerprint`` the digest of
    its text; ``looks`` counts successful looks that did not find it, ``failed_looks`` the others, ``look_at`` is when
    the next is due. ``created_by`` and ``approved_by`` are names as the history shows them.
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("channel_id", "remote_id"),
        Index("ix_answer_state_try_at", "state", "try_at"),
        Index("ix_answer_state_look_at", "state", "look_at"),
    )

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    conversation_id: Mapped[int] = references("conversation.id")
    message_id: Mapped[int] = references("message.id", index=False)
    channel_id: Mapped[int] = references("channel.id", index=False)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[AnswerState] = mapped_column(Word(AnswerState), default=AnswerState.WAITING)
    created_by_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(200))
    approved_at: Mapped[datetime | None]
    try_at: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(64))
    epoch: Mapped[int] = mapped_column(default=0)
    deadline_at: Mapped[datetime | None]
    attempt_count: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    doubt_since: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(default=0)
    failed_looks: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None]
    remote_id: Mapped[str | None] = mapped_column(String(200))
    remote_url: Mapped[str | None] = mapped_column(String(2000))
    answered_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(64))
    network_message: Mapped[str | None] = mapped_column(String(1000))


class Listening(Base):
    """How far a channel's mentions were heard: ``cursor`` and ``heard_until`` are where to go on, ``due_at`` when."""

    __tablename__ = "listening"

    id: Mapped[Id]
    channel_id: Mapped[int] = references("channel.id", index=False, unique=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    cursor: Mapped[str | None] = mapped_column(String(200))
    heard_until: Mapped[datetime | None]
