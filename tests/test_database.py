"""The pool of connections, where it is closed while somebody still works with one."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest
from sqlalchemy.orm import Session

from planner.database import Database


def driver_of(session: Session) -> Any:
    return session.connection().connection.driver_connection


def test_a_connection_that_was_in_use_while_the_pool_was_closed_is_closed_when_it_is_given_back(
    database: Database,
) -> None:
    with database.read() as session:
        connection = driver_of(session)
        database.dispose()
        assert connection.execute("SELECT 1").fetchone() == (1,)

    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        connection.execute("SELECT 1")


def test_a_database_whose_pool_was_closed_can_be_used_again_and_keeps_its_new_connection(database: Database) -> None:
    database.dispose()
    with database.read() as session:
        first = driver_of(session)
    with database.read() as session:
        assert driver_of(session) is first
