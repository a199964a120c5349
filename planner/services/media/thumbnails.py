"""Small pictures of media, made at first use."""

from __future__ import annotations

import tempfile
from pathlib import Path

from planner.models import Media
from planner.services.media import ffmpeg, images
from publishers.base import MediaKind
from publishers.outgoing import kind_of

EDGE = 640


def can_show(media: Media, program: str | None) -> bool:
    """Whether there is a picture to show: of a video only where FFmpeg (``program``) is installed, of a document
    never."""
    kind = kind_of(media.mime)
    return kind in (MediaKind.IMAGE, MediaKind.GIF) or (kind is MediaKind.VIDEO and program is not None)


def thumbnail(media: Media, folder: Path, program: str | None = None) -> Path:
    """A small WebP of an image, or of a video's first second. Raises FileNotFoundError where there is none."""
    small = folder / "small" / (Path(media.stored_as).stem + ".webp")
    if small.exists():
        return small
    source = folder / media.stored_as
    if not source.is_file() or not can_show(media, program):
        raise FileNotFoundError(small)
    small.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=small.parent) as made:
        unfinished = Path(made, "small.webp")
        if kind_of(media.mime) is MediaKind.VIDEO:
            _of_video(source, unfinished, program or "")
        else:
            _of_image(source, unfinished)
        unfinished.replace(small)
    return small


def _of_image(source: Path, target: Path) -> None:
    with images.opened(source) as image:
        image.thumbnail((EDGE, EDGE))
        image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB").save(target, "WEBP", quality=82)


def _of_video(source: Path, target: Path, program: str) -> None:
    """By way of PNG: not every FFmpeg writes WebP."""
    picture = target.with_suffix(".png")
    try:
        ffmpeg.still(program, source, picture, EDGE)
    except ffmpeg.Failed as error:
        raise FileNotFoundError(source) from error
    _of_image(picture, target)
