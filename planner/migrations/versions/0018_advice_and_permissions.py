"""What to do about a channel that a network's answer holds, and the permissions that its access lacks

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = ("reconnect_advice", "pause_advice", "missing")


def upgrade() -> None:
    """Forward."""
    for name in COLUMNS:
        op.add_column("channel", sa.Column(name, sa.JSON(), nullable=True))


def downgrade() -> None:
    """Back."""
    for name in COLUMNS:
        op.drop_column("channel", name)
