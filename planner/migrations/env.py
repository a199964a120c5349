"""Alembic's environment: migrations run on the connection they are handed (see planner.schema)."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from planner.models import Base
from planner.models.base import UtcDateTime, Word


def plain_types(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """A migration speaks of the database's own types: it must run long after our classes have changed."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return "sa.String(32)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain_types,
    include_name=context.config.attributes.get("include_name"),
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
