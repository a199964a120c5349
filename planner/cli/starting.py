"""What commands begin with: settings, logs, a database with the right schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from planner.cli.failing import Failed

if TYPE_CHECKING:
    from planner.bootstrap import Platform
    from planner.config import Settings

OLD_SCHEMA = "The database has an older (or no) schema. Run `sendeplan db upgrade` first."


@contextmanager
def platform(*, migrate: bool = False, settings: Settings | None = None) -> Iterator[Platform]:
    """The wired application. Raises Failed where the schema is old, unless it may be brought up to date."""
    from planner import logs, schema, team
    from planner.bootstrap import bootstrap

    wired = bootstrap(settings)
    logs.configure(wired.settings)
    logs.tell_what_nobody_catches()
    try:
        if migrate:
            schema.upgrade(wired.database)
            team.install(wired)
        elif not schema.is_current(wired.database):
            raise Failed(OLD_SCHEMA)
        yield wired
    finally:
        wired.close()


@contextmanager
def in_use(wired: Platform) -> Iterator[None]:
    """Mark the instance as running. Raises Failed during a restore."""
    from planner.lock import InUse, running

    try:
        with running(wired.settings.instance):
            yield
    except InUse:
        raise Failed("A restore is running on this instance. Wait until it is done.") from None
