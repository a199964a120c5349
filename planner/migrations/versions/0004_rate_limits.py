"""Rate limits, and what is known of a channel's access

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "rate_limit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=32), nullable=False),
        sa.Column("app", sa.String(length=200), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("calls", sa.String(length=16), nullable=False),
        sa.Column("window", sa.String(length=32), nullable=False),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_rate_limit_channel_id_channel"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_limit")),
        sa.UniqueConstraint("subject", "calls", "window", name=op.f("uq_rate_limit_subject_calls_window")),
    )
    with op.batch_alter_table("rate_limit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rate_limit_channel_id"), ["channel_id"], unique=False)
    # Column by column, which SQLite knows too: to make the table anew would take along the rows that refer to it.
    op.add_column("channel", sa.Column("throttle_reason", sa.String(length=16), nullable=True))
    op.add_column("channel", sa.Column("renews", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("channel", sa.Column("renewal_failing_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("channel", sa.Column("expiry_warned", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("channel", sa.Column("expiry_warned_for", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back."""
    for column in ("expiry_warned_for", "expiry_warned", "renewal_failing_since", "renews", "throttle_reason"):
        op.drop_column("channel", column)
    op.drop_table("rate_limit")
