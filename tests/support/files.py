"""Small real files of each kind that is taken, made as they are needed."""

from __future__ import annotations

import io
import struct
import zipfile

from pypdf import PdfWriter

from planner.services.media.documents import DOCX, PPTX

_MAIN = {DOCX: "word/document.xml", PPTX: "ppt/presentation.xml"}


def video(
    seconds: float = 42.0,
    size: tuple[int, int] = (1280, 720),
    *,
    codec: bytes = b"avc1",
    brand: bytes = b"isom",
    turned: bool = False,
    data: int = 64,
) -> bytes:
    """An MP4 with a head, a list of one track of pictures and one of sound, and ``data`` bytes that mean nothing."""
    movie = box(b"mvhd", struct.pack(">4xIIII80x", 0, 0, 1000, round(seconds * 1000)))
    picture = _track(b"vide", codec, size, turned=turned)
    return b"".join(
        (
            box(b"ftyp", brand + b"\0\0\2\0" + brand),
            box(b"moov", movie + picture + _track(b"soun", b"mp4a", (0, 0))),
            box(b"mdat", b"\0" * data),
        )
    )


def box(kind: bytes, content: bytes) -> bytes:
    """A box as MP4 files are made of."""
    return struct.pack(">I", len(content) + 8) + kind + content


def pdf(pages: int = 3, *, password: str = "") -> bytes:
    """A PDF of empty pages."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def office(mime: str = PPTX, pages: int = 4) -> bytes:
    """A Word or PowerPoint file as far as anybody looks into it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{mime}.main+xml"/></Types>')
        archive.writestr(_MAIN[mime], "<x/>")
        archive.writestr("docProps/app.xml", f"<Properties><Pages>{pages}</Pages></Properties>")
        if mime == PPTX:
            for number in range(1, pages + 1):
                archive.writestr(f"ppt/slides/slide{number}.xml", "<x/>")
    return buffer.getvalue()


def _track(kind: bytes, codec: bytes, size: tuple[int, int], *, turned: bool = False) -> bytes:
    upright = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000) if turned else upright
    head = struct.pack(">4x36x9iII", *matrix, size[0] << 16, size[1] << 16)
    samples = box(b"stsd", struct.pack(">4xI", 1) + box(codec, b"\0" * 70))
    media = box(b"hdlr", struct.pack(">8x4s13x", kind)) + box(b"minf", box(b"stbl", samples))
    return box(b"trak", box(b"tkhd", head) + box(b"mdia", media))
