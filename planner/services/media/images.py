"""Images: read, measured, turned upright. One at a time is unpacked, so that many uploads cannot fill the memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.services.errors import FieldError, Invalid

if TYPE_CHECKING:
    from PIL.Image import Image

#: Pillow's name of a format to its media type and file ending.
KINDS = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
}
#: An unpacked image takes three or four bytes a pixel.
MAX_PIXELS = 60_000_000
_unpacking = threading.Lock()


@dataclass(frozen=True, slots=True)
class Measured:
    """An image as it is stored, in pixels."""

    mime: str
    ending: str
    width: int
    height: int


def read(path: Path) -> Measured:
    """Look at an image as a whole; a photo is turned upright in place.

    Raises Invalid at ``file``: ``file_unknown``, ``image_cut``, ``image_dimensions`` (``limit``).
    """
    with opened(path) as image:
        kind, size = str(image.format), image.size
        upright = kind == "JPEG" and bool(image.getexif())
        if upright:
            size = _turn_upright(image, path)
    mime, ending = KINDS[kind]
    return Measured(mime, ending, *size)


@contextmanager
def opened(path: Path) -> Iterator[Image]:
    """An image, unpacked. Too many pixels are refused before anything is unpacked. Raises as :func:`read`."""
    # Imported late: most processes never touch an image, and Pillow takes 4 MB.
    from PIL import Image as Pillow, UnidentifiedImageError

    with _unpacking:
        try:
            image = Pillow.open(path, formats=list(KINDS))
        except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
            raise _too_many_pixels() from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise Invalid(FieldError("file", "file_unknown")) from error
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            try:
                image.load()
            except (OSError, ValueError, SyntaxError, EOFError, Pillow.DecompressionBombError) as error:
                raise Invalid(FieldError("file", "image_cut")) from error
            yield image


def _turn_upright(image: Image, path: Path) -> tuple[int, int]:
    """Phones store which way is up, and where the picture was taken: the first is applied, both are dropped."""
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.save(path, "JPEG", quality=92, icc_profile=image.info.get("icc_profile"))
    return upright.size


def _too_many_pixels() -> Invalid:
    return Invalid(FieldError("file", "image_dimensions", {"limit": MAX_PIXELS}))
