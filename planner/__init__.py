"""Sendeplan's planner: the Flask application."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from planner.bootstrap import Platform

__version__ = "0.1.0"


def create_app(platform: Platform | None = None) -> Flask:
    """The application around a platform (wired from the environment where none is given)."""
    from flask import Flask

    from planner import web
    from planner.bootstrap import bootstrap
    from planner.paths import static_folder, template_folder

    platform = platform or bootstrap()
    settings = platform.settings
    app = Flask("planner", template_folder=str(template_folder()), static_folder=str(static_folder()))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes + 1_000_000,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["sendeplan"] = platform
    web.register(app)
    platform.writer, platform.teller = web.Letters(app), web.Pushes(app)
    return app
