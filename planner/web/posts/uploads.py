"""Images that the form itself brings, and its small buttons: how the composer works without JavaScript."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from planner.services.errors import Invalid
from planner.web import media
from planner.web.messages import explain
from planner.web.posts.form import Typed


def take_in(typed: Typed) -> dict[str, str]:
    """Store the files of the form and put them into the lists of images; errors by field. What could be stored
    stays stored, so that an error elsewhere does not cost a second upload."""
    errors: dict[str, str] = {}
    lists = {"upload": ("media", typed.media)}
    lists |= {f"upload.{c}": (f"variants.{c}.media", v.media) for c, v in typed.variants.items()}
    for name, (field, ids) in lists.items():
        for file in request.files.getlist(name):
            if file.filename:
                _take_one(file, field, ids, errors)
    return errors


def press(typed: Typed, button: str) -> None:
    """A button beside an image: ``remove:LIST:ID``, ``up:LIST:ID`` or ``down:LIST:ID``; LIST is ``base`` or a
    channel's id."""
    parts = button.split(":")
    if len(parts) != 3 or not parts[2].isdecimal():
        return
    action, where, media_id = parts[0], parts[1], int(parts[2])
    ids = typed.media if where == "base" else typed.variants[int(where)].media if _known(typed, where) else []
    if media_id not in ids:
        return
    at = ids.index(media_id)
    ids.remove(media_id)
    if action != "remove":
        ids.insert(max(0, at + (-1 if action == "up" else 1)), media_id)


def _take_one(file: FileStorage, field: str, ids: list[int], errors: dict[str, str]) -> None:
    try:
        ids.append(media.store(file.read(), file.filename or "").id)
    except Invalid as error:
        reason = explain(error.errors[0])
        errors[field] = _("%(name)s: %(reason)s", name=file.filename, reason=reason)


def _known(typed: Typed, where: str) -> bool:
    return where.isdecimal() and int(where) in typed.variants
