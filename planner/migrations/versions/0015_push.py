"""Notices on people's devices

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward: what was told before is not pushed any more."""
    op.add_column("user", sa.Column("push_wishes", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("notice", sa.Column("push_done_at", _MOMENT, nullable=True))
    op.execute("UPDATE notice SET push_done_at = at")
    waiting = sa.text("push_done_at IS NULL")
    op.create_index("ix_notice_push_waiting", "notice", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "push_identity",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("public_key", sa.String(100), nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_push_identity_only_one")),
        sa.PrimaryKeyConstraint("id", name="pk_push_identity"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("user_id", _NUMBER, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_success_at", _MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_push_subscription_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscription"),
        sa.UniqueConstraint("digest", name="uq_push_subscription_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_subscription_user_id", "push_subscription", ["user_id"])
    _create_messages()


def _create_messages() -> None:
    op.create_table(
        "push_message",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("subscription_id", _NUMBER, nullable=False),
        sa.Column("workspace_id", _NUMBER, nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=True),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("error_code", sa.String(32), nullable=True),
        sa.Column("error", sa.String(500), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["push_subscription.id"],
            name="fk_push_message_subscription_id_push_subscription",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name="fk_push_message_workspace_id_workspace", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_push_message"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_message_state_due_at", "push_message", ["state", "due_at"])
    for column in ("subscription_id", "workspace_id"):
        op.create_index(f"ix_push_message_{column}", "push_message", [column])


def downgrade() -> None:
    """Back."""
    for name in ("push_message", "push_subscription", "push_identity"):
        op.drop_table(name)
    op.drop_index("ix_notice_push_waiting", "notice")
    op.drop_column("notice", "push_done_at")
    op.drop_column("user", "push_wishes")
