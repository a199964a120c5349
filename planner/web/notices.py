"""The bell: what a person should know, and marking it as read."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from planner.services import notices
from planner.web import context
from planner.web.messages import notices as sentences
from planner.web.notify import say
from planner.web.places import place_of

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
blueprint.add_app_template_global(sentences.title, "notice_title")
blueprint.add_app_template_global(sentences.advice, "notice_advice")
blueprint.add_app_template_global(sentences.kind_of, "notice_kind")


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """The newest, fifty at a time."""
    before = request.args.get("before", type=int)
    told, more = notices.page(context.reading(), context.workspace().id, context.user().id, before=before)
    older = url_for("notices.index", before=told[-1].notice.id) if more else None
    newest = url_for("notices.index") if before else None
    return render_template("notices/index.html", told=told, older=older, newest=newest, place_of=place_of)


@blueprint.post("/<int:notice_id>/reading")
@login_required
def read(notice_id: int) -> ResponseReturnValue:
    """Mark one as read and go to what it is about."""
    told, _more = notices.page(context.reading(), context.workspace().id, context.user().id, before=notice_id + 1)
    _mark(notice_id)
    found = next((t for t in told if t.notice.id == notice_id), None)
    return redirect((place_of(found) if found else None) or url_for("notices.index"))


@blueprint.post("/reading")
@login_required
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    _mark(None)
    say(_("All notices are marked as read."))
    return redirect(url_for("notices.index"))


def _mark(notice_id: int | None) -> None:
    place, user_id = context.workspace(), context.user().id
    with context.platform().database.write() as session:
        notices.mark_read(session, place.id, user_id, notice_id, now=context.now())
