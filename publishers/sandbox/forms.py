"""Reading request bodies that are forms: ``application/x-www-form-urlencoded`` and ``multipart/form-data``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from .wire import Request

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_FIELD = re.compile(r'\bname="([^"]*)"')
_FILE = re.compile(r'\bfilename="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a multipart form; ``filename`` is None for a plain value."""

    name: str
    filename: str | None
    content: bytes


def form_values(request: Request) -> dict[str, str]:
    """Every plain value of the body, by name; empty where the body is no form."""
    if request.content_type == "multipart/form-data":
        return {part.name: part.content.decode("utf-8", "replace") for part in parts(request) if part.filename is None}
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return {}


def uploaded_file(request: Request) -> Part | None:
    """The first field that carries a file."""
    return next((part for part in parts(request) if part.filename is not None), None)


def parts(request: Request) -> list[Part]:
    """The fields of a multipart body, in order; empty where it is none."""
    match = _BOUNDARY.search(request.headers.get("content-type", ""))
    if request.content_type != "multipart/form-data" or not match:
        return []
    delimiter = b"--" + match[1].encode("latin-1")
    found = []
    for chunk in request.body.split(delimiter)[1:]:
        head, separator, content = chunk.partition(b"\r\n\r\n")
        name = _FIELD.search(head.decode("utf-8", "replace"))
        if not separator or not name:
            continue
        filename = _FILE.search(head.decode("utf-8", "replace"))
        found.append(Part(name[1], filename[1] if filename else None, content.removesuffix(b"\r\n")))
    return found
