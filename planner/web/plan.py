"""Campaigns, goals, target groups, categories and formats: each a list and a form of the same shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext as _, lazy_gettext as _l
from flask_login import login_required

from planner.domain.roles import Permission
from planner.services import plan, reports
from planner.services.errors import Conflict, Invalid
from planner.services.plan import Collection
from planner.services.publishing import pause
from planner.web import choices, context, inputs, plan_forms
from planner.web.access import requires
from planner.web.messages import explain
from planner.web.notify import say
from planner.web.releasing import released

blueprint = Blueprint("plan", __name__, url_prefix="/plan")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its words, how its form is read, and how a stored one fills it."""

    collection: Collection[Any, Any]
    title: LazyString
    lead: LazyString
    new: LazyString
    empty: LazyString
    icon: str
    parse: Callable[[], Any]
    values: Callable[[Any], Mapping[str, Any]]


KINDS: dict[str, Kind] = {
    "campaigns": Kind(
        plan.campaigns,
        _l("Campaigns"),
        _l("Measures with a period and a budget; posts belong to them."),
        _l("New campaign"),
        _l("No campaign yet. A campaign keeps the posts of one measure together, with its budget."),
        "speakerphone",
        plan_forms.campaign,
        plan_forms.campaign_values,
    ),
    "goals": Kind(
        plan.goals,
        _l("Goals"),
        _l("A figure to reach in a period; success is measured against it."),
        _l("New goal"),
        _l("No goal yet. With a goal the figures say whether it worked."),
        "target",
        plan_forms.goal,
        plan_forms.goal_values,
    ),
    "audiences": Kind(
        plan.audiences,
        _l("Target groups"),
        _l("Whom you write for, and which networks they use."),
        _l("New target group"),
        _l("No target group yet. Describe whom you write for, and every post knows its reader."),
        "users-group",
        plan_forms.audience,
        plan_forms.audience_values,
    ),
    "categories": Kind(
        plan.categories,
        _l("Categories"),
        _l("What a slot may be kept free for."),
        _l("New category"),
        _l("No category yet. A slot can be kept free for the posts of one."),
        "tag",
        plan_forms.category,
        plan_forms.category_values,
    ),
    "formats": Kind(
        plan.formats,
        _l("Formats"),
        _l("Kinds of posts that come again and again."),
        _l("New format"),
        _l("No format yet. A recurring kind of post saves the search for ideas."),
        "repeat",
        plan_forms.format_,
        plan_forms.format_values,
    ),
}
PATH = "/<any(campaigns, goals, audiences, categories, formats):kind>"


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """The first of the lists."""
    return redirect(url_for("plan.entries", kind="campaigns"))


@blueprint.get(PATH)
@login_required
def entries(kind: str) -> ResponseReturnValue:
    """All entries of a kind."""
    session, place = context.reading(), context.workspace()
    rows = KINDS[kind].collection.all_of(session, place.id)
    progress = {row.id: reports.goal_progress(session, row, now=context.now()) for row in rows if kind == "goals"}
    return render_template(
        "plan/index.html",
        kind=kind,
        kinds=KINDS,
        rows=rows,
        progress=progress,
        campaigns=choices.names(choices.campaigns()),
        categories=choices.names(choices.categories()),
    )


@blueprint.get(f"{PATH}/new")
@requires(Permission.EDIT)
def new(kind: str) -> ResponseReturnValue:
    """The form, empty."""
    return _form(kind, None, {}, {})


@blueprint.post(f"{PATH}/new")
@requires(Permission.EDIT)
def create(kind: str) -> ResponseReturnValue:
    """Add an entry."""
    try:
        given = KINDS[kind].parse()
        with context.platform().database.write() as session:
            KINDS[kind].collection.create(session, context.actor(), given, now=context.now())
    except Invalid as error:
        return _form(kind, None, request.form, inputs.errors_of(error)), 422
    say(_("Saved."))
    return redirect(url_for("plan.entries", kind=kind))


@blueprint.get(f"{PATH}/<int:entry_id>")
@requires(Permission.EDIT)
def edit(kind: str, entry_id: int) -> ResponseReturnValue:
    """The form of one entry."""
    row = KINDS[kind].collection.get(context.reading(), context.workspace().id, entry_id)
    return _form(kind, row, KINDS[kind].values(row), {})


@blueprint.post(f"{PATH}/<int:entry_id>")
@requires(Permission.EDIT)
def save(kind: str, entry_id: int) -> ResponseReturnValue:
    """Store an edit."""
    try:
        given = KINDS[kind].parse()
        with context.platform().database.write() as session:
            KINDS[kind].collection.edit(session, context.actor(), entry_id, given, now=context.now())
    except Invalid as error:
        row = KINDS[kind].collection.get(context.reread(), context.workspace().id, entry_id)
        return _form(kind, row, request.form, inputs.errors_of(error)), 422
    say(_("Saved."))
    return redirect(url_for("plan.entries", kind=kind))


@blueprint.post(f"{PATH}/<int:entry_id>/removal")
@requires(Permission.EDIT)
def remove(kind: str, entry_id: int) -> ResponseReturnValue:
    """Delete an entry; what belonged to it stays without it."""
    with context.platform().database.write() as session:
        KINDS[kind].collection.delete(session, context.actor(), entry_id, now=context.now())
    say(_("Deleted. What belonged to it stays."))
    return redirect(url_for("plan.entries", kind=kind))


@blueprint.post("/campaigns/<int:entry_id>/pause")
@requires(Permission.PAUSE)
def hold_campaign(entry_id: int) -> ResponseReturnValue:
    """Hold the posts of a campaign."""
    try:
        with context.platform().database.write() as session:
            pause.pause_campaign(session, context.actor(), entry_id, inputs.text("reason"), now=context.now())
    except Invalid as error:
        row = KINDS["campaigns"].collection.get(context.reread(), context.workspace().id, entry_id)
        values = KINDS["campaigns"].values(row)
        return _form("campaigns", row, values, {}, hold_error=inputs.errors_of(error)["reason"]), 422
    say(_("The campaign is paused: its posts are held."), kind="info")
    return redirect(url_for("plan.edit", kind="campaigns", entry_id=entry_id))


@blueprint.post("/campaigns/<int:entry_id>/pause/release")
@requires(Permission.RELEASE)
def release_campaign(entry_id: int) -> ResponseReturnValue:
    """Let a campaign's posts go out again."""
    try:
        with context.platform().database.write() as session:
            pause.release_campaign(session, context.actor(), entry_id, now=context.now())
    except Conflict as error:
        say(explain(error), kind="info")
        return redirect(url_for("plan.edit", kind="campaigns", entry_id=entry_id))
    return released(_("The campaign goes on."), url_for("plan.edit", kind="campaigns", entry_id=entry_id))


def _form(kind: str, row: Any, values: Mapping[str, Any], errors: dict[str, str], *, hold_error: str = "") -> str:
    """The page of one entry. ``hold_error``: why a pause was refused."""
    networks = request.form.getlist("networks") if request.method == "POST" else values.get("networks", [])
    return render_template(
        "plan/edit.html",
        kind=kind,
        words=KINDS[kind],
        row=row,
        values=values,
        chosen_networks=networks,
        errors=errors,
        hold_error=hold_error,
        metrics=plan_forms.metric_choices(),
        networks=plan_forms.network_choices(),
        colors=plan_forms.color_choices(),
        campaigns=choices.campaigns(),
        categories=choices.categories(),
    )
