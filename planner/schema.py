"""The schema: brought up to date, or found to be old."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from planner.paths import PACKAGE

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from planner.database import Database

MIGRATIONS = PACKAGE / "migrations"

_NAMED = re.compile(r'^((?:down_)?revision) = "(\w+)"', re.MULTILINE)


def upgrade(database: Database) -> None:
    """Bring the schema up to date; nothing happens where it is already."""
    if is_current(database):
        return
    with database.engine.connect() as connection:
        upgrade_on(connection)
        connection.commit()


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to a revision, in the transaction of this connection."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether the database has the newest schema. Reads one row and the names of the migrations: Alembic itself,
    which takes 10 MB, is only loaded where there is something to do."""
    with database.engine.connect() as connection:
        return revision(connection) == newest()


def revision(connection: Connection) -> str:
    """The revision that the database has; empty where it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def knows(revision: str) -> bool:
    """Whether this version has ever had that revision."""
    from alembic.script import ScriptDirectory

    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def newest() -> str:
    """The newest revision: the one that no other builds on."""
    builds_on: dict[str, str] = {}
    for path in MIGRATIONS.glob("versions/[0-9]*_*.py"):
        said = dict(_NAMED.findall(path.read_text()))
        builds_on[said["revision"]] = said.get("down_revision", "")
    return max(builds_on.keys() - builds_on.values())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
