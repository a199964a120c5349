"""What the networks said about their limits, as far as they are near, and what reading cost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from planner.models.base import Base, Id, references


class RateLimit(Base):
    """One limit of a channel or, without ``channel_id``, of the developer app that all channels of ``network`` share.

    ``subject`` names whose it is (``channel:7``, ``app:twitter``), ``calls`` what it counts (``publish``, ``list``,
    ``metrics``, ``all``), ``window`` tells several apart. ``left`` is in calls, ``share`` from 0 to 1; both may be
    unknown. ``held_until`` is set while nothing is left. ``strikes`` counts refusals in a row that named no moment;
    ``since`` is when the limit came near its end; ``app`` is the developer app's id.
    """

    __tablename__ = "rate_limit"
    __table_args__ = (UniqueConstraint("subject", "calls", "window"),)

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(32))
    app: Mapped[str] = mapped_column(String(200), default="")
    channel_id: Mapped[int | None] = references("channel.id")
    calls: Mapped[str] = mapped_column(String(16))
    window: Mapped[str] = mapped_column(String(32))
    left: Mapped[int | None]
    share: Mapped[float | None]
    resets_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    strikes: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]


class ReadCost(Base):
    """What reading on a channel cost in a month (``YYYY-MM``, UTC): how many things, and millionths of a US dollar."""

    __tablename__ = "read_cost"
    __table_args__ = (UniqueConstraint("channel_id", "month"),)

    id: Mapped[Id]
    channel_id: Mapped[int] = references("channel.id", index=False)
    month: Mapped[str] = mapped_column(String(7))
    reads: Mapped[int] = mapped_column(default=0)
    micros: Mapped[int] = mapped_column(BigInteger, default=0)
