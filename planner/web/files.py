"""Static files by WhiteNoise: compressed ahead of time, kept by browsers for ever where the name holds a hash."""

from __future__ import annotations

import re

from flask import Flask
from whitenoise import WhiteNoise

from planner.paths import static_folder

_HASHED = re.compile(r"-[0-9A-Z]{8}\.(js|css|svg)$")


def init_app(app: Flask) -> None:
    """Answer /static before Flask does. Files that were built after the start still come, from Flask itself."""
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(static_folder()),
        prefix="static/",
        max_age=3600,
        immutable_file_test=is_immutable,
        allow_all_origins=False,
        add_headers_function=_add_headers,
    )


def is_immutable(_path: str, url: str) -> bool:
    """Whether the content behind this URL can never change."""
    return bool(_HASHED.search(url))


def _add_headers(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
