"""Workers: whether somebody sends where the settings leave it to workers, and whether somebody calls those that run."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from planner.config import Senders
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem
from planner.services.heartbeats import live_workers


def called(scene: Scene, session: Session) -> Iterator[Finding]:
    """Nothing, where there are none and none are wanted."""
    count = live_workers(session, scene.now)
    if scene.platform.settings.senders is not Senders.WORKERS:
        if count:
            yield notice("workers", "workers_uncalled", count=count)
    elif count:
        yield ok("workers", "workers_run", count=count)
    else:
        yield problem("workers", "workers_missing")
