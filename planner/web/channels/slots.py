"""The slots of a channel: its weekly publishing times."""

from __future__ import annotations

from datetime import time

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext

from planner.domain.roles import Permission
from planner.services import channels, slots
from planner.services.errors import Invalid, Problems
from planner.web import choices, context, inputs
from planner.web.access import requires
from planner.web.channels.base import blueprint
from planner.web.notify import say

Row = tuple[str, str, str]


@blueprint.get("/<int:channel_id>/slots")
@requires(Permission.ARRANGE)
def edit_slots(channel_id: int) -> ResponseReturnValue:
    """The editor: a line per weekday."""
    channel = channels.get(context.reading(), context.workspace().id, channel_id)
    rows = [(str(s.weekday), f"{s.wall_time:%H:%M}", str(s.category_id or "")) for s in channel.slots]
    return _editor(channel_id, rows, {})


@blueprint.post("/<int:channel_id>/slots")
@requires(Permission.ARRANGE)
def save_slots(channel_id: int) -> ResponseReturnValue:
    """Replace the slots and move the queue to the new ones."""
    rows = _sent_rows()
    try:
        wanted = _parse(rows)
        with context.platform().database.write() as session:
            saved = slots.set_slots(session, context.actor(), channel_id, wanted, now=context.now())
            moved = len(saved.reflowed.moved)
    except Invalid as error:
        return _editor(channel_id, rows, inputs.errors_of(error)), 422
    context.platform().wake()
    say(_moved(moved))
    return redirect(url_for("channels.show", channel_id=channel_id))


def _sent_rows() -> list[Row]:
    form = request.form
    sent = zip(form.getlist("weekday"), form.getlist("time"), form.getlist("category"), strict=False)
    return [(weekday, wall.strip(), category) for weekday, wall, category in sent if wall.strip()]


def _parse(rows: list[Row]) -> list[slots.SlotInput]:
    problems = Problems()
    wanted = []
    for index, (weekday, given, category) in enumerate(rows):
        wall = inputs.wall_time(given)
        if wall is None:
            problems.add(f"slots.{index}.time", "time_invalid")
        day = int(weekday) if weekday.isdecimal() and len(weekday) == 1 else -1
        category_id = int(category) if category.isdecimal() and len(category) < 19 else None
        wanted.append(slots.SlotInput(day, wall or time(), category_id))
    problems.raise_any()
    return wanted


def _moved(count: int) -> str:
    if not count:
        return str(_("The slots are saved."))
    return str(
        ngettext(
            "The slots are saved; %(num)s queued post moved to a new time.",
            "The slots are saved; %(num)s queued posts moved to new times.",
            count,
        )
    )


def _editor(channel_id: int, rows: list[Row], errors: dict[str, str]) -> str:
    channel = channels.get(context.reread(), context.workspace().id, channel_id)
    return render_template(
        "channels/slots.html",
        channel=channel,
        rows=[(index, *row) for index, row in enumerate(rows)],
        categories=choices.categories(),
        errors=errors,
    )
