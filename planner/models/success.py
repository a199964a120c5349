"""What came back: figures. What was said has a file of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from planner.models.base import Base, Id, references


class Snapshot(Base):
    """The figures of a delivery at one moment; append-only. None: the network does not give the figure.

    ``latest`` marks the newest snapshot of each delivery, so that sums need no search. ``source`` is ``network``
    or ``manual``.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        Index("ix_snapshot_delivery_id_taken_at", "delivery_id", "taken_at"),
        Index(
            "uq_snapshot_latest",
            "delivery_id",
            unique=True,
            sqlite_where=text("latest = 1"),
            postgresql_where=text("latest"),
        ),
    )

    id: Mapped[Id]
    delivery_id: Mapped[int] = references("delivery.id", index=False)
    taken_at: Mapped[datetime]
    latest: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(String(16), default="network")
    entered_by_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    impressions: Mapped[int | None]
    reach: Mapped[int | None]
    reactions: Mapped[int | None]
    comments: Mapped[int | None]
    shares: Mapped[int | None]
    clicks: Mapped[int | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ChannelSnapshot(Base):
    """What a network said of a whole channel at one moment. ``extra`` holds further totals (``posts``, ``listed``).

    ``missing`` says of the figures by days that the channel should have why none came:
    ``{name: {"why", "permissions"}}``, as :class:`publishers.whole.Missing` has it.
    """

    __tablename__ = "channel_snapshot"
    __table_args__ = (Index("ix_channel_snapshot_channel_id_taken_at", "channel_id", "taken_at"),)

    id: Mapped[Id]
    channel_id: Mapped[int] = references("channel.id", index=False)
    taken_at: Mapped[datetime]
    followers: Mapped[int | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    missing: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ChannelDay(Base):
    """The figures of a whole channel on one day, as the network last told them. None: not given.

    ``day`` is the network's own: by UTC at LinkedIn, in California at Facebook. ``extra`` holds parts of the figures
    (``follows``, ``unfollows``, ``organic_gain``, ``paid_gain``).
    """

    __tablename__ = "channel_day"
    __table_args__ = (UniqueConstraint("channel_id", "day"),)

    id: Mapped[Id]
    channel_id: Mapped[int] = references("channel.id", index=False)
    day: Mapped[date]
    taken_at: Mapped[datetime]
    impressions: Mapped[int | None]
    page_views: Mapped[int | None]
    visitors: Mapped[int | None]
    engagements: Mapped[int | None]
    page_clicks: Mapped[int | None]
    follower_gain: Mapped[int | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
