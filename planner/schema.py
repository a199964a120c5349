"""The schema: brought up to date, or found to be old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from planner.paths import PACKAGE

if TYPE_CHECKING:
    from alembic.config import Config

    from planner.database import Database

MIGRATIONS = PACKAGE / "migrations"


def upgrade(database: Database) -> None:
    """Bring the schema up to date; nothing happens where it is already."""
    if is_current(database):
        return
    from alembic import command

    with database.engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def is_current(database: Database) -> bool:
    """Whether the database has the newest schema. Reads one row and the names of the migrations: Alembic itself,
    which takes 10 MB, is only loaded where there is something to do."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest()]


def newest() -> str:
    """The newest revision: migrations are numbered, one after the other, and their files begin with the number."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
