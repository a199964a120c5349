"""Workspaces, the people in them and the keys to them."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import Index, String, Time, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.domain.roles import Role
from planner.models.base import Base, Id, Word, references


class Workspace(Base):
    """A company or brand; everything belongs to one. ``zone`` is an IANA name, ``language`` de or en.

    ``paused_by`` is the name of who pulled the crisis switch (a script's too), ``paused_by_id`` the member, where it
    was one. ``restored_at`` marks a pause that a restore began: it ends only once nothing is unconfirmed any more.
    ``zone_rules`` is the version of the time zone data that its planned times were last held against.
    ``overdue_minutes`` is how long a post waits for a hand before the leads hear of it.
    """

    __tablename__ = "workspace"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64), default="Europe/Berlin")
    language: Mapped[str] = mapped_column(String(8), default="de")
    approval_required: Mapped[bool] = mapped_column(default=True)
    answers_need_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    weekly_weekday: Mapped[int] = mapped_column(default=0)
    weekly_time: Mapped[time] = mapped_column(Time, default=time(6, 0))
    weekly_done_for: Mapped[str | None] = mapped_column(String(10))
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(String(500))
    restored_at: Mapped[datetime | None]
    paused_by: Mapped[str | None] = mapped_column(String(200))
    paused_by_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    zone_rules: Mapped[str | None] = mapped_column(String(32))
    overdue_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    created_at: Mapped[datetime]


class User(Base):
    """A person who can sign in. ``email`` is stored in lower case.

    ``mail_wishes`` says how soon mail is wanted, by kind of news; what is not in it goes by default.
    ``push_wishes`` says (yes or no) what devices show of it.
    ``remind_minutes`` is how long before its time the person hears of what is to be published by hand (0: at the time).
    """

    __tablename__ = "user"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(8))
    theme: Mapped[str | None] = mapped_column(String(8))
    mail_wishes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    push_wishes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    remind_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]


class Member(Base):
    """A user's place in a workspace."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("workspace_id", "user_id"),)

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    user_id: Mapped[int] = references("user.id")
    role: Mapped[Role] = mapped_column(Word(Role))
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ApiToken(Base):
    """A key for scripts. Only the hash is kept; ``hint`` is the start of the token, to tell keys apart."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id")
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[Role] = mapped_column(Word(Role))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Event(Base):
    """What happened to what, and who did it; append-only, written in the transaction of the change itself.

    ``subject`` is ``post``, ``delivery``, ``channel``, ``topic``, ``workspace``, ``member``, ``token``, …
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject_subject_id", "subject", "subject_id"),)

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id")
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    subject: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Notice(Base):
    """Something one person should know: shown in the app until read, mailed and pushed as the person wishes.

    ``mail_done_at``: when it went into a mail, or it was clear that it need not. None: that is still to be decided.
    ``push_done_at``: the same of a push.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_user_id_read_at", "user_id", "read_at"),
        Index(
            "ix_notice_mail_waiting",
            "id",
            sqlite_where=text("mail_done_at IS NULL"),
            postgresql_where=text("mail_done_at IS NULL"),
        ),
        Index(
            "ix_notice_push_waiting",
            "id",
            sqlite_where=text("push_done_at IS NULL"),
            postgresql_where=text("push_done_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id")
    user_id: Mapped[int] = references("user.id", index=False)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    read_at: Mapped[datetime | None]
    mail_done_at: Mapped[datetime | None]
    push_done_at: Mapped[datetime | None]
