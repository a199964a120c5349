"""The scheduler: without it nothing is published."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Delivery, Heartbeat
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem
from planner.services.heartbeats import silence


def alive(scene: Scene, session: Session) -> Iterator[Finding]:
    """When it last gave a sign of life."""
    last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "scheduler"))
    if last is None:
        planned = Delivery.state == DeliveryState.SCHEDULED
        waits = session.scalar(select(Delivery.id).where(planned, scene.within(Delivery.workspace_id)).limit(1))
        # Before the first start it is in order; once posts are planned, somebody relies on it.
        found = notice if waits is None else problem
        yield found("scheduler", "scheduler_never")
    elif is_alive(scene, session):
        yield ok("scheduler", "scheduler_runs")
    else:
        yield problem("scheduler", "scheduler_silent", last=last)


def is_alive(scene: Scene, session: Session) -> bool:
    """Whether one runs, in any process."""
    last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "scheduler"))
    return last is not None and last > scene.now - silence(scene.platform)
