"""What a file is, read from its bytes and never from its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.services.errors import FieldError, Invalid
from planner.services.media import documents, images, mp4

#: Sizes in bytes. A video may be as large as the setting for uploads allows.
MAX_IMAGE_BYTES = 50_000_000
MAX_DOCUMENT_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Facts:
    """Width and height in pixels as it is shown (0 for a document), ``seconds`` of a video, ``pages`` of a document;
    None where the file does not tell. ``ending`` is the usual one, with its dot."""

    mime: str
    ending: str
    width: int = 0
    height: int = 0
    seconds: float | None = None
    pages: int | None = None


def inspect(path: Path) -> Facts:
    """Look into a file of any kind that is taken. A photo is turned upright in place, and forgets where it was taken.

    Raises Invalid at ``file``: ``file_empty``, ``file_unknown``, ``file_too_large`` (``limit``, MB), and what
    :mod:`images`, :mod:`mp4` and :mod:`documents` say.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise Invalid(FieldError("file", "file_empty"))
    if mp4.begins_like_one(head):
        video = mp4.read(path)
        return Facts(video.mime, video.ending, video.width, video.height, video.seconds)
    if documents.begins_like_one(head):
        _not_above(path, MAX_DOCUMENT_BYTES)
        document = documents.read(path)
        return Facts(document.mime, document.ending, pages=document.pages)
    _not_above(path, MAX_IMAGE_BYTES)
    image = images.read(path)
    return Facts(image.mime, image.ending, image.width, image.height)


def _not_above(path: Path, limit: int) -> None:
    if path.stat().st_size > limit:
        raise Invalid(FieldError("file", "file_too_large", {"limit": limit // 1_000_000}))
