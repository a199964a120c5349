"""A clock changed beneath planned posts: whether each keeps its time on the clock or its moment, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext
from flask_login import login_required

from planner.domain.roles import Permission
from planner.models import Delivery
from planner.services import retiming, workspace_settings, zone_rules
from planner.services.errors import Conflict, Invalid
from planner.services.retiming import Choices, Keep, Retimed, TakenBack
from planner.web import context, inputs
from planner.web.access import requires
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.posts.wording import first_words

blueprint = Blueprint("times", __name__, url_prefix="/times")


@blueprint.get("")
@login_required
def index() -> str:
    """What changed rules of a zone ask about."""
    return _rules_page()


@blueprint.post("")
@requires(Permission.EDIT)
def decide() -> ResponseReturnValue:
    """Give each post what was chosen for it."""
    try:
        with context.platform().database.write() as session:
            event = zone_rules.decide(session, context.actor(), read_choices(), now=context.now())
    except Invalid as error:
        context.reread()
        return _rules_page(inputs.errors_of(error)), 422
    except Conflict as error:
        say(explain(error), kind="info")
        return redirect(url_for("times.index"), 303)
    context.platform().wake()
    say(_("Saved: each post keeps what you chose."), undo=url_for("times.undo_rules", event_id=event.id))
    return redirect(url_for("calendar.index"), 303)


@blueprint.post("/rules/<int:event_id>/undo")
@requires(Permission.EDIT)
def undo_rules(event_id: int) -> ResponseReturnValue:
    """Take a decision about changed rules back."""
    try:
        with context.platform().database.write() as session:
            taken_back = zone_rules.take_back(session, context.actor(), event_id, now=context.now())
    except Conflict as error:
        say(explain(error), kind="warning")
    else:
        say(_undone(taken_back))
    context.platform().wake()
    return redirect(url_for("times.index"), 303)


@blueprint.post("/zone/<int:event_id>/undo")
@requires(Permission.MANAGE)
def undo_zone(event_id: int) -> ResponseReturnValue:
    """Take a change of the workspace's zone back."""
    try:
        with context.platform().database.write() as session:
            taken_back = workspace_settings.take_zone_back(session, context.actor(), event_id, now=context.now())
    except Conflict as error:
        say(explain(error), kind="warning")
    else:
        say(_("The former time zone is back.") + " " + _undone(taken_back))
    context.platform().wake()
    return redirect(url_for("settings.index"), 303)


def zone_page(zone: str, hidden: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str | None:
    """The page that asks before another zone is saved; None where nothing is planned that it would move.

    ``hidden`` are the settings that are saved along.
    """
    preview = workspace_settings.preview_zone(context.reading(), context.workspace().id, zone, now=context.now())
    if not preview.own and not preview.queued:
        return None
    return _page(
        preview.own,
        errors,
        old=context.workspace().zone,
        new=zone,
        queued=[(d, words(d), at) for d, at in preview.queued],
        hidden=hidden,
        action=url_for("settings.save_workspace"),
    )


def read_choices() -> Choices:
    """What the form says: ``keep`` for all, ``keep-ID`` for one."""
    exceptions = {
        int(key[5:]): Keep(value)
        for key, value in request.form.items()
        if key.startswith("keep-") and key[5:].isdecimal() and len(key) < 24 and value in set(Keep)
    }
    given = request.form.get("keep", "")
    return Choices(Keep(given) if given in set(Keep) else None, exceptions)


def words(delivery: Delivery) -> str:
    """What the post begins with."""
    return first_words(delivery.post.text, 90) or _("(no text yet)")


def _rules_page(errors: Mapping[str, str] | None = None) -> str:
    asked = retiming.of_rules(context.reading(), context.workspace().id, now=context.now())
    return _page(asked, errors, old=None, new=None, queued=[], hidden={}, action=url_for("times.decide"))


def _page(
    own: Sequence[Retimed],
    errors: Mapping[str, str] | None,
    *,
    old: str | None,
    new: str | None,
    queued: list[tuple[Delivery, str, datetime]],
    hidden: Mapping[str, str],
    action: str,
) -> str:
    chosen = read_choices()
    rows: list[dict[str, Any]] = [
        {
            "one": one,
            "words": words(one.delivery),
            "choice": chosen.exceptions.get(one.delivery.id, one.suggestion if one.past else ""),
            "error": (errors or {}).get(f"keep.{one.delivery.id}", ""),
        }
        for one in own
    ]
    return render_template(
        "times/decide.html",
        rows=rows,
        for_all=chosen.for_all or Keep.CLOCK,
        queued=queued,
        old=old,
        new=new,
        hidden=hidden,
        action=action,
        errors=errors or {},
        rules=zone_rules.version(),
    )


def _undone(taken_back: TakenBack) -> str:
    count = len(taken_back.restored)
    text = ngettext("%(num)s post has its former time again.", "%(num)s posts have their former times again.", count)
    if taken_back.left:
        count = len(taken_back.left)
        left = ngettext("%(num)s stays as it is.", "%(num)s stay as they are.", count)
        text = f"{text} {left}"
    return text
