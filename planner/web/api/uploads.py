"""A file in a request: as a form's file, or as the body itself. Its bytes go to the disk as they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Any

from flask import Response, after_this_request, request

from planner.services import media
from planner.services.errors import FieldError, Invalid
from planner.services.media import Incoming
from planner.services.media.documents import DOCX, PDF, PPTX
from planner.web.api.problems import WrongType
from planner.web.api.shapes.common import has_forbidden
from planner.web.context import platform

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_TYPES = (
    *("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime", PDF, DOCX, PPTX),
    "application/octet-stream",
)
CONTENT: dict[str, Any] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {"type": "string", "format": "binary"},
                # Without a type: whatever a form holds is text.
                "alt": {"description": "The alternative text."},
                "title": {"description": "Shown above a video or a document."},
            },
        }
    },
    **dict.fromkeys(_TYPES, _BINARY),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in, looked into already."""

    incoming: Incoming
    filename: str = ""
    alt: str = ""
    title: str = ""

    def __bytes__(self) -> bytes:
        """What tells this upload from another (a form's boundary differs each time)."""
        return b"\n".join(part.encode() for part in (self.filename, self.alt, self.title, self.incoming.digest))


def read_upload() -> Upload:
    """The file of this request. Raises WrongType, and Invalid at ``file``, ``alt`` or ``title``."""
    if request.mimetype == "multipart/form-data":
        return _from_form()
    if request.mimetype.startswith(("image/", "video/")) or request.mimetype in _TYPES:
        return Upload(_receive(request.stream))
    raise WrongType("upload_wanted")


def _from_form() -> Upload:
    file = request.files.get("file")
    if file is None:
        raise Invalid(FieldError("file", "file_missing"))
    said = {"file": file.filename or "", "alt": request.form.get("alt", ""), "title": request.form.get("title", "")}
    for name, value in said.items():
        if has_forbidden(value):
            raise Invalid(FieldError(name, "characters_forbidden"))
    return Upload(_receive(file.stream), *said.values())


def _receive(stream: IO[bytes]) -> Incoming:
    settings = platform().settings
    incoming = media.receive(stream, settings.media_folder, settings.max_upload_bytes)

    @after_this_request
    def _forget(response: Response) -> Response:
        media.discard(incoming)
        return response

    return incoming
