"""Times: who paused what, and which rules of time zones were seen last

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PAUSABLE = ("workspace", "campaign", "channel")


def upgrade() -> None:
    """Forward."""
    for table in PAUSABLE:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("paused_by", sa.String(length=200), nullable=True))
    with op.batch_alter_table("workspace") as batch_op:
        batch_op.add_column(sa.Column("zone_rules", sa.String(length=32), nullable=True))
    op.execute(
        'UPDATE workspace SET paused_by = (SELECT name FROM "user" WHERE "user".id = workspace.paused_by_id) '
        "WHERE paused_by_id IS NOT NULL"
    )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("workspace") as batch_op:
        batch_op.drop_column("zone_rules")
    for table in PAUSABLE:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("paused_by")
