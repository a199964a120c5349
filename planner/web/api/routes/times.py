"""The workspace's zone, and the times that another clock asks about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from planner import models
from planner.domain.roles import Permission
from planner.services import retiming, workspace_settings, zone_rules
from planner.services.errors import Invalid
from planner.services.retiming import WALL, Choices, Retimed, TakenBack
from planner.web.api.operations import Call, Router
from planner.web.api.shapes import times as shapes

router = Router("workspace")


@router.get("/workspace/zone")
def preview_zone(call: Call, query: shapes.ZoneQuery) -> shapes.ZonePreview:
    """What the workspace's planned posts would do if it kept the clock of another zone. Changes nothing."""
    workspace_settings.check(replace(_settings(call), zone=query.zone))
    found = workspace_settings.preview_zone(call.session, call.workspace_id, query.zone, now=call.now)
    moved = [
        shapes.MovedTime(delivery=str(d.id), publish_at=d.publish_at, would_be=would_be) for d, would_be in found.queued
    ]
    return shapes.ZonePreview(items=_asked(found.own), queued=moved)


@router.put("/workspace/zone", Permission.MANAGE)
def change_zone(call: Call, body: shapes.ZonePut) -> shapes.ZoneChange:
    """Keep the clock of another zone. Queued posts follow their slots; the others keep what is chosen."""
    wanted = replace(_settings(call), zone=body.zone)
    with _named_as_sent():
        moved = workspace_settings.change(call.session, call.actor, wanted, _choices(body), now=call.now)
    if moved is None:
        return shapes.ZoneChange(id=None, zone=body.zone, queued=0, by_clock=0, by_moment=0)
    return shapes.ZoneChange(
        id=str(moved.event_id),
        zone=body.zone,
        queued=moved.queued,
        by_clock=moved.by_clock,
        by_moment=moved.by_moment,
    )


@router.delete("/workspace/zone/changes/{change_id}", Permission.MANAGE)
def take_zone_back(call: Call, change_id: int) -> shapes.TimesTakenBack:
    """Go back to the former zone, with every time that the change moved and that nobody has touched since."""
    return _back(workspace_settings.take_zone_back(call.session, call.actor, change_id, now=call.now))


@router.get("/times")
def list_times(call: Call) -> shapes.AskedTimes:
    """Posts with a time of their own that new rules of their zone ask about."""
    return shapes.AskedTimes(items=_asked(retiming.of_rules(call.session, call.workspace_id, now=call.now)))


@router.post("/times/decisions", Permission.EDIT)
def decide_times(call: Call, body: shapes.Decision) -> shapes.TimesDecided:
    """Decide about all that new rules ask: each keeps its time on the clock, or its moment."""
    with _named_as_sent():
        event = zone_rules.decide(call.session, call.actor, _choices(body), now=call.now)
    return shapes.TimesDecided(id=str(event.id))


@router.delete("/times/decisions/{decision_id}", Permission.EDIT)
def take_times_back(call: Call, decision_id: int) -> shapes.TimesTakenBack:
    """Take such a decision back."""
    return _back(zone_rules.take_back(call.session, call.actor, decision_id, now=call.now))


def _settings(call: Call) -> workspace_settings.Settings:
    place = call.session.get_one(models.Workspace, call.workspace_id)
    return workspace_settings.Settings(
        place.name, place.zone, place.language, place.approval_required, place.weekly_weekday, place.weekly_time
    )


def _choices(body: shapes.Decision) -> Choices:
    return Choices(body.keep, {int(key): keep for key, keep in body.exceptions.items()})


@contextmanager
def _named_as_sent() -> Iterator[None]:
    """The services name the choice for one delivery ``keep.ID``."""
    try:
        yield
    except Invalid as error:
        raise Invalid(*(replace(e, field=e.field.replace("keep.", "exceptions.")) for e in error.errors)) from error


def _asked(found: Iterable[Retimed]) -> list[shapes.AskedTime]:
    return [
        shapes.AskedTime(
            delivery=str(one.delivery.id),
            post=str(one.delivery.post_id),
            channel=str(one.delivery.channel_id),
            zone=one.zone,
            wall_time=one.wall.strftime(WALL),
            publish_at=one.moment,
            shown=one.shown.strftime(WALL),
            by_clock=one.by_clock,
            past=one.past,
            suggestion=one.suggestion,
        )
        for one in found
    ]


def _back(taken: TakenBack) -> shapes.TimesTakenBack:
    return shapes.TimesTakenBack(restored=[str(i) for i in taken.restored], left=[str(i) for i in taken.left])
