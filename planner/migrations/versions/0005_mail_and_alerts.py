"""Mail and alerts

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _outgoing() -> list[sa.Column[object]]:
    """What mails and webhook calls share."""
    return [
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
    ]


def _reference(table: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{target}_id_{target}")
    return sa.ForeignKeyConstraint([f"{target}_id"], [f"{target}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("user") as batch_op:
        batch_op.add_column(sa.Column("mail_wishes", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("notice") as batch_op:
        batch_op.add_column(sa.Column("mail_done_at", sa.DateTime(timezone=True), nullable=True))
    # What was there before there was mail is told by mail no more.
    op.execute(sa.text("UPDATE notice SET mail_done_at = at"))
    waiting = sa.text("mail_done_at IS NULL")
    op.create_index("ix_notice_mail_waiting", "notice", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "mail",
        _id("id"),
        _id("workspace_id", nullable=True),
        _id("user_id", nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        *_outgoing(),
        _reference("mail", "workspace"),
        _reference("mail", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_workspace_id"), "mail", ["workspace_id"])
    op.create_index(op.f("ix_mail_user_id"), "mail", ["user_id"])
    op.create_index("ix_mail_state_due_at", "mail", ["state", "due_at"])
    _webhooks()
    op.create_table(
        "alert",
        _id("id"),
        _id("workspace_id", nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        _reference("alert", "workspace"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_workspace_id"), "alert", ["workspace_id"])
    is_open = sa.text("cleared_at IS NULL")
    op.create_index("uq_alert_open", "alert", ["key"], unique=True, sqlite_where=is_open, postgresql_where=is_open)


def _webhooks() -> None:
    op.create_table(
        "webhook",
        _id("id"),
        _id("workspace_id"),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _reference("webhook", "workspace"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_workspace_id"), "webhook", ["workspace_id"])
    op.create_table(
        "webhook_call",
        _id("id"),
        _id("webhook_id"),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        *_outgoing(),
        _reference("webhook_call", "webhook"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_call_key")),
    )
    op.create_index("ix_webhook_call_state_due_at", "webhook_call", ["state", "due_at"])
    op.create_index("ix_webhook_call_webhook_id_id", "webhook_call", ["webhook_id", "id"])


def downgrade() -> None:
    """Back."""
    for table in ("alert", "webhook_call", "webhook", "mail"):
        op.drop_table(table)
    op.drop_index("ix_notice_mail_waiting", "notice")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_column("mail_done_at")
    with op.batch_alter_table("user") as batch_op:
        batch_op.drop_column("mail_wishes")
