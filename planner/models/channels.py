"""Channels and their weekly slots."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, Index, String, Text, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.models.base import Base, Id, references


class Channel(Base):
    """One connected account of a network.

    ``credentials`` is encrypted JSON (None: assisted). ``rehearsing_since`` says that posts go to the
    stage and not to the network. ``by_hand_since`` says that people publish here whatever the
    connection is: since then nothing goes out by itself. ``credentials_version`` grows with every change, so that
    cached connections notice. ``missed_after_seconds`` is how late a delivery may still go out by itself.
    ``throttled_until`` is when publishing goes on, and ``throttle_reason`` why it waits: ``limit`` (the network's own
    "not before") or ``unreachable``. ``reconnect_since`` marks a channel whose access ended. ``refreshing_until`` keeps
    a second process from spending a token that can be refreshed with only once; ``renews`` says that the access renews
    itself, ``renewal_failing_since`` that it lately could not, ``renewal_refused_at`` that the network refused to while
    the present access still lasts. ``expiry_warned`` counts the warnings (1: a week before, 2: a day before) about the
    access that ends at ``expiry_warned_for``. ``pause_advice`` and ``reconnect_advice`` say
    what to do where a network's answer was the reason (:mod:`planner.services.publishing.advising`). ``missing`` are
    the permissions that the access lacks by the network's word at ``verified_at``; None where it was never asked.
    """

    __tablename__ = "channel"
    __table_args__ = (
        Index(
            "uq_channel_account",
            "workspace_id",
            "network",
            "remote_account_id",
            unique=True,
            sqlite_where=text("archived_at IS NULL"),
            postgresql_where=text("archived_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    network: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    remote_account_id: Mapped[str | None] = mapped_column(String(200))
    profile_url: Mapped[str | None] = mapped_column(String(2000))
    credentials: Mapped[str | None] = mapped_column(Text)
    credentials_version: Mapped[int] = mapped_column(default=1)
    token_expires_at: Mapped[datetime | None]
    by_hand_since: Mapped[datetime | None]
    rehearsing_since: Mapped[datetime | None]
    reconnect_since: Mapped[datetime | None]
    reconnect_reason: Mapped[str | None] = mapped_column(String(500))
    reconnect_advice: Mapped[dict[str, Any] | None]
    missing: Mapped[list[str] | None] = mapped_column(JSON)
    throttled_until: Mapped[datetime | None]
    throttle_reason: Mapped[str | None] = mapped_column(String(16))
    refreshing_until: Mapped[datetime | None]
    renews: Mapped[bool] = mapped_column(default=False)
    renewal_failing_since: Mapped[datetime | None]
    renewal_refused_at: Mapped[datetime | None]
    expiry_warned: Mapped[int] = mapped_column(default=0)
    expiry_warned_for: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(String(500))
    pause_advice: Mapped[dict[str, Any] | None]
    paused_by: Mapped[str | None] = mapped_column(String(200))
    rhythm_per_week: Mapped[int | None]
    missed_after_seconds: Mapped[int] = mapped_column(default=7200)
    owner_id: Mapped[int | None] = references("user.id", on_delete="SET NULL")
    verified_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    slots: Mapped[list[Slot]] = relationship(
        back_populates="channel", order_by="Slot.weekday, Slot.wall_time", cascade="all, delete-orphan"
    )


class Slot(Base):
    """A weekly publishing time of a channel. ``weekday`` 0 is Monday; ``wall_time`` is the workspace's own clock."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("channel_id", "weekday", "wall_time"),)

    id: Mapped[Id]
    channel_id: Mapped[int] = references("channel.id", index=False)
    weekday: Mapped[int]
    wall_time: Mapped[time] = mapped_column(Time)
    category_id: Mapped[int | None] = references("category.id", on_delete="SET NULL", index=False)

    channel: Mapped[Channel] = relationship(back_populates="slots")
