"""The screens: a blueprint each, registered here and nowhere else."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from planner.web import (
    assets,
    errors,
    extensions,
    figure_words,
    figures_of_channels,
    files,
    formats,
    headers,
    layout,
    looks,
    request_ids,
    words,
)
from planner.web.context import close_reading
from planner.web.letters import Letters
from planner.web.pushes import Pushes

__all__ = ["BLUEPRINTS", "Letters", "Pushes", "register"]

#: One line per screen, in the order of the navigation.
BLUEPRINTS = (
    "planner.web.health:blueprint",
    "planner.web.auth:blueprint",
    "planner.web.home:blueprint",
    "planner.web.account:blueprint",
    "planner.web.devices:blueprint",
    "planner.web.calendar:blueprint",
    "planner.web.posts:blueprint",
    "planner.web.media:blueprint",
    "planner.web.topics:blueprint",
    "planner.web.approvals:blueprint",
    "planner.web.success:blueprint",
    "planner.web.channels:blueprint",
    "planner.web.members:blueprint",
    "planner.web.settings:blueprint",
    "planner.web.times:blueprint",
    "planner.web.assisted:blueprint",
    "planner.web.notices:blueprint",
    "planner.web.alerts:blueprint",
    "planner.web.missed:blueprint",
    "planner.web.rehearsal:blueprint",
    "planner.web.planning_anew:blueprint",
    "planner.web.onboarding:blueprint",
    "planner.web.pause:blueprint",
    "planner.web.plan:blueprint",
    "planner.web.api:blueprint",
    "planner.web.feeds:blueprint",
)


def register(app: Flask) -> None:
    """Put extensions, screens, error pages and headers on the application."""
    request_ids.init_app(app)
    extensions.init_app(app)
    for part in (formats, assets, figure_words, figures_of_channels, files, looks, layout, words):
        part.init_app(app)
    for name in BLUEPRINTS:
        module, _, attribute = name.partition(":")
        app.register_blueprint(getattr(import_module(module), attribute))
    errors.init_app(app)
    headers.init_app(app)
    app.teardown_request(close_reading)
