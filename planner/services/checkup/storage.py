"""The database: it answers, has the right schema, and lets in as many as want to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from planner import schema
from planner.services.checkup.finding import Finding, Scene, ok, problem


def answers(scene: Scene) -> Finding:
    """Whether it answers, can be written, and fits this version."""
    database = scene.platform.database
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        with database.engine.connect() as connection:
            there = schema.revision(connection)
        wanted = schema.newest()
        if there != wanted:
            code = "schema_newer" if there > wanted else "schema_old"
            return problem("database", code, there=there or "–", wanted=wanted)
        with database.write() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return problem("database", "database_silent", kind=kind, reason=reason)
    return ok("database", "database_answers", kind=kind, revision=there)


def connections(scene: Scene, session: Session) -> Iterator[Finding]:
    """PostgreSQL lets in a fixed number of connections; one process of ours may ask for its whole pool."""
    database = scene.platform.database
    if database.is_sqlite:
        return
    allowed = int(session.scalar(text("SHOW max_connections")) or 0)
    kept_free = int(session.scalar(text("SHOW superuser_reserved_connections")) or 0)
    wanted = database.most_connections
    code, found = ("connections_few", problem) if wanted > allowed - kept_free else ("connections_enough", ok)
    yield found("database", code, wanted=wanted, allowed=allowed - kept_free)
