"""One's own account: the password."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required, login_user

from planner.services import accounts
from planner.services.errors import Invalid
from planner.web import context
from planner.web.extensions import limiter
from planner.web.messages import explain
from planner.web.notify import say

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """Who one is here, and the form for a new password."""
    return render_template("account/index.html", errors={}, member=context.member())


@blueprint.post("/profile")
@login_required
def change_profile() -> ResponseReturnValue:
    """Change the name others see."""
    try:
        with context.platform().database.write() as session:
            accounts.rename(session, context.user().id, request.form.get("name", ""))
    except Invalid as invalid:
        errors = {error.field: explain(error) for error in invalid.errors}
        typed = request.form.get("name", "")
        return render_template("account/index.html", errors=errors, member=context.member(), typed_name=typed), 422
    say(_("The name is changed."))
    return redirect(url_for("account.index"))


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
        return render_template("account/index.html", errors=errors, member=context.member()), 422
    login_user(context.SignedIn(user))
    say(_("Your password is changed. Everywhere else you have been signed out."))
    return redirect(url_for("account.index"))
