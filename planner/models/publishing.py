"""Deliveries, the unit that is published exactly once, and the attempts at them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.domain.states import DeliveryState, Outcome
from planner.models.base import Base, Id, Word, references
from planner.models.channels import Channel
from planner.models.posts import Post


class Delivery(Base):
    """A post on one channel at one time.

    ``publish_at`` is the promised moment, with the wall-clock time (``wall_time``, ``YYYY-MM-DDTHH:MM``) and
    zone it was chosen in; ``try_at`` is when the next attempt is due (later than ``publish_at`` after a refusal).
    ``occurrence`` names the slot passing a delivery was born from; a channel has each at most once.

    ``claim_owner``, ``lease_until`` and ``epoch`` fence every write of the publishing services: the epoch grows
    with each claim, and a write of an older epoch finds no row. ``payload`` is what was frozen at the claim.
    ``attempt_count`` numbers the attempts; the first ``attempts_forgiven`` no longer count against the most there may
    be, because a person asked for another try. ``looks`` counts successful looks that did not find an unknown
    delivery, ``look_at`` is when the next is due.
    ``called_until`` is set where workers send: until then one of them has time to answer the call for this delivery.
    ``rehearsed`` says that it was claimed while its channel rehearsed: it went to the stage, and is no success.
    ``cost_micros`` is what it costs by the network's price list, as frozen (millionths of a US dollar; None: nothing).
    ``remarks_due_at`` is when it is asked what people say under it. ``shown`` is the post as the network showed it at
    ``shown_at`` (``text``, ``media_count``, ``links``, ``url``). ``removed_at`` marks one that was taken down: by whom,
    or (``removed_by`` None) by somebody at the network itself; it never goes out again.
    ``error_*`` is the last thing that went wrong, as a code with parameters plus the network's own words.
    Of what a person publishes: ``reminded_at`` is when its owner heard that it comes soon, ``escalated_at`` when the
    leads heard that it is overdue, ``taken_by_id`` who took it on at ``taken_at``.

    What follows a post under it (the parts of its thread, its first comment) are deliveries of their own: ``parent_id``
    is the delivery of the post itself, ``step`` counts from 1 in their order (0: the post itself). Each is made when
    the one before it is published, and has no time of its own (``publish_at`` is None): ``due_since`` is when it could
    first go out, from where it counts as late. ``progress`` says how far a preparation is, as
    :class:`publishers.base.Progress`.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("channel_id", "remote_id"),
        UniqueConstraint("channel_id", "occurrence"),
        Index("uq_delivery_parent_id_step", "parent_id", "step", unique=True),
        Index(
            "ix_delivery_due_since",
            "due_since",
            sqlite_where=text("due_since IS NOT NULL"),
            postgresql_where=text("due_since IS NOT NULL"),
        ),
        Index(
            "ix_delivery_state_due_since",
            "state",
            "due_since",
            sqlite_where=text("due_since IS NOT NULL"),
            postgresql_where=text("due_since IS NOT NULL"),
        ),
        Index("ix_delivery_state_try_at", "state", "try_at"),
        Index("ix_delivery_state_publish_at", "state", "publish_at"),
        Index("ix_delivery_channel_id_state_try_at_id", "channel_id", "state", "try_at", "id"),
        Index("ix_delivery_workspace_id_publish_at", "workspace_id", "publish_at"),
        Index("ix_delivery_workspace_id_state", "workspace_id", "state"),
        Index("ix_delivery_channel_id_publish_at", "channel_id", "publish_at"),
        Index("ix_delivery_state_metrics_due_at", "state", "metrics_due_at"),
        Index("ix_delivery_channel_id_state_remarks_due_at", "channel_id", "state", "remarks_due_at"),
        Index(
            "ix_delivery_look_at",
            "look_at",
            sqlite_where=text("look_at IS NOT NULL"),
            postgresql_where=text("look_at IS NOT NULL"),
        ),
        Index(
            "ix_delivery_called",
            "channel_id",
            sqlite_where=text("called_until IS NOT NULL"),
            postgresql_where=text("called_until IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id", index=False)
    post_id: Mapped[int] = references("post.id")
    channel_id: Mapped[int] = references("channel.id", index=False)
    parent_id: Mapped[int | None] = references("delivery.id", index=False)
    step: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    due_since: Mapped[datetime | None]
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState), default=DeliveryState.DRAFT)
    publish_at: Mapped[datetime | None]
    wall_time: Mapped[str | None] = mapped_column(String(16))
    zone: Mapped[str | None] = mapped_column(String(64))
    try_at: Mapped[datetime | None]
    queued: Mapped[bool] = mapped_column(default=False)
    slot_id: Mapped[int | None] = references("slot.id", on_delete="SET NULL", index=False)
    occurrence: Mapped[str | None] = mapped_column(String(64))

    called_until: Mapped[datetime | None]
    claim_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    epoch: Mapped[int] = mapped_column(default=0)
    attempt_count: Mapped[int] = mapped_column(default=0)
    attempts_forgiven: Mapped[int] = mapped_column(default=0)
    payload: Mapped[dict[str, Any] | None]
    rehearsed: Mapped[bool] = mapped_column(default=False)
    cost_micros: Mapped[int | None] = mapped_column(BigInteger)
    progress: Mapped[dict[str, Any] | None]
    looks: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None]

    remote_id: Mapped[str | None] = mapped_column(String(200))
    remote_url: Mapped[str | None] = mapped_column(String(2000))
    published_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_params: Mapped[dict[str, Any] | None]
    network_message: Mapped[str | None] = mapped_column(String(1000))

    metrics_due_at: Mapped[datetime | None]
    remarks_due_at: Mapped[datetime | None]
    shown: Mapped[dict[str, Any] | None]
    shown_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None] = mapped_column(String(200))
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = references("user.id", on_delete="SET NULL", index=False)
    taken_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    post: Mapped[Post] = relationship()
    channel: Mapped[Channel] = relationship()
    attempts: Mapped[list[Attempt]] = relationship(cascade="all, delete-orphan", order_by="Attempt.number")


class Attempt(Base):
    """One try of a delivery: written when the visible call begins, completed once when it ends.

    ``deadline_at`` is the moment after which the call cannot be running any more. ``fingerprint`` is the digest
    of the normalised text as the network will list it.
    """

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "number"),)

    id: Mapped[Id]
    delivery_id: Mapped[int] = references("delivery.id", index=False)
    number: Mapped[int]
    epoch: Mapped[int]
    owner: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    status: Mapped[int | None]
    error_code: Mapped[str | None] = mapped_column(String(64))
    message: Mapped[str | None] = mapped_column(Text)
    remote_id: Mapped[str | None] = mapped_column(String(200))
