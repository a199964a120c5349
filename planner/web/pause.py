"""The crisis switch: one press stops all publishing, a lead lets it go on."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from planner.domain.roles import Permission
from planner.services import pausing
from planner.services.errors import Conflict, Invalid
from planner.services.publishing import pause
from planner.web import context, inputs
from planner.web.access import requires
from planner.web.auth import safe_target
from planner.web.messages import explain
from planner.web.messages.pausing import is_of_restore, pause_reason
from planner.web.notify import say
from planner.web.releasing import released

blueprint = Blueprint("pause", __name__, url_prefix="/pause")
blueprint.add_app_template_global(pause_reason, "pause_reason")


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """What is held, and what a release would do."""
    return _page()


@blueprint.post("")
@requires(Permission.PAUSE)
def hold() -> ResponseReturnValue:
    """Stop everything."""
    reason = inputs.text("reason")
    try:
        with context.platform().database.write() as session:
            pause.pause_workspace(session, context.actor(), reason, now=context.now())
    except Invalid as error:
        return _page(errors=inputs.errors_of(error), typed=reason), 422
    say(_("Publishing is paused. Nothing goes out until a lead releases it."), kind="warning")
    return redirect(safe_target(request.form.get("next")))


@blueprint.post("/release")
@requires(Permission.RELEASE)
def release() -> ResponseReturnValue:
    """Let it go on."""
    try:
        with context.platform().database.write() as session:
            pause.release_workspace(session, context.actor(), now=context.now())
    except Conflict as error:
        say(explain(error), kind="error")
        return redirect(url_for("pause.index"))
    return released(_("Publishing goes on."), url_for("pause.index"))


def _page(*, errors: dict[str, str] | None = None, typed: str = "") -> str:
    session, place = context.reading(), context.workspace()
    return render_template(
        "pause/index.html",
        effect=pausing.effect_of_release(session, place.id, now=context.now()),
        looked_for=pause.unconfirmed_after_restore(session, place),
        of_restore=is_of_restore(place),
        errors=errors or {},
        typed=typed,
    )
