"""By hand

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TAKEN_BY = "fk_delivery_taken_by_id_user"


def upgrade() -> None:
    """Forward."""
    op.add_column("variant", sa.Column("title", sa.String(300), nullable=True))
    op.add_column("channel", sa.Column("by_hand_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("workspace", sa.Column("overdue_minutes", sa.Integer(), nullable=False, server_default="60"))
    op.add_column("user", sa.Column("remind_minutes", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("taken_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch.add_column(sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(TAKEN_BY, "user", ["taken_by_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("delivery") as batch:
        batch.drop_constraint(TAKEN_BY, type_="foreignkey")
        batch.drop_column("taken_at")
        batch.drop_column("taken_by_id")
        batch.drop_column("escalated_at")
    op.drop_column("user", "remind_minutes")
    op.drop_column("workspace", "overdue_minutes")
    op.drop_column("channel", "by_hand_since")
    op.drop_column("variant", "title")
