"""Title and description of the card of a post's link

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = ("card_title", "card_description")


def upgrade() -> None:
    """Forward."""
    for name in COLUMNS:
        op.add_column("post", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Back."""
    for name in COLUMNS:
        op.drop_column("post", name)
