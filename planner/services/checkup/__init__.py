"""Is this installation well? Each finding says what is, and what to do.

A file per area, each with looks: functions that take the scene (and a session, where they read the database) and yield
findings. To add one, write it, put it into the list below and its sentences into ``planner/web/messages/checkup.py``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from planner.services.checkup import (
    answers,
    apps,
    backups,
    channels,
    clocks,
    deliveries,
    folder,
    mails,
    networks,
    pushes,
    scheduler,
    settings,
    storage,
    versions,
    workers,
    workspaces,
)
from planner.services.checkup.finding import Finding, Level, Look, Scene, StoredLook, notice, ok, problem

if TYPE_CHECKING:
    from planner.bootstrap import Platform

__all__ = ["Finding", "Level", "Scene", "examine", "notice", "ok", "problem"]

#: What can be looked at without a database.
LOOKS: tuple[Look, ...] = (
    folder.closed,
    folder.owned,
    folder.writable,
    folder.room,
    settings.names,
    settings.durations,
    settings.front_door,
    settings.redirected,
    settings.secrets,
    clocks.machine,
    networks.clocks,
    apps.set_up,
    mails.server,
)
#: What the database has to answer for.
STORED_LOOKS: tuple[StoredLook, ...] = (
    storage.connections,
    clocks.database,
    clocks.heartbeats,
    workspaces.people,
    workspaces.pauses,
    scheduler.alive,
    workers.called,
    deliveries.left_behind,
    deliveries.unconfirmed,
    deliveries.undecided,
    deliveries.overdue,
    deliveries.by_hand_overdue,
    answers.answers_left_behind,
    answers.answers_unconfirmed,
    answers.answers_undecided,
    channels.access,
    versions.served,
    backups.age,
    mails.given_up,
    pushes.given_up,
)

#: What is asked of the networks about what the database holds, with no session open meanwhile.
ASKING_LOOKS: tuple[Look, ...] = (channels.asked,)

_log = logging.getLogger(__name__)


def examine(
    platform: Platform,
    *,
    environ: Mapping[str, str] | None = None,
    online: bool = False,
    patient: bool = True,
    workspace_id: int | None = None,
) -> Iterator[Finding]:
    """Look at everything, the foundations first. Where the database cannot be asked, what it knows is left out.

    ``workspace_id`` leaves out what belongs to others; ``online`` also asks each network for its time, about the
    developer app and about each channel's connection, and where not ``patient`` no other machine is waited for.
    """
    given = os.environ if environ is None else environ
    scene = Scene(platform, platform.clock.now(), given, online, patient, workspace_id)
    for look in LOOKS:
        yield from _looked(look.__name__, partial(look, scene))
    answer = storage.answers(scene)
    yield answer
    if not answer.problem:
        for stored in STORED_LOOKS:
            yield from _looked(stored.__name__, partial(_read, scene, stored))
        for look in ASKING_LOOKS:
            yield from _looked(look.__name__, partial(look, scene))


def _read(scene: Scene, look: StoredLook) -> list[Finding]:
    with scene.platform.database.read() as session:
        return list(look(scene, session))


def _looked(name: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What a look found. One that fails hides none of the others."""
    try:
        return list(look())
    except Exception as error:  # noqa: BLE001 - a check-up is asked for when something is wrong, maybe this very thing
        _log.exception("The look %s failed", name)
        return [problem("check", "look_failed", look=name, error=type(error).__name__)]
