"""Connections begun at a network

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "begun_connection",
        sa.Column("id", number, nullable=False),
        sa.Column("workspace_id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("network", sa.String(32), nullable=False),
        sa.Column("channel_id", number, nullable=True),
        sa.Column("state_digest", sa.String(64), nullable=False),
        sa.Column("session_digest", sa.String(64), nullable=False),
        sa.Column("redirect_uri", sa.String(2000), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("person", sa.String(200), nullable=True),
        sa.Column("returned_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name="fk_begun_connection_workspace_id_workspace", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_begun_connection_user_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name="fk_begun_connection_channel_id_channel", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_begun_connection"),
        sa.UniqueConstraint("state_digest", name="uq_begun_connection_state_digest"),
        sqlite_autoincrement=True,
    )
    for column in ("workspace_id", "user_id", "channel_id", "expires_at"):
        op.create_index(f"ix_begun_connection_{column}", "begun_connection", [column])


def downgrade() -> None:
    """Back."""
    op.drop_table("begun_connection")
