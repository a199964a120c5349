"""The screens: a blueprint each, registered here and nowhere else."""

from __future__ import annotations

from flask import Flask
from werkzeug.utils import import_string

from planner.web import assets, errors, extensions, files, formats, headers, layout, looks
from planner.web.context import close_reading

#: One line per screen, in the order of the navigation.
BLUEPRINTS = (
    "planner.web.health:blueprint",
    "planner.web.auth:blueprint",
    "planner.web.home:blueprint",
    "planner.web.account:blueprint",
    "planner.web.api:blueprint",
)


def register(app: Flask) -> None:
    """Put extensions, screens, error pages and headers on the application."""
    extensions.init_app(app)
    for part in (formats, assets, files, looks, layout):
        part.init_app(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_string(name))
    errors.init_app(app)
    headers.init_app(app)
    app.teardown_request(close_reading)
