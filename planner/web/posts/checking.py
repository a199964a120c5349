"""What the composer asks while someone types: problems, warnings, and when it would go out."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from planner.domain.roles import Permission
from planner.domain.slots import Occurrence
from planner.services import posts
from planner.services.errors import Invalid
from planner.services.posts import NOT_YET, Findings, PostView, When
from planner.web import context
from planner.web.access import requires
from planner.web.formats import iso, moment
from planner.web.messages import explain
from planner.web.posts import costs, fits, form
from planner.web.posts.blueprint import blueprint
from planner.web.posts.composer import field_errors
from planner.web.posts.wording import with_zone


@blueprint.post("/posts/check")
@requires(Permission.EDIT)
def check() -> dict[str, Any]:
    """The form as it stands (field ``post`` names a stored one); nothing is stored."""
    typed = form.read(request.form)
    shown = _stored()
    when, errors = _when(typed)
    found = posts.look_over(
        context.reading(),
        context.member().workspace_id,
        form.content(typed),
        when,
        now=context.now(),
        folder=context.platform().settings.media_folder,
        post_id=shown.post.id if shown else None,
        deliveries=shown.deliveries if shown else (),
    )
    if found.errors:
        errors = {**field_errors(Invalid(*found.errors)), **errors}
    return {
        "errors": errors,
        # what becomes of an alternative text stands beside the file, as it is typed there
        "warnings": [{"field": w.field, "text": explain(w)} for w in found.warnings if w.field != "alt"],
        "costs": costs.lines(found.costs),
        "offers": fits.shown(typed),
        "time": _time(found),
        "slots": {str(channel_id): _slot(slot) for channel_id, slot in found.slots.items()},
    }


def _stored() -> PostView | None:
    given = request.form.get("post", "")
    if not given.isdecimal():
        return None
    return posts.view(context.reading(), context.member().workspace_id, int(given))


def _when(typed: form.Typed) -> tuple[When, dict[str, str]]:
    """An empty time is no error yet while someone still types."""
    try:
        return form.when(typed) or NOT_YET, {}
    except Invalid as error:
        return NOT_YET, field_errors(error) if typed.publish_at else {}


def _time(found: Findings) -> dict[str, str] | None:
    if found.placed is None:
        return None
    return {"at": iso(found.placed.utc), "text": with_zone(found.placed.utc)}


def _slot(slot: Occurrence | None) -> dict[str, str | None]:
    if slot is None:
        return {"at": None, "text": _("no free slot")}
    return {"at": iso(slot.publish_at), "text": moment(slot.publish_at)}
