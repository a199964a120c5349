"""Publishing by hand, made for a phone: copy, attach, open, and one click says that it is live."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext as _, lazy_gettext as _l
from flask_login import login_required

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services import assisted, metrics, posts
from planner.services.by_hand import CODE
from planner.services.errors import Conflict, Invalid
from planner.services.publishing import decide
from planner.web import context, inputs
from planner.web.access import requires
from planner.web.notify import say

blueprint = Blueprint("assisted", __name__, url_prefix="/assisted")

#: The figures that can be entered by hand, in the order of the form.
FIGURES: dict[str, LazyString] = {
    "impressions": _l("Impressions"),
    "reach": _l("Reach"),
    "reactions": _l("Reactions"),
    "comments": _l("Comments"),
    "shares": _l("Shares"),
    "clicks": _l("Clicks"),
}


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """What is due, what comes, and whose figures are missing."""
    now = context.now()
    found = assisted.lists(context.reading(), context.workspace().id, now=now)
    return render_template("assisted/index.html", lists=found, now=now)


@blueprint.get("/<int:delivery_id>")
@login_required
def show(delivery_id: int) -> ResponseReturnValue:
    """One publication: its text, images and link, and what to do with them."""
    return _page(_find(delivery_id))


@blueprint.post("/<int:delivery_id>/publication")
@requires(Permission.EDIT)
def publish(delivery_id: int) -> ResponseReturnValue:
    """A person says that it is live, and where."""
    url = inputs.text("url")
    try:
        with context.platform().database.write() as session:
            decide.is_live(session, context.actor(), delivery_id, url, now=context.now())
    except (Invalid, Conflict) as error:
        return _page(_find(delivery_id), errors=inputs.errors_of(error), typed=request.form), 422
    say(_("Noted as published. You can enter its figures here in a few days."))
    return redirect(url_for("assisted.show", delivery_id=delivery_id))


@blueprint.post("/<int:delivery_id>/figures")
@requires(Permission.EDIT)
def enter_figures(delivery_id: int) -> ResponseReturnValue:
    """Figures read off the network by a person; an empty field stays missing."""
    given = {name: inputs.text(name) for name in FIGURES}
    try:
        with context.platform().database.write() as session:
            metrics.record_manual(session, context.actor(), delivery_id, given, now=context.now())
    except (Invalid, Conflict) as error:
        return _page(_find(delivery_id), errors=inputs.errors_of(error), typed=request.form), 422
    say(_("The figures are saved."))
    return redirect(url_for("assisted.show", delivery_id=delivery_id))


def _find(delivery_id: int) -> Delivery:
    return posts.delivery(context.reread(), context.workspace().id, delivery_id)


def _page(delivery: Delivery, *, errors: dict[str, str] | None = None, typed: Any = None) -> str:
    session, place, now = context.reading(), context.workspace(), context.now()
    task = assisted.task(delivery, context.platform().settings)
    snapshot = assisted.latest_figures(session, delivery.id)
    waits = delivery.state is DeliveryState.NEEDS_PERSON and delivery.error_code == CODE
    stored = {name: getattr(snapshot, name) for name in FIGURES} if snapshot else {}
    return render_template(
        "assisted/show.html",
        delivery=delivery,
        task=task,
        images=assisted.images(session, place.id, task),
        waits=waits,
        now=now,
        by_hand=delivery.channel.credentials is None,
        figures=FIGURES,
        snapshot=snapshot,
        values=typed or {name: value for name, value in stored.items() if value is not None},
        errors=errors or {},
    )
