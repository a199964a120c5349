"""Content beyond text and images, what follows a post, and ids that never come again

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PARENT = "fk_delivery_parent_id_delivery"
REFERENCE = f', CONSTRAINT {PARENT} FOREIGN KEY(parent_id) REFERENCES "delivery" (id) ON DELETE CASCADE'
DUE = "ix_delivery_due_since"
FOLLOWS = sa.text("due_since IS NOT NULL")
STEP = "uq_delivery_parent_id_step"


def upgrade() -> None:
    """Forward."""
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(lambda sql: _numbering(_with_parent(sql)))
        _count_on_from_history()
    else:
        op.create_foreign_key(PARENT, "delivery", "delivery", ["parent_id"], ["id"], ondelete="CASCADE")
    op.create_index(STEP, "delivery", ["parent_id", "step"], unique=True)
    op.create_index(DUE, "delivery", ["due_since"], sqlite_where=FOLLOWS, postgresql_where=FOLLOWS)


def downgrade() -> None:
    """Back. SQLite's tables number on all the same."""
    op.drop_index(DUE, "delivery")
    op.drop_index(STEP, "delivery")
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(lambda sql: sql.replace(REFERENCE, ""))
    else:
        op.drop_constraint(PARENT, "delivery", type_="foreignkey")
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name)


def _added() -> dict[str, tuple[sa.Column[object], ...]]:
    return {
        "media": (
            sa.Column("seconds", sa.Float(), nullable=True),
            sa.Column("pages", sa.Integer(), nullable=True),
            sa.Column("title", sa.String(length=200), nullable=True),
        ),
        "post": (
            sa.Column("poll", sa.JSON(), nullable=True),
            sa.Column("thread", sa.JSON(), server_default="[]", nullable=False),
            sa.Column("first_comment", sa.Text(), server_default="", nullable=False),
            sa.Column("languages", sa.JSON(), server_default="[]", nullable=False),
            sa.Column("mentions", sa.JSON(), server_default="[]", nullable=False),
        ),
        "variant": (sa.Column("first_comment", sa.Text(), nullable=True),),
        "post_media": (sa.Column("part", sa.Integer(), server_default=sa.text("0"), nullable=False),),
        "delivery": (
            sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
            sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False),
            sa.Column("due_since", sa.DateTime(timezone=True), nullable=True),
            sa.Column("progress", sa.JSON(), nullable=True),
        ),
    }


def _make_anew(changed: Callable[[str], str]) -> None:
    """Every table of SQLite by a changed statement.

    The new ones stand beside the old ones and refer to each other, so that dropping an old one (what refers to it
    first) deletes nothing of the new.
    """
    tables, indexes = _made(), _sql("index")
    for name, sql in tables.items():
        op.execute(_beside(changed(sql)))
        columns = ", ".join(f'"{column["name"]}"' for column in sa.inspect(op.get_bind()).get_columns(name))
        op.execute(f'INSERT INTO "new_{name}" ({columns}) SELECT {columns} FROM "{name}"')  # noqa: S608 (our names)
    for name in reversed(tables):
        op.execute(f'DROP TABLE "{name}"')
    for name in tables:
        op.execute(f'ALTER TABLE "new_{name}" RENAME TO "{name}"')
    for name, sql in indexes.items():
        if name.partition(".")[0] in tables:
            op.execute(sql)


def _count_on_from_history() -> None:
    """An id that the history speaks of was given out."""
    sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    for name in _made():
        given = sa.union_all(
            sa.select(sa.column("id").label("given")).select_from(sa.table(name)),
            sa.select(sa.column("subject_id")).select_from(sa.table("event")).where(sa.column("subject") == name),
        ).subquery()
        highest = op.get_bind().scalar(sa.select(sa.func.coalesce(sa.func.max(given.c.given), 0)))
        op.execute(sequence.delete().where(sequence.c.name == name))
        op.execute(sequence.insert().values(name=name, seq=highest))


def _made() -> dict[str, str]:
    """How each table with an id was made, what is referred to before what refers to it."""
    made = {name: sql for name, sql in _sql("table").items() if _KEY.search(sql)}
    there = sa.MetaData()
    there.reflect(op.get_bind())
    return {table.name: made[table.name] for table in there.sorted_tables if table.name in made}


def _sql(kind: str) -> dict[str, str]:
    """By the table's name; an index by that and its own."""
    rows = op.get_bind().execute(
        sa.text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = :kind AND sql IS NOT NULL"), {"kind": kind}
    )
    return {row.name if kind == "table" else f"{row.tbl_name}.{row.name}": row.sql for row in rows}


_KEY = re.compile(r",\s*CONSTRAINT \w+ PRIMARY KEY \(id\)|\bPRIMARY KEY AUTOINCREMENT")


def _with_parent(sql: str) -> str:
    return sql.rstrip().removesuffix(")") + REFERENCE + ")" if re.match(r'CREATE TABLE "?delivery\b', sql) else sql


def _numbering(sql: str) -> str:
    return re.sub(
        r"\bid INTEGER NOT NULL", "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", _KEY.sub("", sql, count=1), count=1
    )


def _beside(sql: str) -> str:
    sql = re.sub(r'REFERENCES "?(\w+)"?', r'REFERENCES "new_\1"', sql)
    return re.sub(r'^CREATE TABLE "?(\w+)"?', r'CREATE TABLE "new_\1"', sql, count=1)
