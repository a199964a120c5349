"""Flask's extensions: sign-in, forged-request protection, languages, rate limits."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request, session as cookie
from flask_babel import Babel, lazy_gettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect

from planner.paths import PACKAGE
from planner.web import context

LANGUAGES = ("de", "en")

login_manager = LoginManager()
login_manager.login_view = "auth.sign_in"
login_manager.login_message = lazy_gettext("Please sign in first.")
login_manager.session_protection = "basic"
login_manager.user_loader(context.load_user)

csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", headers_enabled=True)


def init_app(app: Flask) -> None:
    """Initialise all of them."""
    app.config["BABEL_DEFAULT_LOCALE"] = "de"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(PACKAGE / "translations")
    login_manager.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=choose_language, timezone_selector=choose_zone)
    limiter.init_app(app)


def choose_language() -> str:
    """The person's own choice, else the session's, else the browser's where we speak it, else German."""
    if not has_request_context():
        return "de"
    if "language" in g:
        return str(g.language)
    chosen = getattr(getattr(current_user, "user", None), "language", None) or cookie.get("language")
    return chosen if chosen in LANGUAGES else preferred_language("de")


def preferred_language(otherwise: str) -> str:
    """The first language that the caller names and we speak. ``de-AT`` is German: Werkzeug's own match would take an
    exact ``en`` further down the list instead."""
    named = (name.partition("-")[0].lower() for name in request.accept_languages.values())
    return next((name for name in named if name in LANGUAGES), otherwise)


def choose_zone() -> str:
    """The workspace's zone; times are never shown in another."""
    if has_request_context() and "zone" in g:
        return str(g.zone)
    if has_request_context() and current_user.is_authenticated:
        return str(ZoneInfo(context.workspace().zone))
    return "Europe/Berlin"
