"""What goes out besides posts: mails, pushes, webhook calls, and the alerts that they tell of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.domain.alarms import AlertKind
from planner.domain.outbox import OutboxState
from planner.models.base import Base, Id, Word, references


class Outgoing:
    """The columns of everything that waits to be sent by compare-and-set.

    Whoever sends holds it as ``owner`` until ``lease_until``; each claim counts as an attempt. ``error_code`` and
    ``error`` (the other side's words) are of the last attempt that failed.
    """

    state: Mapped[OutboxState] = mapped_column(Word(OutboxState), default=OutboxState.WAITING)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str | None] = mapped_column(String(500))


class Mail(Outgoing, Base):
    """One mail to one person (``user_id``), or to an ``address`` that the operator set.

    ``data`` names what it tells of; the text is written when it is sent. ``key`` makes the Message-ID, the same at each
    attempt, so that a mailbox can tell a second copy.
    """

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_due_at", "state", "due_at"),)

    id: Mapped[Id]
    workspace_id: Mapped[int | None] = references("workspace.id")
    user_id: Mapped[int | None] = references("user.id")
    address: Mapped[str | None] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str] = mapped_column(String(32))


class PushIdentity(Base):
    """The key pair by which push services know this installation (RFC 8292): one row. ``private_key`` is sealed; a
    device that subscribed with one pair hears of no other."""

    __tablename__ = "push_identity"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[Id]
    public_key: Mapped[str] = mapped_column(String(100))
    private_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class PushSubscription(Base):
    """A browser that shows a person's notices. ``sealed`` holds its address at the push service and its keys;
    ``digest`` (of the address) tells it from others. ``failures`` counts since the last success."""

    __tablename__ = "push_subscription"

    id: Mapped[Id]
    user_id: Mapped[int] = references("user.id")
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    last_success_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)


class PushMessage(Outgoing, Base):
    """``notices`` (ids; none: a test) of one workspace for one device, until ``expires_at``. Under ``key`` a push
    service and a browser keep one copy, whatever is sent twice."""

    __tablename__ = "push_message"
    __table_args__ = (Index("ix_push_message_state_due_at", "state", "due_at"),)

    id: Mapped[Id]
    subscription_id: Mapped[int] = references("push_subscription.id")
    workspace_id: Mapped[int] = references("workspace.id")
    notices: Mapped[list[int]]
    key: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime]

    subscription: Mapped[PushSubscription] = relationship()


class Webhook(Base):
    """An address that is called when one of ``events`` happens. ``secret`` is sealed; it signs the calls, and so does
    the one before it until ``former_until``."""

    __tablename__ = "webhook"

    id: Mapped[Id]
    workspace_id: Mapped[int] = references("workspace.id")
    url: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(200), default="")
    secret: Mapped[str] = mapped_column(Text)
    former_secret: Mapped[str | None] = mapped_column(Text)
    former_until: Mapped[datetime | None]
    events: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class WebhookCall(Outgoing, Base):
    """One event for one webhook. ``key`` is the id that the receiver sees, ``body`` what is sent and signed."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        Index("ix_webhook_call_state_due_at", "state", "due_at"),
        Index("ix_webhook_call_webhook_id_id", "webhook_id", "id"),
    )

    id: Mapped[Id]
    webhook_id: Mapped[int] = references("webhook.id", index=False)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    event: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]

    webhook: Mapped[Webhook] = relationship()


class Alert(Base):
    """Something is wrong with the machine, from ``raised_at`` to ``cleared_at``.

    ``key`` names kind and workspace (none: all of them): of each there is at most one that is not cleared. ``gone_at``
    is since when it is no longer so; it is over, and told to be, once it has stayed away for a while.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "key",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    workspace_id: Mapped[int | None] = references("workspace.id")
    kind: Mapped[AlertKind] = mapped_column(Word(AlertKind))
    key: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    raised_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
