"""The built assets: their names with the hash in them, and icons from the sprite."""

from __future__ import annotations

import json
from functools import lru_cache

from flask import Flask, url_for
from markupsafe import Markup

from planner.paths import static_folder

MANIFEST = static_folder() / "dist" / "manifest.json"
_ICON = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>')
_SPEAKING_ICON = Markup('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>')


class AssetsMissing(RuntimeError):
    """The front end was never built."""


def init_app(app: Flask) -> None:
    """Offer ``static_file`` and ``icon`` to templates."""
    app.jinja_env.globals.update(static_file=static_file, icon=icon)


def static_file(name: str) -> str:
    """The URL of a built file by its plain name: ``app.css``, ``calendar.js``. Raises AssetsMissing, KeyError."""
    return url_for("static", filename=f"dist/{manifest()[name]}")


def icon(name: str, label: str = "") -> Markup:
    """An icon of frontend/icons.txt; without a label it is silent to screen readers."""
    sprite = static_file("icons.svg")
    return _SPEAKING_ICON.format(label, sprite, name) if label else _ICON.format(sprite, name)


def manifest() -> dict[str, str]:
    """Plain name to name with hash, read again after a rebuild."""
    try:
        changed = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        raise AssetsMissing("The front end is not built: run `make setup`.") from None
    return _read(changed)


@lru_cache(maxsize=1)
def _read(_changed: int) -> dict[str, str]:
    names: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return names
