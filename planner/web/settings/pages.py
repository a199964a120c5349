"""The workspace's settings, and keys for scripts."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext
from flask_login import login_required

from planner.domain.roles import Permission, Role
from planner.domain.walltime import zone_names
from planner.services import tokens, workspace_settings
from planner.services.errors import Invalid
from planner.web import context, inputs, times
from planner.web.access import requires
from planner.web.looks import role_label
from planner.web.notify import say
from planner.web.settings.base import blueprint

WORKSPACE_FIELDS = (
    "name",
    "zone",
    "language",
    "approval_required",
    "answers_need_approval",
    "weekly_weekday",
    "weekly_time",
    "overdue_minutes",
)


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """What an admin sets; everyone else sees how it is set."""
    return _page()


@blueprint.post("/workspace")
@requires(Permission.MANAGE)
def save_workspace() -> ResponseReturnValue:
    """Store the workspace's settings."""
    weekday = inputs.text("weekly_weekday")
    wanted = workspace_settings.Settings(
        name=inputs.text("name"),
        zone=inputs.text("zone"),
        language=inputs.text("language"),
        approval_required=inputs.checked("approval_required"),
        answers_need_approval=inputs.checked("answers_need_approval"),
        weekly_weekday=int(weekday) if weekday.isdecimal() and len(weekday) == 1 else -1,
        weekly_time=inputs.wall_time(inputs.text("weekly_time")),
        overdue_minutes=_minutes(),
    )
    try:
        workspace_settings.check(wanted)
        asking = _ask_about_times(wanted) if not request.form.get("asked") else None
        if asking is not None:
            return asking
        with context.platform().database.write() as session:
            choices = times.read_choices()
            moved = workspace_settings.change(session, context.actor(), wanted, choices, now=context.now())
    except Invalid as error:
        errors = inputs.errors_of(error)
        context.reread()
        # What is wrong with a time is said on the page that asks about times.
        asking = _ask_about_times(wanted, errors) if any(field.startswith("keep") for field in errors) else None
        return asking or _page(errors=errors, typed=request.form), 422
    context.platform().wake()
    if moved is None:
        say(_("Saved."))
    else:
        say(_zone_saved(moved), undo=url_for("times.undo_zone", event_id=moved.event_id))
    return redirect(url_for("settings.index"))


def _minutes() -> int | None:
    """As typed; as it is where the field was not sent; None where it is no number."""
    given = request.form.get("overdue_minutes")
    if given is None:
        return context.workspace().overdue_minutes
    return int(given) if given.strip().isdecimal() and len(given.strip()) < 9 else None


def _ask_about_times(wanted: workspace_settings.Settings, errors: dict[str, str] | None = None) -> str | None:
    """The page that asks what planned posts keep where the zone is another one; None where there is nothing to ask."""
    if wanted.zone == context.workspace().zone:
        return None
    hidden = {name: request.form[name] for name in WORKSPACE_FIELDS if name in request.form}
    return times.zone_page(wanted.zone, hidden, errors)


def _zone_saved(moved: workspace_settings.ZoneMoved) -> str:
    parts = [_("Saved: the time zone is another one.")]
    if moved.queued:
        parts.append(ngettext("%(num)s queued post moved.", "%(num)s queued posts moved.", moved.queued))
    if moved.by_clock:
        parts.append(
            ngettext("%(num)s keeps its time on the clock.", "%(num)s keep their times on the clock.", moved.by_clock)
        )
    if moved.by_moment:
        parts.append(ngettext("%(num)s keeps its moment.", "%(num)s keep their moments.", moved.by_moment))
    return " ".join(parts)


@blueprint.post("/tokens")
@requires(Permission.MANAGE)
def create_token() -> ResponseReturnValue:
    """Make a key; it is shown on this one page and never again."""
    try:
        role = Role(inputs.text("role"))
    except ValueError:
        role = Role.READER
    try:
        with context.platform().database.write() as session:
            _token, secret = tokens.create(session, context.actor(), inputs.text("token_name"), role, now=context.now())
    except Invalid as error:
        errors = {"token_name": " ".join(inputs.errors_of(error).values())}
        return _page(errors=errors, typed_token=request.form), 422
    context.reread()
    return _page(secret=secret)


@blueprint.post("/tokens/<int:token_id>/revocation")
@requires(Permission.MANAGE)
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a key at once."""
    with context.platform().database.write() as session:
        tokens.revoke(session, context.actor(), token_id, now=context.now())
    say(_("The token is revoked. Scripts that use it are refused from now on."))
    return redirect(url_for("settings.index"))


def _page(*, errors: dict[str, str] | None = None, typed: Any = None, typed_token: Any = None, secret: str = "") -> str:
    session, place = context.reading(), context.workspace()
    stored = {
        "name": place.name,
        "zone": place.zone,
        "language": place.language,
        "approval_required": place.approval_required,
        "answers_need_approval": place.answers_need_approval,
        "weekly_weekday": place.weekly_weekday,
        "weekly_time": f"{place.weekly_time:%H:%M}",
        "overdue_minutes": place.overdue_minutes,
    }
    may_manage = context.actor().may(Permission.MANAGE)
    return render_template(
        "settings/index.html",
        values=typed or stored,
        zones=zone_names(),
        tokens=tokens.all_of(session, place.id) if may_manage else [],
        role_choices=[(role.value, role_label(role)) for role in Role],
        typed_token=typed_token or {"role": Role.EDITOR.value},
        errors=errors or {},
        secret=secret,
    )
