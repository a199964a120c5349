"""The schema as migrations make it."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from planner import schema
from planner.database import Database
from planner.models import Base


def test_migrations_make_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_is_the_only_head() -> None:
    assert ScriptDirectory.from_config(schema._config()).get_heads() == [schema.newest()]


def test_a_migrated_database_is_current_and_an_empty_one_is_not(database: Database, tmp_path: Path) -> None:
    assert schema.is_current(database)
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert not schema.is_current(empty)
    schema.upgrade(empty)
    assert schema.is_current(empty)
    empty.dispose()


def test_an_older_schema_is_noticed_and_brought_up_to_date(tmp_path: Path) -> None:
    from alembic import command

    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with database.engine.connect() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
    assert not schema.is_current(database)
    schema.upgrade(database)
    assert schema.is_current(database)
    database.dispose()
