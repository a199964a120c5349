"""What is due of a channel, and what is to be looked for, comes out of an index in its order

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WITHOUT, WITH = "ix_delivery_channel_id_state_try_at", "ix_delivery_channel_id_state_try_at_id"
COLUMNS = ["channel_id", "state", "try_at"]
LOOK, SOUGHT = "ix_delivery_look_at", sa.text("look_at IS NOT NULL")


def upgrade() -> None:
    """Forward."""
    op.create_index(WITH, "delivery", [*COLUMNS, "id"])
    op.drop_index(WITHOUT, "delivery")
    op.create_index(LOOK, "delivery", ["look_at"], sqlite_where=SOUGHT, postgresql_where=SOUGHT)


def downgrade() -> None:
    """Back."""
    op.drop_index(LOOK, "delivery")
    op.create_index(WITHOUT, "delivery", COLUMNS)
    op.drop_index(WITH, "delivery")
