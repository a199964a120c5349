"""The versions of the networks' APIs: each is served for a while only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from planner.services.api_versions import AHEAD, in_use
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem


def served(scene: Scene, session: Session) -> Iterator[Finding]:
    """Whether each version is still served, and for how long."""
    for one in in_use(session, scene.platform.settings):
        given = {"network": one.title, "version": one.version.name, "setting": one.setting}
        given["newest"] = one.version.newest
        if not one.version.readable:
            yield problem("networks", "version_unreadable", **given)
            continue
        if one.refused:
            code = "version_refused" if one.version.newer else "version_refused_unknown"
            yield problem("networks", code, listed_at=one.version.listed_at, **given)
            continue
        last = one.ends_within(AHEAD, scene.now)
        if last is None:
            yield ok("networks", "version_served", **given)
            continue
        ends = datetime.combine(last, time(12), UTC)
        say, code = (problem, "version_over") if last < scene.now.date() else (notice, "version_ends")
        yield say("networks", code, **given, ends=ends)
