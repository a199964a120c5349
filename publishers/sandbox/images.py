"""What a file is, read from its own header and never from its name or declared type."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .films import DOCUMENTS, FILMS, read_document, read_film

_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """``mime`` and the size in pixels, 0 by 0 where it has none; a video's seconds, a document's pages."""

    mime: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    pages: int = 0

    @property
    def moves(self) -> bool:
        """Whether networks process it before it can be used."""
        return self.mime == "image/gif" or self.mime in FILMS

    @property
    def is_document(self) -> bool:
        return self.mime in DOCUMENTS


def sniff(content: bytes) -> Sniffed | None:
    """What ``content`` is, or None where it is nothing a network takes."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) >= 24:
        return Sniffed("image/png", *struct.unpack(">II", content[16:24]))
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return Sniffed("image/gif", *struct.unpack("<HH", content[6:10]))
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return _other(content)


def _other(content: bytes) -> Sniffed | None:
    film = read_film(content)
    if film is not None:
        return Sniffed(film.mime, film.width, film.height, film.seconds)
    document = read_document(content)
    return None if document is None else Sniffed(document[0], pages=document[1])


def _jpeg(content: bytes) -> Sniffed | None:
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Sniffed("image/jpeg", width, height)
        at += 1 if marker == 0xFF else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def _webp(content: bytes) -> Sniffed | None:
    form = content[12:16]
    if form == b"VP8X" and len(content) >= 30:
        width = int.from_bytes(content[24:27], "little") + 1
        height = int.from_bytes(content[27:30], "little") + 1
        return Sniffed("image/webp", width, height)
    if form == b"VP8 " and len(content) >= 30:
        width, height = struct.unpack("<HH", content[26:30])
        return Sniffed("image/webp", width & 0x3FFF, height & 0x3FFF)
    if form == b"VP8L" and len(content) >= 25:
        bits = int.from_bytes(content[21:25], "little")
        return Sniffed("image/webp", (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    return None
