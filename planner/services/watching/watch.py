"""The figures of one process: its own, and what the database says, which several who ask share for some seconds."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from planner.services.watching import stored
from planner.services.watching.readiness import Readiness, ReadyCheck
from planner.services.watching.stored import Stored

if TYPE_CHECKING:
    from planner.bootstrap import Platform


class Watch:
    """What the endpoints of this process answer with."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._ready = ReadyCheck(platform)
        self._lock = threading.Lock()
        self._looked: tuple[datetime, Stored | None] | None = None
        self._done: tuple[datetime, dict[str, int]] | None = None

    def ready(self) -> Readiness:
        """Whether this process can do its work."""
        return self._ready.look()

    def figures(self) -> tuple[bytes, str]:
        """The figures in Prometheus' text format, and the type of that content."""
        from planner.services.watching import exposition  # its library is loaded only where somebody asks

        return exposition.write(self._platform, self._stored()), exposition.CONTENT_TYPE

    def _stored(self) -> Stored | None:
        """None where the database does not answer."""
        with self._lock:
            now = self._platform.clock.now()
            if self._looked is None or not now - stored.KEPT < self._looked[0] <= now:
                self._looked = now, self._read(now)
            return self._looked[1]

    def _read(self, now: datetime) -> Stored | None:
        try:
            with self._platform.database.read() as session:
                if self._done is None or not now - stored.KEPT_DONE < self._done[0] <= now:
                    self._done = now, stored.settled(session)
                return stored.read(session, now, self._done[1])
        except SQLAlchemyError:
            return None
