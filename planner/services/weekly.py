"""The weekly job: on Monday at six (a setting), each workspace hears what the week still lacks, in the app and by mail.

It runs once for each week, whatever the number of processes and whatever the clock does that night: the week is noted
in the transaction of the work, and by one of them only. After a standstill it catches up within the same week.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from planner.bootstrap import Platform
from planner.domain.outbox import Pace, pace_of
from planner.domain.walltime import resolve
from planner.domain.week import Week
from planner.models import User, Workspace
from planner.services import events
from planner.services.actor import machine
from planner.services.mail.waiting import put
from planner.services.notices import planners, tell_planners
from planner.services.queue import move_passed
from planner.services.weeks import ChannelWeek, week_overview

#: Up to this weekday (Wednesday) the job looks at the running week, later at the one that follows.
_LAST_DAY_FOR_THIS_WEEK = 2


def run_due(platform: Platform) -> int:
    """Do the weekly job of every workspace for which it is due; returns for how many it was done.

    Queued drafts whose slot passed are moved on each call, not only once a week.
    """
    now = platform.clock.now()
    with platform.database.write() as session:
        for workspace_id, count in move_passed(session, now=now).items():
            if count:
                tell_planners(session, workspace_id, now, "queue_moved", count=count)
    with platform.database.read() as session:
        workspaces = session.scalars(select(Workspace)).all()
    return sum(_run(platform, workspace, now) for workspace in workspaces if _due(workspace, now))


def due_moment(workspace: Workspace, week: Week) -> datetime:
    """When the job of ``week`` is due, in UTC."""
    day = week.monday + timedelta(days=workspace.weekly_weekday)
    return resolve(datetime.combine(day, workspace.weekly_time), workspace.zone).utc


def reported_week(workspace: Workspace, week: Week) -> Week:
    """The week that the job of ``week`` looks at: the one that is about to begin or has just begun."""
    return week if workspace.weekly_weekday <= _LAST_DAY_FOR_THIS_WEEK else week.next


def _due(workspace: Workspace, now: datetime) -> bool:
    week = Week.containing(now, workspace.zone)
    moment = due_moment(workspace, week)
    return moment <= now and workspace.created_at <= moment and workspace.weekly_done_for not in _done_with(week)


def _done_with(week: Week) -> tuple[str, str]:
    """What is noted where the job of this week is over: it, or the one after it. There the clock was put back since, or
    the workspace went to a zone further west, and what has begun already does not end a second time."""
    return str(week), str(week.next)


def _run(platform: Platform, workspace: Workspace, now: datetime) -> bool:
    week = Week.containing(now, workspace.zone)
    with platform.database.write() as session:
        if not _claim(session, workspace.id, week):
            return False
        reported = reported_week(workspace, week)
        _report(session, workspace.id, reported, now)
        if platform.settings.mail_on:
            _mail(session, workspace.id, reported, now)
    return True


def _claim(session: Session, workspace_id: int, week: Week) -> bool:
    """Note the week as done. Of two processes that come at once, the second finds no row and leaves the work."""
    undone = or_(Workspace.weekly_done_for.is_(None), Workspace.weekly_done_for.not_in(_done_with(week)))
    claim = update(Workspace).where(Workspace.id == workspace_id, undone).values(weekly_done_for=str(week))
    return session.scalar(claim.returning(Workspace.id)) is not None


def _report(session: Session, workspace_id: int, week: Week, now: datetime) -> None:
    overview = week_overview(session, workspace_id, week, now=now)
    empty = [channel for channel in overview.channels if channel.gaps]
    unmet = [channel for channel in overview.channels if channel.met is False]
    if empty:
        gaps = [_gaps(channel) for channel in empty]
        tell_planners(session, workspace_id, now, "week_gaps", week=str(week), count=overview.gap_count, channels=gaps)
    if unmet:
        tell_planners(session, workspace_id, now, "rhythm_unmet", week=str(week), channels=[_rhythm(c) for c in unmet])
    events.record(
        session,
        machine(workspace_id),
        now,
        "workspace",
        workspace_id,
        "weekly_done",
        week=str(week),
        gaps=overview.gap_count,
        unmet=len(unmet),
    )


def _mail(session: Session, workspace_id: int, week: Week, now: datetime) -> None:
    """The week by mail, to those who want it."""
    for user_id in planners(session, workspace_id):
        if pace_of("week", session.get_one(User, user_id).mail_wishes) is Pace.NOW:
            put(session, "week", now, workspace_id=workspace_id, user_id=user_id, week=str(week))


def _gaps(channel: ChannelWeek) -> dict[str, Any]:
    times = [_rfc3339(gap.publish_at) for gap in channel.gaps]
    return {"id": str(channel.channel_id), "name": channel.name, "count": len(times), "times": times}


def _rhythm(channel: ChannelWeek) -> dict[str, Any]:
    planned = channel.published + channel.planned
    return {"id": str(channel.channel_id), "name": channel.name, "planned": planned, "target": channel.target}


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
