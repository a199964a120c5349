"""What a network would not take of a file, and a copy of an image that it takes. The original stays as it is."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from planner.services.errors import FieldError, Invalid
from planner.services.media import images
from planner.services.media.receiving import incoming_folder
from publishers.base import KindRules, MediaKind, MediaRules, Medium

if TYPE_CHECKING:
    from PIL.Image import Image

#: JPEG's quality, tried from the best down, before pixels are given up.
_QUALITIES = (90, 84, 78, 70, 62)
_SMALLER = 0.85
_SMALLEST_EDGE = 64


class Want(StrEnum):
    """What is wrong with a file for a network, in the order in which it is mended."""

    TYPE = "type"
    RATIO = "ratio"
    PIXELS = "pixels"
    SIZE = "size"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a network does not take a file as it is, and by which rules it would take it. ``still``: its GIF would have
    to become a picture that stands still."""

    wants: tuple[Want, ...]
    rules: KindRules
    still: bool = False


def misfit(medium: Medium, rules: MediaRules) -> Misfit | None:
    """What keeps a network from taking an image, a GIF or a video; None where nothing does, or nothing can be done."""
    kind = medium.kind
    found = rules.of(kind)
    if kind is MediaKind.DOCUMENT or (kind is MediaKind.VIDEO and found is None):
        return None
    if kind is MediaKind.GIF:
        wants = _wants(medium, found) if found else (Want.TYPE,)
        image = rules.of(MediaKind.IMAGE)
        return Misfit(wants, image, still=True) if wants and image else None
    wants = _wants(medium, found) if found else ()
    return Misfit(wants, found) if wants and found else None


def _wants(medium: Medium, rules: KindRules) -> tuple[Want, ...]:
    ratio = medium.width / medium.height if medium.height else 1.0
    wrong = {
        Want.TYPE: medium.mime not in rules.mimes,
        Want.RATIO: rules.ratios is not None and not _between(ratio, rules.ratios),
        Want.PIXELS: rules.max_pixels is not None and medium.width * medium.height > rules.max_pixels,
        Want.SIZE: medium.size > rules.max_bytes,
        Want.SECONDS: rules.max_seconds is not None and (medium.seconds or 0) > rules.max_seconds,
    }
    return tuple(want for want, is_wrong in wrong.items() if is_wrong)


def _between(ratio: float, ratios: tuple[float, float]) -> bool:
    return ratios[0] <= ratio <= ratios[1]


def fitted_image(source: Path, rules: KindRules, folder: Path) -> Path:
    """A copy that ``rules`` allow: never larger than the original, nothing cut off (a wrong ratio gets a margin).

    It lies in :func:`incoming_folder`. Raises Invalid at ``media``: ``fit_impossible``.
    """
    with images.opened(source) as image:
        mime = _mime_for(str(image.format), rules)
        picture = _flat(image) if mime == "image/jpeg" else image.convert("RGBA" if _is_clear(image) else "RGB")
        return _saved(_not_above_pixels(picture, rules), mime, rules, folder)


def canvas(width: int, height: int, ratios: tuple[float, float] | None) -> tuple[int, int]:
    """The least size that holds the picture and has a ratio that is allowed."""
    if ratios is None:
        return width, height
    ratio = width / height
    if ratio < ratios[0]:
        return math.ceil(height * ratios[0]), height
    if ratio > ratios[1]:
        return width, math.ceil(width / ratios[1])
    return width, height


def _mime_for(kind: str, rules: KindRules) -> str:
    own = images.KINDS[kind][0]
    wanted = [own] if own != "image/gif" else []
    for mime in (*wanted, "image/jpeg", "image/png"):
        if mime in rules.mimes:
            return mime
    raise Invalid(FieldError("media", "fit_impossible"))


def _is_clear(image: Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _flat(image: Image) -> Image:
    """What can be seen through becomes white."""
    from PIL import Image as Pillow

    if not _is_clear(image):
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Pillow.new("RGBA", clear.size, "white")
    white.alpha_composite(clear)
    return white.convert("RGB")


def _with_margin(picture: Image, ratios: tuple[float, float] | None) -> Image:
    from PIL import Image as Pillow

    size = canvas(*picture.size, ratios)
    if size == picture.size:
        return picture
    wide = Pillow.new(picture.mode, size, "white")
    wide.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return wide


def _not_above_pixels(picture: Image, rules: KindRules) -> Image:
    """With its margin, which is added later."""
    whole = math.prod(canvas(*picture.size, rules.ratios))
    if rules.max_pixels is None or whole <= rules.max_pixels:
        return picture
    return _resized(picture, math.sqrt(rules.max_pixels / whole) * 0.999)


def _resized(picture: Image, factor: float) -> Image:
    from PIL.Image import Resampling

    size = max(1, math.floor(picture.width * factor)), max(1, math.floor(picture.height * factor))
    return picture.resize(size, Resampling.LANCZOS)


def _saved(picture: Image, mime: str, rules: KindRules, folder: Path) -> Path:
    place = incoming_folder(folder)
    place.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place)
    path = Path(name)
    with os.fdopen(handle, "wb") as file:
        for attempt, kind, options in _attempts(picture, mime, rules):
            file.seek(0)
            file.truncate()
            _with_margin(attempt, rules.ratios).save(file, kind, **options)
            if file.tell() <= rules.max_bytes:
                return path
    path.unlink()
    raise Invalid(FieldError("media", "fit_impossible"))


def _attempts(picture: Image, mime: str, rules: KindRules) -> Iterator[tuple[Image, str, dict[str, int]]]:
    """The picture in ever smaller forms: PNG as it is, then with less quality where the type has that, then with fewer
    pixels."""
    if mime == "image/png":
        yield picture, "PNG", {}
        mime = "image/jpeg" if "image/jpeg" in rules.mimes else mime
    kind = {"image/jpeg": "JPEG", "image/webp": "WEBP", "image/png": "PNG"}[mime]
    picture = _flat(picture) if kind == "JPEG" else picture
    while max(picture.size) >= _SMALLEST_EDGE:
        for quality in _QUALITIES if kind != "PNG" else (0,):
            yield picture, kind, {"quality": quality} if quality else {}
        picture = _resized(picture, _SMALLER)
