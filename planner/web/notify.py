"""Short messages to the person: on the next page, or right away where htmx asked."""

from __future__ import annotations

import json

from flask import flash

CATEGORY = "toast"


def say(text: str, *, kind: str = "success", undo: str | None = None) -> None:
    """Show ``text`` on the next page. ``kind``: success, info, warning, error. A POST to ``undo`` takes it back."""
    flash(json.dumps(_message(text, kind, undo)), CATEGORY)


def toast_header(
    text: str, *, kind: str = "success", undo: str | None = None, close_dialog: bool = False
) -> dict[str, str]:
    """The header that makes a page show ``text`` when this answer arrives by htmx."""
    events: dict[str, object] = {"toast": _message(text, kind, undo)}
    if close_dialog:
        events["close-dialog"] = True
    return {"HX-Trigger": json.dumps(events)}


def read(messages: list[tuple[str, str]]) -> list[dict[str, str | None]]:
    """What the layout shows of Flask's flashed messages; plain ones count as information."""
    return [json.loads(text) if category == CATEGORY else _message(text, "info", None) for category, text in messages]


def _message(text: str, kind: str, undo: str | None) -> dict[str, str | None]:
    return {"text": text, "kind": kind, "undo": undo}
