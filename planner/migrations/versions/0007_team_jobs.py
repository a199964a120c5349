"""Jobs of the team

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CALLED = sa.text("called_until IS NOT NULL")


def upgrade() -> None:
    """Forward."""
    op.add_column("delivery", sa.Column("called_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_delivery_called", "delivery", ["channel_id"], sqlite_where=CALLED, postgresql_where=CALLED)
    # What waits past its limit is looked for with each tick, however much is planned.
    op.create_index("ix_delivery_state_publish_at", "delivery", ["state", "publish_at"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_delivery_state_publish_at", "delivery")
    op.drop_index("ix_delivery_called", "delivery")
    op.drop_column("delivery", "called_until")
