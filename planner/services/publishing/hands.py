"""What one process has claimed, and the heartbeat that keeps the claims alive while they are prepared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from planner.domain.states import DeliveryState
from planner.services.publishing.claim import Claimed
from planner.services.publishing.tables import DELIVERY, changed

if TYPE_CHECKING:
    from planner.bootstrap import Platform


@dataclass(slots=True)
class InHand:
    """A claim that this process has, since ``since``."""

    work: Claimed
    since: datetime


class Hands:
    """The claims of one process. Safe to use from any thread."""

    def __init__(self, platform: Platform, owner: str) -> None:
        self._platform = platform
        self._owner = owner
        self._held: dict[int, InHand] = {}
        self._lock = threading.Lock()
        self._extended_at = platform.clock.now()

    def __len__(self) -> int:
        return len(self._held)

    @property
    def long(self) -> int:
        """How many of them take long to prepare."""
        with self._lock:
            return sum(one.work.payload.takes_long for one in self._held.values())

    def take(self, work: Claimed) -> None:
        """From now on its lease is extended."""
        with self._lock:
            self._held[work.ref.id] = InHand(work, self._platform.clock.now())

    def drop(self, work: Claimed) -> None:
        """It is sent, or given back."""
        with self._lock:
            self._held.pop(work.ref.id, None)

    @contextmanager
    def holding(self, work: Claimed) -> Iterator[None]:
        """From :meth:`take` to :meth:`drop`."""
        self.take(work)
        try:
            yield
        finally:
            self.drop(work)

    def extend_leases(self) -> None:
        """The heartbeat of what is being prepared. A preparation that takes too long is given up by its lease."""
        now = self._platform.clock.now()
        lease = timedelta(seconds=self._platform.settings.lease_seconds)
        if not self._held or now - self._extended_at < lease / 3:
            return
        settings = self._platform.settings
        oldest = now - timedelta(seconds=settings.prepare_ahead_seconds + settings.prepare_timeout_seconds)
        with self._lock:
            alive = [delivery_id for delivery_id, one in self._held.items() if one.since >= oldest]
        statement = update(DELIVERY).where(
            DELIVERY.c.id.in_(alive),
            DELIVERY.c.state == DeliveryState.CLAIMED,
            DELIVERY.c.claim_owner == self._owner,
        )
        with self._platform.database.write() as session:
            changed(session, statement.values(lease_until=now + lease))
        self._extended_at = now
