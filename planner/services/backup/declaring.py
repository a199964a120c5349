"""A database that came back by its own means: nobody told Sendeplan that it is older than what was sent since."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from planner.services.backup.archive import BackupError
from planner.services.backup.restoring import doubt_what_went_out, forget_what_was_to_be_told, refuse_while_running

if TYPE_CHECKING:
    from planner.bootstrap import Platform


def declare(platform: Platform, since: datetime) -> int:
    """Pause everything and look for all that may have gone out ``since``, as after a restore of a backup. Returns how
    many deliveries are looked for.

    No server may run; the caller holds the instance's lock. Raises BackupError.
    """
    now = platform.clock.now()
    if since > now:
        raise BackupError("That moment is still to come. Name the one as of which the database is, or an earlier one.")
    refuse_while_running(platform, now)
    with platform.database.engine.begin() as connection:
        forget_what_was_to_be_told(connection)
        return doubt_what_went_out(platform, connection, since)
