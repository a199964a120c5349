"""Figures of whole channels, day by day

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIGURES = ("impressions", "page_views", "visitors", "engagements", "page_clicks", "follower_gain")


def upgrade() -> None:
    """Forward."""
    for name in ("extra", "missing"):
        op.add_column("channel_snapshot", sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "channel_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in FIGURES),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name="fk_channel_day_channel_id_channel", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_channel_day"),
        sa.UniqueConstraint("channel_id", "day", name="uq_channel_day_channel_id_day"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("channel_day")
    for name in ("extra", "missing"):
        op.drop_column("channel_snapshot", name)
