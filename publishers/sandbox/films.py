"""What a video or a document is, read from its own bytes: how long it runs, how large it is, how many pages it has."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, SLIDES = f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}presentationml.presentation"
OLD_WORD, OLD_SLIDES = "application/msword", "application/vnd.ms-powerpoint"
DOCUMENTS = frozenset({PDF, WORD, SLIDES, OLD_WORD, OLD_SLIDES})
FILMS = frozenset({"video/mp4", "video/quicktime"})

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


@dataclass(frozen=True, slots=True)
class Film:
    """A video's type, its size in pixels and its length in seconds; 0 for what its file does not say."""

    mime: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0


def read_film(content: bytes) -> Film | None:
    """A video in the ISO base media format (MP4, QuickTime), or None."""
    if content[4:8] != b"ftyp":
        return None
    mime = "video/quicktime" if content[8:12] == b"qt  " else "video/mp4"
    width = height = 0
    seconds = 0.0
    for kind, box in _boxes(content, (b"moov", b"trak")):
        if kind == b"mvhd":
            seconds = _duration(box)
        if kind == b"tkhd" and len(box) >= 8:
            found = struct.unpack(">II", box[-8:])
            width, height = max(width, found[0] >> 16), max(height, found[1] >> 16)
    return Film(mime, width, height, seconds)


def read_document(content: bytes) -> tuple[str, int] | None:
    """A document's type and how many pages it has (0: its file does not say), or None."""
    if content.startswith(b"%PDF-"):
        return PDF, len(_PAGE.findall(content))
    if content.startswith(_OLE):
        return (OLD_SLIDES if "PowerPoint Document".encode("utf-16-le") in content else OLD_WORD), 0
    return _office(content) if content.startswith(b"PK\x03\x04") else None


def _office(content: bytes) -> tuple[str, int] | None:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    if any(name.startswith("ppt/") for name in names):
        return SLIDES, sum(re.fullmatch(r"ppt/slides/slide\d+\.xml", name) is not None for name in names)
    return (WORD, 0) if any(name.startswith("word/") for name in names) else None


def _boxes(content: bytes, inside: tuple[bytes, ...]) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of a file with their bytes, and those in the boxes named."""
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        head = 8
        if size == 1 and at + 16 <= len(content):
            size, head = struct.unpack(">Q", content[at + 8 : at + 16])[0], 16
        end = len(content) if size == 0 else at + size
        if end <= at + head - 1:
            return
        if kind in inside:
            yield from _boxes(content[at + head : end], inside)
        elif kind in (b"mvhd", b"tkhd"):
            yield kind, content[at + head : end]
        at = end


def _duration(box: bytes) -> float:
    """Seconds of a movie header, version 0 or 1."""
    form, start = (">IQ", 20) if box[:1] == b"\1" else (">II", 12)
    found = box[start : start + struct.calcsize(form)]
    if len(found) < struct.calcsize(form):
        return 0.0
    scale, duration = struct.unpack(form, found)
    return duration / scale if scale else 0.0
