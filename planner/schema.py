"""The schema: brought up to date, or found to be old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.paths import PACKAGE

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from planner.database import Database


def upgrade(database: Database) -> None:
    """Bring the schema up to date; nothing happens where it is already."""
    with database.engine.connect() as connection:
        upgrade_on(connection)
        connection.commit()


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to a revision, in the transaction of this connection."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revision(connection: Connection) -> str:
    """The revision that the database has; empty where it has none."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision() or ""


def knows(revision: str) -> bool:
    """Whether this version has ever had that revision."""
    from alembic.script import ScriptDirectory

    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


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
