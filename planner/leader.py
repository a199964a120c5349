"""Which of several scheduler processes asks the networks for figures, mails, and fills the week. Convenience, not
safety: deliveries are claimed by compare-and-set, whoever leads."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import or_, update
from sqlalchemy.dialects.sqlite import insert

from planner.models import Heartbeat

if TYPE_CHECKING:
    from planner.bootstrap import Platform

NAME = "leader"
#: How often candidates and leader ask, in seconds. When the leader dies, another one leads with the next time it asks;
#: when it is frozen, some seconds later.
ASK_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Seat(Protocol):
    """What only one process can have."""

    def take(self) -> bool:
        """Take it if it is free, or make sure to have it still. Returns whether this process has it."""

    def leave(self) -> None:
        """Let it go."""


class Leader:
    """One process's candidature. On PostgreSQL a lock that ends with its connection, on SQLite a row with a lease."""

    def __init__(self, platform: Platform, owner: str) -> None:
        self._lock = threading.Lock()
        self._leads = False
        self._seat = _seat(platform, owner)

    def stand(self) -> bool:
        """Become the leader if there is none, or make sure to be it still. Returns whether this process leads now.

        Asks the database each time and believes nothing from before: it may have been restarted, the connection may
        be dead, or this process may have been frozen for a while.
        """
        with self._lock:
            leads = self._seat.take()
            if leads != self._leads:
                _log.info("This process leads now" if leads else "This process leads no longer")
            self._leads = leads
            return leads

    def resign(self) -> None:
        """Let another process lead at once."""
        with self._lock:
            self._seat.leave()
            self._leads = False


def _seat(platform: Platform, owner: str) -> Seat:
    if platform.database.is_sqlite:
        return _Row(platform, owner)
    from planner.advisory_lock import AdvisoryLock

    return AdvisoryLock(platform.database.conninfo, owner)


class _Row:
    """SQLite: all processes are on one machine, and a leader that says nothing for three ticks is gone."""

    def __init__(self, platform: Platform, owner: str) -> None:
        self._platform = platform
        self._owner = owner
        self._lease = timedelta(seconds=3 * platform.settings.safety_tick_seconds)

    def take(self) -> bool:
        now = self._platform.clock.now()
        mine = insert(Heartbeat).values(name=NAME, owner=self._owner, at=now, data={})
        free = or_(Heartbeat.owner.in_((self._owner, "")), Heartbeat.at < now - self._lease)
        taken = mine.on_conflict_do_update(
            index_elements=["name"], set_={"owner": self._owner, "at": now}, where=free
        ).returning(Heartbeat.owner)
        with self._platform.database.write() as session:
            return session.execute(taken).one_or_none() is not None

    def leave(self) -> None:
        statement = update(Heartbeat).where(Heartbeat.name == NAME, Heartbeat.owner == self._owner)
        with self._platform.database.write() as session:
            session.execute(statement.values(owner=""), execution_options={"synchronize_session": False})
