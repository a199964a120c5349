"""What a workspace is called, which clock it keeps, and its rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.walltime import known_zone
from planner.models import Workspace
from planner.services import events, queue
from planner.services.accounts import LANGUAGES
from planner.services.actor import Actor
from planner.services.errors import Problems

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an admin sets. ``weekly_weekday`` 0 is Monday, ``weekly_time`` by the workspace's clock (None: not
    readable)."""

    name: str
    zone: str
    language: str
    approval_required: bool
    weekly_weekday: int
    weekly_time: time | None


def change(session: Session, actor: Actor, wanted: Settings, *, now: datetime) -> queue.Reflowed | None:
    """Store the settings. A new zone moves the queued posts to their slots by the new clock (returned then);
    posts with a fixed time keep their moment.

    Raises Forbidden, and Invalid at ``name``, ``zone``, ``language``, ``weekly_weekday``, ``weekly_time``.
    """
    actor.require(Permission.MANAGE)
    _check(wanted)
    workspace = session.get_one(Workspace, actor.workspace_id)
    moved = workspace.zone != wanted.zone
    workspace.name = wanted.name.strip()
    workspace.zone = wanted.zone
    workspace.language = wanted.language
    workspace.approval_required = wanted.approval_required
    workspace.weekly_weekday = wanted.weekly_weekday
    workspace.weekly_time = wanted.weekly_time or workspace.weekly_time
    events.record(session, actor, now, "workspace", workspace.id, "settings_changed")
    session.flush()
    return queue.reflow_workspace(session, workspace.id, now=now, actor=actor) if moved else None


def _check(wanted: Settings) -> None:
    problems = Problems()
    if not wanted.name.strip():
        problems.add("name", "name_missing")
    elif len(wanted.name.strip()) > NAME_LENGTH:
        problems.add("name", "too_long", limit=NAME_LENGTH)
    if not known_zone(wanted.zone):
        problems.add("zone", "zone_unknown")
    if wanted.language not in LANGUAGES:
        problems.add("language", "choice_unknown")
    if not 0 <= wanted.weekly_weekday <= 6:
        problems.add("weekly_weekday", "weekday_invalid")
    if wanted.weekly_time is None:
        problems.add("weekly_time", "time_invalid")
    problems.raise_any()
