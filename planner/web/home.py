"""The first page, and what a person prefers."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session as cookie, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from planner.domain.roles import Role
from planner.services import accounts
from planner.web import context
from planner.web.auth import safe_target
from planner.web.navigation import has_page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """A lead starts with whether it worked, everyone else with the calendar, and a stranger with the sign-in: nobody
    was kept from a page, so nobody need be told."""
    if not current_user.is_authenticated:
        return redirect(url_for("auth.sign_in"))
    wanted = ["success.index"] if context.member().role is Role.APPROVER else []
    first = next(endpoint for endpoint in [*wanted, "calendar.index", "account.index"] if has_page(endpoint))
    return redirect(url_for(first))


@blueprint.post("/language")
def choose_language() -> ResponseReturnValue:
    """Change the language: remembered with the account, or in the cookie of whoever has not signed in."""
    language = request.form.get("language", "")
    if language in accounts.LANGUAGES:
        cookie["language"] = language
    if current_user.is_authenticated:
        with context.platform().database.write() as session:
            accounts.set_language(session, context.user().id, language)
    return redirect(safe_target(request.form.get("next")))


@blueprint.post("/theme")
@login_required
def choose_theme() -> ResponseReturnValue:
    """Change the colours."""
    with context.platform().database.write() as session:
        accounts.set_theme(session, context.user().id, request.form.get("theme", ""))
    return redirect(safe_target(request.form.get("next")))
