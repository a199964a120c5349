"""Images, videos and documents: taking them in, showing them to members, making them fit a network."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from flask import Blueprint, Response, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import login_required
from werkzeug.exceptions import NotFound as PageNotFound

from planner.domain.roles import Permission
from planner.models import Media
from planner.services import media
from planner.services.errors import FieldError, Invalid, NotFound
from planner.services.media import conversions, ffmpeg, offers
from planner.services.media.conversions import Conversion, State
from planner.web import answers, context
from planner.web.access import requires
from planner.web.formats import duration, file_size
from planner.web.messages import sentence
from publishers.base import MediaKind
from publishers.outgoing import kind_of

blueprint = Blueprint("media", __name__)
answers.attach(blueprint)

#: A file never changes under its id, so a browser may keep it; only the signed-in person's own cache does.
CACHE = "private, max-age=31536000, immutable"


@blueprint.post("/media")
@requires(Permission.EDIT)
def upload() -> ResponseReturnValue:
    """Take one file (field ``file``, with ``alt``); answers what the composer shows of it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(FieldError("file", "file_missing"))
    return shown(store(file.stream, file.filename, request.form.get("alt", ""))), 201


@blueprint.get("/media/<int:media_id>")
@login_required
def show(media_id: int) -> Response:
    """The file itself, or the part of it that a player asks for. A document is saved, never opened in the page."""
    found = media.get(context.reading(), context.member().workspace_id, media_id)
    path = context.platform().settings.media_folder / found.stored_as
    return _send(path, found.mime, found.filename, attached=kind_of(found.mime) is MediaKind.DOCUMENT)


@blueprint.get("/media/<int:media_id>/thumbnail")
@login_required
def thumbnail(media_id: int) -> Response:
    """A small version of an image, or of a video's first second where FFmpeg is installed."""
    found = media.get(context.reading(), context.member().workspace_id, media_id)
    try:
        small = media.thumbnail(found, context.platform().settings.media_folder, program())
    except (FileNotFoundError, Invalid):
        raise PageNotFound from None
    return _send(small, "image/webp", Path(found.filename).stem + ".webp")


@blueprint.post("/media/<int:media_id>/fits")
@requires(Permission.EDIT)
def fit(media_id: int) -> ResponseReturnValue:
    """Make a copy that the network of ``channel`` takes: an image at once, a video in the background."""
    given = request.form.get("channel", "")
    channel_id = int(given) if given.isdecimal() else 0
    found = offers.make(context.platform(), context.actor(), media_id, channel_id, program(), now=context.now())
    if isinstance(found, Conversion):
        return told(found), 202
    return {"state": State.DONE, "medium": shown(found)}, 201


@blueprint.get("/media/conversions/<key>")
@login_required
def conversion(key: str) -> ResponseReturnValue:
    """How far a video is; the new medium once it is done."""
    found = conversions.state_of(context.platform(), context.member().workspace_id, key) if key.isalnum() else None
    if found is None:
        raise NotFound("not_found")
    return told(found)


def told(found: Conversion) -> dict[str, Any]:
    """A conversion as the composer shows it."""
    said: dict[str, Any] = {
        "state": found.state,
        "percent": found.percent,
        "url": url_for("media.conversion", key=found.key),
    }
    if found.media_id is not None:
        said["medium"] = shown(media.get(context.reading(), context.member().workspace_id, found.media_id))
    if found.code:
        said["message"] = sentence(found.code)
    return said


def program() -> str | None:
    """FFmpeg, where it is installed."""
    return ffmpeg.find(context.platform().settings.ffmpeg)


def store(stream: IO[bytes], filename: str, alt: str = "") -> Media:
    """Store an upload: written and looked into first, noted in a short transaction of its own. Raises Invalid at
    ``file``."""
    platform = context.platform()
    folder = platform.settings.media_folder
    with (
        media.received(stream, folder, platform.settings.max_upload_bytes) as incoming,
        platform.database.write() as session,
    ):
        return media.keep(session, context.actor(), incoming, filename, now=context.now(), folder=folder, alt=alt)


def shown(found: Media) -> dict[str, Any]:
    """What the composer needs of a file. ``thumbnail`` is None where there is nothing to show but a tile."""
    return {
        "id": str(found.id),
        "name": found.filename,
        "alt": found.alt,
        "title": found.title or "",
        "kind": kind_of(found.mime),
        "width": found.width,
        "height": found.height,
        "size": found.size,
        "mime": found.mime,
        "seconds": found.seconds,
        "pages": found.pages,
        "facts": facts(found),
        "url": url_for("media.show", media_id=found.id),
        "thumbnail": url_for("media.thumbnail", media_id=found.id) if has_thumbnail(found) else None,
    }


def has_thumbnail(found: Media) -> bool:
    """Whether there is a small picture to show."""
    return media.can_show(found, program())


def length(found: Media) -> str:
    """How long a video runs, or how many pages a document has; "" where that says nothing."""
    if found.seconds:
        return duration(found.seconds)
    return ngettext("%(num)d page", "%(num)d pages", found.pages) if found.pages else ""


def facts(found: Media) -> str:
    """A line about a file: ``0:42 · 1920 × 1080 · 12 MB``."""
    pixels = f"{found.width} × {found.height}" if found.width else ""
    return " · ".join(part for part in (length(found), pixels, file_size(found.size)) if part)


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {
        "has_thumbnail": has_thumbnail,
        "media_length": length,
        "media_facts": facts,
        "media_kind": lambda m: kind_of(m.mime),
    }


def _send(path: Path, mime: str, name: str, *, attached: bool = False) -> Response:
    if not path.is_file():
        raise PageNotFound
    response = send_file(path, mimetype=mime, download_name=name, as_attachment=attached, etag=True, conditional=True)
    response.headers["Cache-Control"] = CACHE
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
