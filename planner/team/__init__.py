"""Beyond one machine: workers that send, called by jobs of Procrastinate on the team's own PostgreSQL.

Only this package knows the engine. It is an extra (``sendeplan[team]``), loaded only where the setting ``senders`` says
``workers``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.config import ConfigError, Senders

if TYPE_CHECKING:
    from planner.bootstrap import Platform
    from planner.team.engine import Engine


class NotATeam(ConfigError):
    """Workers cannot be used here; the message says what to do."""


def engine_for(platform: Platform) -> Engine | None:
    """The engine that calls workers; None where this installation has none.

    Raises NotATeam where the settings ask for workers and something that they need is missing.
    """
    if platform.settings.senders is not Senders.WORKERS:
        return None
    if platform.database.is_sqlite:
        raise NotATeam(
            "Workers need PostgreSQL: set SENDEPLAN_DATABASE_URL=postgresql://…, or leave SENDEPLAN_SENDERS at “here”."
        )
    try:
        from planner.team.engine import Engine
    except ModuleNotFoundError as error:
        if error.name != "procrastinate":
            raise
        raise NotATeam("Workers need the extra “team”: pip install 'sendeplan[team]'") from None
    return Engine(platform)


def ready(platform: Platform) -> Engine | None:
    """As :func:`engine_for`, and its schema is there. Raises NotATeam also where it is not, or is older."""
    made = engine_for(platform)
    if made is not None and not made.is_installed():
        raise NotATeam("The database lacks what workers need. Run `sendeplan db upgrade` first.")
    return made


def install(platform: Platform) -> None:
    """Bring the engine's schema up to date, where the settings ask for workers. Raises NotATeam."""
    made = engine_for(platform)
    if made is not None:
        made.install()
