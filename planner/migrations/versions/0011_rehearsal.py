"""Channels that rehearse

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("channel", sa.Column("rehearsing_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("rehearsed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Back."""
    op.drop_column("delivery", "rehearsed")
    op.drop_column("channel", "rehearsing_since")
