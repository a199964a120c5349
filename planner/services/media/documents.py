"""Documents: PDF, and Word and PowerPoint as they are since 2007."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from planner.services.errors import FieldError, Invalid

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ENDINGS = {PDF: ".pdf", DOCX: ".docx", PPTX: ".pptx"}

#: Where a PDF's end mark must be found, in bytes from the end.
_TAIL = 2048
_SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")
_PAGES = re.compile(rb"<Pages>(\d{1,6})</Pages>")
#: A list of contents or of properties is a few kB; more is read of none.
_MOST_READ = 1_000_000
_MOST_PARTS = 20_000
#: Word and PowerPoint before 2007.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Document:
    """``pages`` are a presentation's slides; None where the file does not tell."""

    mime: str
    pages: int | None

    @property
    def ending(self) -> str:
        """The usual ending, with its dot."""
        return ENDINGS[self.mime]


def begins_like_one(head: bytes) -> bool:
    """Whether the first bytes are those of a document."""
    return b"%PDF-" in head or head.startswith((b"PK\x03\x04", _OLD_OFFICE))


def read(path: Path) -> Document:
    """What the file says. Raises Invalid at ``file``: ``document_cut``, ``document_unreadable``, ``document_locked``,
    ``document_empty``, ``document_old`` (before 2007), ``file_unknown`` (a ZIP of something else)."""
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith(_OLD_OFFICE):
        raise _invalid("document_old")
    return _office(path) if start.startswith(b"PK") else _pdf(path)


def _pdf(path: Path) -> Document:
    # Imported late: most processes never touch a document.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        if b"%%EOF" not in file.read():
            raise _invalid("document_cut")
        file.seek(0)
        try:
            # The open file, not its path: of a path the whole file would be read into memory.
            reader = PdfReader(file)
            locked = reader.is_encrypted and not reader.decrypt("")
            pages = 0 if locked else len(reader.pages)
        except (PyPdfError, ArithmeticError, AttributeError, LookupError, OSError, RuntimeError) as error:
            raise _invalid("document_unreadable") from error
        except (TypeError, ValueError) as error:
            raise _invalid("document_unreadable") from error
    if locked:
        raise _invalid("document_locked")
    if not pages:
        raise _invalid("document_empty")
    return Document(PDF, pages)


def _office(path: Path) -> Document:
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > _MOST_PARTS:
                raise _invalid("document_unreadable")
            kinds = _part(archive, "[Content_Types].xml")
            if b"presentationml.presentation.main+xml" in kinds:
                slides = sum(1 for name in archive.namelist() if _SLIDE.fullmatch(name))
                return _not_empty(Document(PPTX, slides))
            if b"wordprocessingml.document.main+xml" in kinds:
                found = _PAGES.search(_part(archive, "docProps/app.xml"))
                return Document(DOCX, int(found[1]) if found else None)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError) as error:
        raise _invalid("document_cut") from error
    raise _invalid("file_unknown")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of one file in the archive; empty where it is not there."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(_MOST_READ)


def _not_empty(document: Document) -> Document:
    if not document.pages:
        raise _invalid("document_empty")
    return document


def _invalid(code: str) -> Invalid:
    return Invalid(FieldError("file", code))
