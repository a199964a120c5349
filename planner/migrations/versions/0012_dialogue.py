"""Dialogue, and what becomes of a post after it was published

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    for column in _of_deliveries():
        op.add_column("delivery", column)
    op.create_index("ix_delivery_remarks_due_at", "delivery", ["remarks_due_at"], unique=False)
    op.execute(
        "UPDATE delivery SET remarks_due_at = metrics_due_at WHERE state = 'published' AND remote_id IS NOT NULL"
    )
    needs: sa.Column[bool] = sa.Column("answers_need_approval", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("workspace", needs)
    added: tuple[sa.Column[object], ...] = (
        sa.Column("post_remote_id", sa.String(length=200), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
    )
    for column in added:
        op.add_column("conversation", column)
    op.execute("UPDATE conversation SET last_at = said_at")
    with op.batch_alter_table("conversation", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("last_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_index("ix_conversation_workspace_id_last_at", "conversation", ["workspace_id", "last_at"], unique=False)
    _messages()
    _answers()
    op.create_table(
        "listening",
        sa.Column("id", _Id, nullable=False),
        sa.Column("channel_id", _Id, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.String(length=200), nullable=True),
        sa.Column("heard_until", sa.DateTime(timezone=True), nullable=True),
        _refers("listening", "channel_id", "channel"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listening")),
        sa.UniqueConstraint("channel_id", name=op.f("uq_listening_channel_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_listening_due_at", "listening", ["due_at"], unique=False)
    _carry_over()


def downgrade() -> None:
    """Back. What was said to what began a conversation goes."""
    for table in ("listening", "answer", "message"):
        op.drop_table(table)
    op.drop_index("ix_conversation_workspace_id_last_at", "conversation")
    for name in ("post_remote_id", "last_at", "forgotten_at"):
        op.drop_column("conversation", name)
    op.drop_column("workspace", "answers_need_approval")
    op.drop_index("ix_delivery_remarks_due_at", "delivery")
    for column in _of_deliveries():
        op.drop_column("delivery", column.name)


def _of_deliveries() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("remarks_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown", sa.JSON(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(length=200), nullable=True),
    )


def _refers(table: str, column: str, target: str, on_delete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", _Id, nullable=False),
        sa.Column("workspace_id", _Id, nullable=False),
        sa.Column("conversation_id", _Id, nullable=False),
        sa.Column("channel_id", _Id, nullable=False),
        sa.Column("remote_id", sa.String(length=200), nullable=False),
        sa.Column("parent_remote_id", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("author_remote_id", sa.String(length=200), nullable=False),
        sa.Column("author_url", sa.String(length=2000), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("to_us", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("liked", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        _refers("message", "workspace_id", "workspace"),
        _refers("message", "conversation_id", "conversation"),
        _refers("message", "channel_id", "channel"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("channel_id", "remote_id", name=op.f("uq_message_channel_id_remote_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_message_conversation_id_said_at", "message", ["conversation_id", "said_at"], unique=False)
    op.create_index("ix_message_forgotten_at_said_at", "message", ["forgotten_at", "said_at"], unique=False)


def _answers() -> None:
    op.create_table(
        "answer",
        sa.Column("id", _Id, nullable=False),
        sa.Column("workspace_id", _Id, nullable=False),
        sa.Column("conversation_id", _Id, nullable=False),
        sa.Column("message_id", _Id, nullable=False),
        sa.Column("channel_id", _Id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_by_id", _Id, nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("doubt_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("failed_looks", sa.Integer(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_id", sa.String(length=200), nullable=True),
        sa.Column("remote_url", sa.String(length=2000), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.Column("network_message", sa.String(length=1000), nullable=True),
        _refers("answer", "workspace_id", "workspace"),
        _refers("answer", "conversation_id", "conversation"),
        _refers("answer", "message_id", "message"),
        _refers("answer", "channel_id", "channel"),
        _refers("answer", "created_by_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("channel_id", "remote_id", name=op.f("uq_answer_channel_id_remote_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_conversation_id", "answer", ["conversation_id"], unique=False)
    op.create_index("ix_answer_state_try_at", "answer", ["state", "try_at"], unique=False)
    op.create_index("ix_answer_state_look_at", "answer", ["state", "look_at"], unique=False)


def _carry_over() -> None:
    """What began each conversation is its first message."""
    names = ("workspace_id", "channel_id", "remote_id", "kind", "author", "text", "said_at")
    old = sa.table("conversation", sa.column("id"), *map(sa.column, names))
    flags = ("own", "to_us", "hidden", "liked")
    more = ("seen_at", "author_remote_id", *flags)
    new = sa.table("message", *map(sa.column, ("conversation_id", *names, *more)))
    values = [sa.true() if flag == "to_us" else sa.false() for flag in flags]
    begun = sa.select(old.c.id, *(old.c[name] for name in names), old.c.said_at, sa.literal(""), *values)
    op.execute(new.insert().from_select(["conversation_id", *names, *more], begun))
