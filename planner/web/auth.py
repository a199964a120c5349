"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, session as cookie, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from planner.services import accounts
from planner.web import context
from planner.web.extensions import limiter
from planner.web.notify import say

blueprint = Blueprint("auth", __name__)

#: What a new sign-in takes over from the visitor's cookie; everything else in it is dropped.
KEPT = ("language",)


def _failed(response: Response) -> bool:
    return response.status_code == 422


def _by_account() -> str:
    return f"account:{request.form.get('email', '').strip().lower()[:254]}"


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form."""
    if current_user.is_authenticated:
        return redirect(safe_target(request.args.get("next")))
    return render_template("auth/sign_in.html", values={"next": request.args.get("next", "")}, errors={})


@blueprint.post("/sign-in")
@limiter.limit("20 per 5 minutes", deduct_when=_failed)
@limiter.limit("10 per 15 minutes", key_func=_by_account, deduct_when=_failed)
def open_session() -> ResponseReturnValue:
    """Sign in. Says the same whether the address or the password is wrong; only failures count for the limits."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    errors = _missing(email, password)
    if not errors:
        with context.platform().database.write() as session:
            user = accounts.sign_in(session, email, password, now=context.now())
        if user is not None:
            _start_afresh()
            login_user(context.SignedIn(user), remember=bool(request.form.get("remember")))
            return redirect(safe_target(request.form.get("next")))
        errors = {"password": _("E-mail or password is not right. Check both and try again.")}
    return render_template("auth/sign_in.html", values=request.form, errors=errors), 422


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Sign out, and forget everything in the cookie but the language."""
    logout_user()
    _start_afresh(keep_flask_login=True)
    say(_("You are signed out."), kind="info")
    return redirect(url_for("auth.sign_in"))


def safe_target(target: str | None) -> str:
    """A path of this application to go on to; the first page for everything else.

    Browsers read ``//host``, ``/\\host`` and control characters in ways that lead elsewhere, so only plain paths pass.
    """
    home = url_for("home.index")
    if not target or not target.startswith("/") or target.startswith("//"):
        return home
    if "\\" in target or any(ord(character) < 33 for character in target):
        return home
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or parts.path.startswith(("/sign-", "/api/")):
        return home
    return target


def _missing(email: str, password: str) -> dict[str, str]:
    errors = {}
    if not email.strip():
        errors["email"] = _("Enter your e-mail address.")
    if not password:
        errors["password"] = _("Enter your password.")
    return errors


def _start_afresh(*, keep_flask_login: bool = False) -> None:
    """Drop what the visitor's cookie held, so that nobody can prepare a session for somebody else.

    ``keep_flask_login`` leaves its own keys, by which it removes the "remember me" cookie at the end of the request.
    """
    for key in list(cookie):
        if key not in KEPT and not (keep_flask_login and key.startswith("_remember")):
            cookie.pop(key)
