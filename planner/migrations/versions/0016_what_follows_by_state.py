"""What follows a post, found by its state: what went out long ago is not looked through to find what is late

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEX = "ix_delivery_state_due_since"


def upgrade() -> None:
    """Forward."""
    follows = sa.text("due_since IS NOT NULL")
    op.create_index(INDEX, "delivery", ["state", "due_since"], sqlite_where=follows, postgresql_where=follows)


def downgrade() -> None:
    """Back."""
    op.drop_index(INDEX, "delivery")
