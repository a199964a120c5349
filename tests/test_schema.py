"""The schema as migrations make it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import column, table

from planner import schema
from planner.database import Database
from planner.models import Base, Notice, User

#: Rows as they were before revision 0005.
BEFORE_MAIL: dict[str, dict[str, Any]] = {
    "user": {
        "id": 1, "email": "a@example.com", "name": "A", "password_hash": "x", "active": True, "session_epoch": 1,
        "created_at": "2026-01-01 00:00:00",
    },
    "workspace": {
        "id": 1, "name": "W", "zone": "Europe/Berlin", "language": "de", "approval_required": True,
        "weekly_weekday": 0, "weekly_time": "06:00:00", "created_at": "2026-01-01 00:00:00",
    },
    "notice": {
        "id": 1, "workspace_id": 1, "user_id": 1, "at": "2026-01-02 00:00:00.000000", "kind": "sent_back",
        "subject": "post", "subject_id": 1, "data": "{}",
    },
}  # fmt: skip


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


def test_notices_from_before_there_was_mail_are_not_mailed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with database.engine.begin() as connection:
        schema.upgrade_on(connection, "0004")
        for name, values in BEFORE_MAIL.items():
            connection.execute(table(name, *map(column, values)).insert(), values)
    schema.upgrade(database)
    with database.read() as session:
        notice = session.get_one(Notice, 1)
        assert notice.mail_done_at == notice.at
        assert session.get_one(User, 1).mail_wishes == {}
    database.dispose()


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
