"""An image in a request: as a form's file, or as the body itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from planner.services.errors import FieldError, Invalid
from planner.web.api.problems import WrongType
from planner.web.api.shapes.common import has_forbidden

_BINARY = {"schema": {"type": "string", "format": "binary"}}
CONTENT: dict[str, Any] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary"}, "alt": {"type": "string"}},
        }
    },
    "image/jpeg": _BINARY,
    "image/png": _BINARY,
    "image/gif": _BINARY,
    "image/webp": _BINARY,
    "application/octet-stream": _BINARY,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """An image on its way in."""

    data: bytes
    filename: str
    alt: str

    def __bytes__(self) -> bytes:
        """What tells this upload from another (a form's boundary differs each time)."""
        return b"\n".join((self.filename.encode(), self.alt.encode(), self.data))


def read_upload() -> Upload:
    """The image of this request. Raises WrongType, and Invalid at ``file`` or ``alt``."""
    if request.mimetype == "multipart/form-data":
        upload = _from_form()
    elif request.mimetype.startswith("image/") or request.mimetype == "application/octet-stream":
        upload = Upload(request.get_data(), "", "")
    else:
        raise WrongType("upload_wanted")
    if has_forbidden(upload.filename) or has_forbidden(upload.alt):
        raise Invalid(FieldError("alt" if has_forbidden(upload.alt) else "file", "characters_forbidden"))
    return upload


def _from_form() -> Upload:
    file = request.files.get("file")
    if file is None:
        raise Invalid(FieldError("file", "file_missing"))
    return Upload(file.read(), file.filename or "", request.form.get("alt", ""))
