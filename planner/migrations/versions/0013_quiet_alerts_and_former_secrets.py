"""Alerts that are gone for a while before they are over, and the secret of a webhook that goes on signing for a day

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("alert", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE alert SET gone_at = cleared_at")
    op.add_column("webhook", sa.Column("former_secret", sa.Text(), nullable=True))
    op.add_column("webhook", sa.Column("former_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("webhook", "former_until")
    op.drop_column("webhook", "former_secret")
    op.drop_column("alert", "gone_at")
