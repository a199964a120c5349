"""Files that the form itself brings, and its small buttons: how the composer works without JavaScript."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from planner.services.errors import Invalid
from planner.web import media
from planner.web.messages import explain
from planner.web.posts import extras
from planner.web.posts.form import Typed


def take_in(typed: Typed) -> dict[str, str]:
    """Store the files of the form and put them into the lists; errors by field. What could be stored
    stays stored, so that an error elsewhere does not cost a second upload."""
    errors: dict[str, str] = {}
    lists = {"upload": ("media", typed.media), "upload.card": ("card", typed.extras.card)}
    lists |= {f"upload.{c}": (f"variants.{c}.media", v.media) for c, v in typed.variants.items()}
    parts = enumerate(typed.extras.parts)
    lists |= {f"upload.part.{p.key}": (f"thread.{index}.media", p.media) for index, p in parts}
    for name, (field, ids) in lists.items():
        for file in request.files.getlist(name):
            if file.filename:
                _take_one(file, field, ids, errors)
    return errors


def press(typed: Typed, button: str) -> None:
    """A small button. Beside a file: ``remove:LIST:ID``, ``up:LIST:ID`` or ``down:LIST:ID``; LIST is ``base``, a
    channel's id, ``card``, or ``part`` and the key of a thread's part. At rows: ``add:ROWS:``,
    ``remove:ROWS:INDEX``."""
    parts = button.split(":")
    if len(parts) != 3:
        return
    action, where, number = parts
    if where in ("option", "part", "mention"):
        extras.press(typed.extras, action, where, number)
        return
    ids = _list(typed, where)
    if not number.isdecimal() or int(number) not in ids:
        return
    at = ids.index(int(number))
    ids.pop(at)
    if action != "remove":
        ids.insert(max(0, at + (-1 if action == "up" else 1)), int(number))


def _take_one(file: FileStorage, field: str, ids: list[int], errors: dict[str, str]) -> None:
    try:
        ids.append(media.store(file.stream, file.filename or "").id)
    except Invalid as error:
        reason = explain(error.errors[0])
        errors[field] = _("%(name)s: %(reason)s", name=file.filename, reason=reason)


def _list(typed: Typed, where: str) -> list[int]:
    if where == "base":
        return typed.media
    if where == "card":
        return typed.extras.card
    if where.startswith("part"):
        return next((p.media for p in typed.extras.parts if f"part{p.key}" == where), [])
    variant = typed.variants.get(int(where)) if where.isdecimal() else None
    return variant.media if variant else []
