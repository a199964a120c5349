"""The end of a process that was asked to stop: it finishes what it sends and notes it, but not for ever."""

from __future__ import annotations

import faulthandler
import signal
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.config import Settings

#: How long, after the last answer of a network can have come, to note it and to take leave of the database.
NOTING_SECONDS = 15.0
#: A call that publishes has surely ended after so many of its time-outs (see services/publishing/send).
CALL_SHARE = 1.5


class Asked:
    """Hears of SIGTERM and SIGINT from the moment it is made."""

    def __init__(self) -> None:
        # A handler runs in the middle of whatever the main thread does. Putting here never waits for a lock that the
        # interrupted code may hold; setting an event can.
        self._signals: SimpleQueue[int] = SimpleQueue()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _frame: self._signals.put(number))

    def wait(self) -> None:
        """Until one of them has come."""
        self._signals.get()


def at_the_latest(settings: Settings) -> None:
    """From here on, the process ends by itself when everything that it may still finish must be over.

    What hangs then is told on standard error, thread by thread, and the exit status is 1. Nothing is lost: what was
    claimed or being sent is brought back by its lease.
    """
    faulthandler.dump_traceback_later(settings.send_timeout_seconds * CALL_SHARE + NOTING_SECONDS, exit=True)
