"""A database that is away, as a thread tells of it that tries twice a second: when it begins, now and then, and when it
is over; in lines, without a traceback."""

from __future__ import annotations

import logging
import time

from planner.database import is_away

#: How often it is told that it goes on.
EVERY_SECONDS = 30.0


class Outage:
    """What one thread has told. ``what`` does not happen meanwhile."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._began: float | None = None
        self._told = 0.0

    def met(self, error: Exception) -> None:
        """A try has failed; anything else than a database that is away is told each time, with where it happened."""
        if not is_away(error):
            self._log.error("%s; it is tried again", self._what, exc_info=error)
            return
        now = time.monotonic()
        if self._began is None:
            self._began = now
        elif now - self._told < EVERY_SECONDS:
            return
        self._told = now
        self._log.warning("%s; it is tried again: the database is away: %s", self._what, getattr(error, "orig", error))

    def over(self) -> None:
        """A try has worked."""
        if self._began is not None:
            self._log.warning("The database is back after %.0f s", time.monotonic() - self._began)
            self._began = None
