"""Storing the figures of a moment. Snapshots are only ever added; the newest of a delivery is marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.domain.figures import METRICS
from planner.models import Snapshot
from publishers.base import Figures


def latest(session: Session, delivery_ids: Iterable[int]) -> dict[int, Snapshot]:
    """The newest snapshot of each delivery that has one."""
    query = select(Snapshot).where(Snapshot.delivery_id.in_(list(delivery_ids)), Snapshot.latest)
    return {snapshot.delivery_id: snapshot for snapshot in session.scalars(query)}


def figures_now(given: Figures, before: Snapshot | None) -> dict[str, Any]:
    """What the network gives now, as a snapshot's columns; None stays None.

    A figure that it gave before and gives no longer keeps its last value: X, for one, tells of clicks only for the
    first 30 days, and what was counted by then has not become unknown.
    """
    values: dict[str, Any] = {}
    for name in METRICS:
        now = getattr(given, name)
        values[name] = getattr(before, name) if now is None and before is not None else now
    return {**values, "extra": {**(before.extra if before else {}), **given.extra}}


def add(session: Session, delivery_id: int, taken_at: datetime, figures: Mapping[str, Any], **about: Any) -> Snapshot:
    """Add a snapshot as the newest one. The caller holds the delivery's row, so that there is never a second."""
    session.execute(
        update(Snapshot).where(Snapshot.delivery_id == delivery_id, Snapshot.latest).values(latest=False),
        execution_options={"synchronize_session": False},
    )
    snapshot = Snapshot(delivery_id=delivery_id, taken_at=taken_at, latest=True, **figures, **about)
    session.add(snapshot)
    session.flush()
    return snapshot
