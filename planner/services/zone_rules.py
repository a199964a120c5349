"""New time zone data: where a zone's rules changed, planned times are held against them.

Queued posts follow their slots by themselves. Posts with a time of their own are asked about; until somebody decides
they go out at the moment that is stored.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain import walltime
from planner.domain.roles import Permission
from planner.models import Delivery, Event, Notice, Workspace
from planner.services import events, queue, retiming
from planner.services.actor import Actor, machine
from planner.services.errors import Conflict
from planner.services.notices import tell_planners
from planner.services.retiming import RULES_APPLIED, Choices, TakenBack

if TYPE_CHECKING:
    from planner.bootstrap import Platform

MOVED, ASKED = "zone_rules_moved", "zone_rules_asked"
#: Where a folder of zone files says which version it is.
_SAID = (("tzdata.zi", re.compile(r"# version (\S+)")), ("+VERSION", re.compile(r"(\S+)")))


def version() -> str:
    """The version of the time zone data in use, such as ``2026a``: of the system's, else of the package ``tzdata``.
    Empty where neither says."""
    for folder in map(Path, zoneinfo.TZPATH):
        for name, pattern in _SAID:
            if found := pattern.match(_first_line(folder / name)):
                return found[1][:32]
    try:
        return str(import_module("tzdata").IANA_VERSION)[:32]
    except ImportError:
        return ""


def recheck(platform: Platform) -> int:
    """Hold everything planned ahead against the rules of today. Returns how many queued posts moved."""
    walltime.reread()
    with platform.database.read() as session:
        workspaces = session.scalars(select(Workspace.id).order_by(Workspace.id)).all()
    return sum(_recheck(platform, workspace_id) for workspace_id in workspaces)


def decide(session: Session, actor: Actor, choices: Choices, *, now: datetime) -> Event:
    """Give posts with a time of their own what a person chose; :func:`take_back` takes the event that is returned.

    Raises Forbidden, Conflict ``no_times_to_decide``, Invalid at ``keep`` or ``keep.ID``.
    """
    actor.require(Permission.EDIT)
    retiming.lock_own_times(session, actor.workspace_id, now=now)
    asked = retiming.of_rules(session, actor.workspace_id, now=now)
    if not asked:
        raise Conflict("no_times_to_decide")
    items = retiming.apply(session, actor, asked, choices, now=now)
    event = events.record(session, actor, now, "workspace", actor.workspace_id, RULES_APPLIED, items=items)
    session.flush()
    return event


def take_back(session: Session, actor: Actor, event_id: int, *, now: datetime) -> TakenBack:
    """Undo :func:`decide`. Raises Forbidden, NotFound, Conflict ``times_taken_back_already``."""
    actor.require(Permission.EDIT)
    event = retiming.changed(session, actor.workspace_id, event_id, RULES_APPLIED)
    return retiming.take_back(session, actor, event, retiming.hold(session, event), now=now)


def _recheck(platform: Platform, workspace_id: int) -> int:
    now, said = platform.clock.now(), version()
    with platform.database.read() as session:
        workspace = session.get_one(Workspace, workspace_id)
        same = workspace.zone_rules == said
        quiet = not _queue_is_off(session, workspace_id, now) and not _unasked(session, workspace_id, now)
    if same and quiet:
        return 0
    with platform.database.write() as session:
        return _settle(session, workspace_id, said, now)


def _settle(session: Session, workspace_id: int, said: str, now: datetime) -> int:
    workspace = session.get_one(Workspace, workspace_id)
    before, workspace.zone_rules = workspace.zone_rules, said
    if before is not None and before != said:
        events.record(
            session, machine(workspace_id), now, "workspace", workspace_id, "zone_rules_seen", before=before, after=said
        )
    known: dict[str, Any] = {"rules": said, "zone": workspace.zone}
    moved = 0
    if _queue_is_off(session, workspace_id, now):
        moved = len(queue.follow_clock(session, workspace_id, now=now).moved)
        if moved:
            tell_planners(session, workspace_id, now, MOVED, count=moved, **known)
    if unasked := _unasked(session, workspace_id, now):
        tell_planners(session, workspace_id, now, ASKED, count=len(unasked), deliveries=unasked, **known)
    return moved


def _queue_is_off(session: Session, workspace_id: int, now: datetime) -> bool:
    query = select(Delivery.publish_at, Delivery.wall_time, Delivery.zone).where(
        Delivery.workspace_id == workspace_id,
        Delivery.queued,
        Delivery.state.in_(queue.MOVABLE),
        Delivery.publish_at > now,
        Delivery.wall_time.is_not(None),
        Delivery.zone.is_not(None),
    )
    return any(
        walltime.resolve(datetime.fromisoformat(row.wall_time), row.zone).utc != row.publish_at
        for row in session.execute(query)
    )


def _unasked(session: Session, workspace_id: int, now: datetime) -> list[int]:
    """Posts that the rules of today ask about, and nobody was told of yet."""
    asked = {one.delivery.id for one in retiming.of_rules(session, workspace_id, now=now)}
    if not asked:
        return []
    told = session.scalars(select(Notice.data).where(Notice.workspace_id == workspace_id, Notice.kind == ASKED))
    return sorted(asked - {one for data in told for one in data["deliveries"]})


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline(200)
    except OSError:
        return ""
