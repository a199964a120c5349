"""The schema: brought up to date, or found to be old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.paths import PACKAGE

if TYPE_CHECKING:
    from alembic.config import Config

    from planner.database import Database


def upgrade(database: Database) -> None:
    """Bring the schema up to date; nothing happens where it is already."""
    from alembic import command

    with database.engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def is_current(database: Database) -> bool:
    """Whether the database has the newest schema."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with database.engine.connect() as connection:
        have = set(MigrationContext.configure(connection).get_current_heads())
    return have == set(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    return config
