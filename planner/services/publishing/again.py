"""Writing down what is already true outside: worth a second try when the database is busy or went away for a moment."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from planner.database import Database

TRIES = 4
PAUSE_SECONDS = 0.25

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


def write_again(database: Database, work: Callable[[Session], Result], tries: int = TRIES) -> Result:
    """Run ``work`` in a write transaction, again after a lost connection, a deadlock or a busy database.

    ``work`` must be a compare-and-set, so that a commit whose answer was lost does no harm when it comes twice.
    """
    for tried in range(1, tries):
        try:
            return database.write_together(work)
        except OperationalError as error:
            _log.warning("A result could not be written, trying again: %s", error.orig)
            time.sleep(PAUSE_SECONDS * tried)
    return database.write_together(work)
