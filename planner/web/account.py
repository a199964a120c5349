"""One's own account: name, what is mailed and pushed, the password."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required, login_user

from planner.domain.outbox import WISHES, Wish, is_pushed, pace_of
from planner.services import accounts, push
from planner.services.errors import Invalid
from planner.web import context, devices
from planner.web.channels.labels import duration
from planner.web.extensions import limiter
from planner.web.messages import explain
from planner.web.messages.wishes import LABELS, PACES
from planner.web.notify import say

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """Who one is here, and the form for a new password."""
    return _page()


@blueprint.post("/profile")
@login_required
def change_profile() -> ResponseReturnValue:
    """Change the name others see."""
    try:
        with context.platform().database.write() as session:
            accounts.rename(session, context.user().id, request.form.get("name", ""))
    except Invalid as invalid:
        errors = {error.field: explain(error) for error in invalid.errors}
        return _page(errors=errors, typed_name=request.form.get("name", "")), 422
    say(_("The name is changed."))
    return redirect(url_for("account.index"))


@blueprint.post("/mail")
@login_required
def choose_mail() -> ResponseReturnValue:
    """How soon mail is wanted about what."""
    wishes = {kind: request.form[kind] for kind, _wish in _kinds() if kind in request.form}
    try:
        with context.platform().database.write() as session:
            accounts.set_mail_wishes(session, context.user().id, wishes)
    except Invalid as invalid:
        return _page(errors={error.field: explain(error) for error in invalid.errors}), 422
    say(_("Saved."))
    return redirect(url_for("account.index", _anchor="mail"))


@blueprint.post("/reminder")
@login_required
def choose_reminder() -> ResponseReturnValue:
    """How long before its time one hears of what is to be published by hand."""
    given = request.form.get("remind_minutes", "")
    try:
        with context.platform().database.write() as session:
            accounts.set_reminder(session, context.user().id, int(given) if given.isdecimal() else None)
    except Invalid as invalid:
        return _page(errors={error.field: explain(error) for error in invalid.errors}), 422
    say(_("Saved."))
    return redirect(url_for("account.index", _anchor="reminder"))


@blueprint.post("/password")
@login_required
@limiter.limit("10 per 15 minutes")
def change_password() -> ResponseReturnValue:
    """Set a new password; this browser stays signed in, all others are not."""
    try:
        with context.platform().database.write() as session:
            user = accounts.change_password(
                session, context.user().id, request.form.get("old", ""), request.form.get("new", "")
            )
    except Invalid as invalid:
        errors = {error.field: explain(error) for error in invalid.errors}
        return _page(errors=errors), 422
    login_user(context.SignedIn(user))
    say(_("Your password is changed. Everywhere else you have been signed out."))
    return redirect(url_for("account.index"))


def _page(*, errors: dict[str, str] | None = None, typed_name: str | None = None) -> str:
    user, push_kinds = context.user(), devices.kinds()
    return render_template(
        "account/index.html",
        errors=errors or {},
        member=context.member(),
        typed_name=user.name if typed_name is None else typed_name,
        reminders=[(minutes, _before(minutes)) for minutes in accounts.REMINDERS],
        mail_on=context.platform().settings.mail_on,
        push_key=push.public_key(context.platform()) if push_kinds else "",
        push_kinds=[(kind, LABELS[kind], is_pushed(kind, user.push_wishes or {})) for kind in push_kinds],
        devices=push.all_of(context.reading(), user.id),
        mail_kinds=[
            (kind, LABELS[kind], [(p.value, PACES[p]) for p in wish.paces], pace_of(kind, user.mail_wishes).value)
            for kind, wish in _kinds()
        ],
    )


def _before(minutes: int) -> str:
    if not minutes:
        return _("only at its time")
    return _("%(duration)s before, and at its time", duration=duration(minutes * 60))


def _kinds() -> list[tuple[str, Wish]]:
    """What a member of this role may hear of."""
    return [(kind, wish) for kind, wish in WISHES.items() if context.actor().may(wish.permission)]
