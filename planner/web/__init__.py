"""The screens: a blueprint each, registered here and nowhere else."""

from __future__ import annotations

from flask import Flask
from werkzeug.utils import import_string

from planner.web import errors, extensions, formats, headers
from planner.web.context import close_reading

#: One line per screen, in the order of the navigation.
BLUEPRINTS = (
    "planner.web.health:blueprint",
    "planner.web.auth:blueprint",
)


def register(app: Flask) -> None:
    """Put extensions, screens, error pages and headers on the application."""
    extensions.init_app(app)
    formats.init_app(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_string(name))
    errors.init_app(app)
    headers.init_app(app)
    app.teardown_request(close_reading)
