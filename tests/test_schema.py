"""The schema as migrations make it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import column, inspect, select, table, text

from planner import schema
from planner.database import Database
from planner.models import Base, Campaign, Notice, User

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

WORKSPACE = {**BEFORE_MAIL["workspace"]}
CAMPAIGN = {"id": 3, "workspace_id": 1, "name": "Messe", "description": "", "spent_cents": 0}
DELETED = {
    "workspace_id": 1, "at": "2026-01-01 00:00:00", "actor": "A", "subject": "campaign", "subject_id": 7,
    "kind": "deleted", "data": "{}",
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


def test_an_id_of_something_deleted_is_never_given_out_again_not_even_one_from_before_sqlite_was_told_so(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with database.engine.begin() as connection:
        schema.upgrade_on(connection, "0009")
        connection.execute(table("workspace", *map(column, WORKSPACE)).insert(), WORKSPACE)
        connection.execute(table("campaign", *map(column, CAMPAIGN)).insert(), CAMPAIGN)
        connection.execute(table("event", *map(column, DELETED)).insert(), DELETED)
    schema.upgrade(database)
    with database.write() as session:
        assert session.get_one(Campaign, 3).name == "Messe", "what stood there stands there still"
        kept = Campaign(workspace_id=1, name="Herbst")
        session.add(kept)
        session.flush()
        assert kept.id == 8, "the history speaks of number 7"
        session.delete(kept)
    with database.write() as session:
        session.add(Campaign(workspace_id=1, name="Winter"))
        session.flush()
        assert session.scalars(select(Campaign.id).order_by(Campaign.id)).all() == [3, 9]
    database.dispose()


def test_every_table_that_gives_out_numbers_gives_each_only_once(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        made = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    without = {name for name, sql in made if "AUTOINCREMENT" not in sql}
    assert without == {"alembic_version", "heartbeat", "sqlite_sequence"}


def test_the_step_to_content_and_follow_ups_can_be_taken_back_and_again(tmp_path: Path) -> None:
    from alembic import command

    database = Database(f"sqlite:///{tmp_path / 'both.sqlite'}")
    schema.upgrade(database)
    with database.engine.begin() as connection:
        connection.execute(table("workspace", *map(column, WORKSPACE)).insert(), WORKSPACE)
        connection.execute(table("campaign", *map(column, CAMPAIGN)).insert(), CAMPAIGN)
        config = schema._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
        assert "parent_id" not in {c["name"] for c in inspect(connection).get_columns("delivery")}
    schema.upgrade(database)
    with database.read() as session:
        assert session.scalars(select(Campaign.name)).all() == ["Messe"]
    database.dispose()
