"""Files of each kind, made by hand: as small as they can be, and as long or large as a test says that they are."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from publishers.base import Medium
from tests.publishers.accounts import png

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def mp4(seconds: float = 12.0, width: int = 1280, height: int = 720, size: int = 0) -> bytes:
    """An MP4 with the headers of a film and, up to ``size`` bytes, nothing to see."""
    header = struct.pack(">IIIII", 0, 0, 0, 1000, round(seconds * 1000)) + bytes(80)
    track = struct.pack(">I", 7) + bytes(72) + struct.pack(">II", width << 16, height << 16)
    head = _box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
    head += _box(b"moov", _box(b"mvhd", header) + _box(b"trak", _box(b"tkhd", track)))
    return head + _box(b"mdat", bytes(max(0, size - len(head) - 8)))


def gif(width: int = 8, height: int = 8) -> bytes:
    frame = b"\x2c\0\0\0\0" + struct.pack("<HH", width, height) + b"\0\2\2\x44\1\0"
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff" + frame * 2 + b"\x3b"


def pdf(pages: int = 2) -> bytes:
    return b"%PDF-1.7\n" + b"<< /Type /Pages /Kids [] >>\n" + b"<< /Type /Page >>\n" * pages + b"%%EOF\n"


def docx() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return packed.getvalue()


def medium(folder: Path, name: str, content: bytes, mime: str, **facts: object) -> Medium:
    """A file in ``folder`` as it goes out."""
    path = folder / name
    path.write_bytes(content)
    size = {"width": 1280, "height": 720} | {k: v for k, v in facts.items() if k in ("width", "height")}
    more = {k: v for k, v in facts.items() if k not in ("width", "height")}
    return Medium(path, mime, len(content), **size, **more)  # type: ignore[arg-type]


def film(folder: Path, seconds: float = 12.0, size: int = 100_000, title: str = "", alt: str = "") -> Medium:
    return medium(folder, "film.mp4", mp4(seconds, size=size), "video/mp4", seconds=seconds, title=title, alt=alt)


def animation(folder: Path, alt: str = "") -> Medium:
    return medium(folder, "bewegt.gif", gif(), "image/gif", width=8, height=8, alt=alt)


def document(folder: Path, pages: int = 2, title: str = "") -> Medium:
    return medium(folder, "datenblatt.pdf", pdf(pages), "application/pdf", width=0, height=0, pages=pages, title=title)


def picture(folder: Path, name: str = "bild.png", width: int = 8, height: int = 8) -> Medium:
    return medium(folder, name, png(width, height), "image/png", width=width, height=height)
