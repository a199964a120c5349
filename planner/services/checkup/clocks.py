"""Clocks: posts go out at a moment, so all who take part have to agree on it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from planner.models import Heartbeat
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem

#: How far apart two clocks may be: beyond the first one should know, beyond the second posts go out late or early.
NOTABLE, WRONG = timedelta(seconds=2), timedelta(seconds=20)
TOLD_WITHIN_SECONDS = 5


def machine(scene: Scene) -> Iterator[Finding]:
    """Whether systemd says that this machine's clock is kept in step. Where there is no systemd, nobody says."""
    command = shutil.which("timedatectl", path=scene.environ.get("PATH"))
    if command is None:
        return
    try:
        asked = subprocess.run(  # noqa: S603 - the system's own program, by its whole path, with nothing of a person's
            [command, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=TOLD_WITHIN_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if asked.returncode == 0 and asked.stdout.strip() == "no":
        yield notice("clock", "clock_not_in_step")
    elif asked.returncode == 0 and asked.stdout.strip() == "yes":
        yield ok("clock", "clock_in_step")


def database(scene: Scene, session: Session) -> Iterator[Finding]:
    """PostgreSQL's machine has a clock of its own, which all processes of an installation can be held against."""
    if scene.platform.database.is_sqlite:
        return
    before = scene.platform.clock.now()
    theirs = session.scalar(text("SELECT clock_timestamp()"))
    after = scene.platform.clock.now()
    if isinstance(theirs, datetime):
        yield compared("database", theirs.astimezone(UTC) - (before + (after - before) / 2))


def heartbeats(scene: Scene, session: Session) -> Iterator[Finding]:
    """A sign of life from the future was given by a machine whose clock is ahead of ours."""
    beats = session.scalars(select(Heartbeat)).all()
    now = scene.platform.clock.now()  # after the reading: where that takes its time, signs were given meanwhile
    for beat in beats:
        if beat.at > now + NOTABLE:
            yield problem("clock", "heartbeat_ahead", role=beat.name, ahead=beat.at - now)


def compared(whose: str, ahead: timedelta) -> Finding:
    """``ahead`` is how far the other clock is before ours."""
    found = problem if abs(ahead) > WRONG else notice
    if abs(ahead) <= NOTABLE:
        return ok("clock", "clock_agrees", whose=whose)
    code = "clock_behind" if ahead > timedelta() else "clock_ahead"
    return found("clock", code, whose=whose, apart=abs(ahead))
