"""What a new post begins with: the time and channel that were clicked in the calendar, a topic, a copy."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

from flask import request

from planner.domain import walltime
from planner.models import Topic
from planner.services.posts import PostView
from planner.services.posts.placing import MOVABLE
from planner.web import context
from planner.web.posts import form
from planner.web.posts.form import Typed

#: Where only a day was clicked.
USUAL_TIME = time(10, 0)


def new() -> Typed:
    """A form for a new post, filled from the address: ``at``, ``channel``, ``topic``, ``campaign``, ``queue``."""
    typed = Typed(
        text=request.args.get("text", ""),
        channels=[int(c) for c in request.args.getlist("channel") if c.isdecimal()],
        references={name: request.args.get(name, "") for name in form.REFERENCES},
        submission=uuid.uuid4().hex,
        back=request.args.get("back", ""),
    )
    typed.references["owner"] = typed.references["owner"] or str(context.user().id)
    _fill_time(typed)
    _fill_from_topic(typed)
    return typed


def common_time(shown: PostView) -> str:
    """The one time on the workspace's clock at which all that can be moved goes out; "" where there are several."""
    times = {d.publish_at for d in shown.deliveries if d.state in MOVABLE and d.publish_at is not None}
    return _typed_wall(walltime.to_wall(times.pop(), context.workspace().zone)) if len(times) == 1 else ""


def usual_wall() -> str:
    """Tomorrow at the usual time, where nothing was chosen yet."""
    tomorrow = walltime.to_wall(context.now(), context.workspace().zone).date() + timedelta(days=1)
    return _typed_wall(datetime.combine(tomorrow, USUAL_TIME))


def clicked_time(given: str, now_wall: datetime) -> datetime | None:
    """A clicked moment as a time to offer: a day alone gets the usual time, or the next full hour if that is past."""
    try:
        wall = datetime.fromisoformat(given)
    except ValueError:
        return None
    if wall.tzinfo is not None:
        return walltime.to_wall(wall, context.workspace().zone)
    if "T" in given:
        return wall
    usual = datetime.combine(wall.date(), USUAL_TIME)
    if usual > now_wall or wall.date() != now_wall.date():
        return usual
    return (now_wall + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def _fill_time(typed: Typed) -> None:
    wall = clicked_time(request.args.get("at", ""), walltime.to_wall(context.now(), context.workspace().zone))
    if wall is not None:
        typed.when, typed.publish_at = form.TIME, _typed_wall(wall)
    elif request.args.get("queue"):
        typed.when = form.QUEUE


def _fill_from_topic(typed: Typed) -> None:
    topic_id = typed.references.get("topic", "")
    topic = context.reading().get(Topic, int(topic_id)) if topic_id.isdecimal() else None
    if topic is None or topic.workspace_id != context.member().workspace_id:
        return
    for name in ("campaign", "category", "audience"):
        typed.references[name] = typed.references[name] or str(getattr(topic, f"{name}_id") or "")
    typed.channels = typed.channels or [int(c) for c in topic.channel_ids if str(c).isdecimal()]
    typed.format = str(topic.format_id or "")
    typed.note = typed.note or topic.brief


def _typed_wall(wall: datetime) -> str:
    return wall.strftime("%Y-%m-%dT%H:%M")
