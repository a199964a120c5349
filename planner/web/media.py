"""Images: taking them in, and showing them to members."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.exceptions import NotFound as PageNotFound

from planner.domain.roles import Permission
from planner.models import Media
from planner.services import media
from planner.services.errors import FieldError, Invalid
from planner.web import answers, context
from planner.web.access import requires

blueprint = Blueprint("media", __name__)
answers.attach(blueprint)

#: An image never changes under its id, so a browser may keep it; only the signed-in person's own cache does.
CACHE = "private, max-age=31536000, immutable"


@blueprint.post("/media")
@requires(Permission.EDIT)
def upload() -> ResponseReturnValue:
    """Take one image (field ``file``, with ``alt``); answers what the composer shows of it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(FieldError("file", "file_missing"))
    stored = store(file.read(), file.filename, request.form.get("alt", ""))
    return shown(stored), 201


@blueprint.get("/media/<int:media_id>")
@login_required
def show(media_id: int) -> Response:
    """The image itself."""
    found = media.get(context.reading(), context.member().workspace_id, media_id)
    return _send(context.platform().settings.media_folder / found.stored_as, found.mime, found.filename)


@blueprint.get("/media/<int:media_id>/thumbnail")
@login_required
def thumbnail(media_id: int) -> Response:
    """A small version."""
    found = media.get(context.reading(), context.member().workspace_id, media_id)
    try:
        small = media.thumbnail(found, context.platform().settings.media_folder)
    except FileNotFoundError:
        raise PageNotFound from None
    return _send(small, "image/webp", Path(found.filename).stem + ".webp")


def store(data: bytes, filename: str, alt: str = "") -> Media:
    """Store an upload in a transaction of its own. Raises Invalid at ``file``."""
    platform = context.platform()
    limit = platform.settings.max_upload_bytes
    if len(data) > limit:
        raise Invalid(FieldError("file", "file_too_large", {"limit": limit // 1_000_000}))
    with platform.database.write() as session:
        return media.add(
            session,
            context.actor(),
            data,
            filename,
            now=context.now(),
            folder=platform.settings.media_folder,
            alt=alt,
        )


def shown(image: Media) -> dict[str, Any]:
    """What the composer needs of an image."""
    return {
        "id": str(image.id),
        "name": image.filename,
        "alt": image.alt,
        "width": image.width,
        "height": image.height,
        "size": image.size,
        "mime": image.mime,
        "url": url_for("media.show", media_id=image.id),
        "thumbnail": url_for("media.thumbnail", media_id=image.id),
    }


def _send(path: Path, mime: str, name: str) -> Response:
    if not path.is_file():
        raise PageNotFound
    response = send_file(path, mimetype=mime, download_name=name, etag=True, conditional=True)
    response.headers["Cache-Control"] = CACHE
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
