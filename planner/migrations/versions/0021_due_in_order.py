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

#: The old index, and the one in its place: the columns that are compared for being the same come first.
REPLACED = (
    (
        ("ix_delivery_channel_id_state_try_at", ["channel_id", "state", "try_at"]),
        ("ix_delivery_channel_id_state_try_at_id", ["channel_id", "state", "try_at", "id"]),
    ),
    (
        ("ix_delivery_metrics_due_at", ["metrics_due_at"]),
        ("ix_delivery_state_metrics_due_at", ["state", "metrics_due_at"]),
    ),
    (
        ("ix_delivery_remarks_due_at", ["remarks_due_at"]),
        ("ix_delivery_channel_id_state_remarks_due_at", ["channel_id", "state", "remarks_due_at"]),
    ),
)
LOOK, SOUGHT = "ix_delivery_look_at", sa.text("look_at IS NOT NULL")


def upgrade() -> None:
    """Forward."""
    for (old, _), (new, columns) in REPLACED:
        op.create_index(new, "delivery", columns)
        op.drop_index(old, "delivery")
    op.create_index(LOOK, "delivery", ["look_at"], sqlite_where=SOUGHT, postgresql_where=SOUGHT)


def downgrade() -> None:
    """Back."""
    op.drop_index(LOOK, "delivery")
    for (old, columns), (new, _) in REPLACED:
        op.create_index(old, "delivery", columns)
        op.drop_index(new, "delivery")
