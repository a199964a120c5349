"""Images: read, measured, cleaned and stored once."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Media
from planner.services.actor import Actor
from planner.services.errors import NotFound, Problems

#: Pillow's name of a format to its media type and file ending.
KINDS = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
}
MAX_PIXELS = 60_000_000
THUMBNAIL_EDGE = 640


def add(
    session: Session, actor: Actor, data: bytes, filename: str, *, now: datetime, folder: Path, alt: str = ""
) -> Media:
    """Store an uploaded image. What it is comes from its bytes, never from its name.

    Raises Forbidden, and Invalid at ``file`` (``image_empty``, ``image_unreadable``, ``image_dimensions``).
    """
    actor.require(Permission.EDIT)
    kind, size = _inspect(data)
    mime, ending = KINDS[kind]
    if kind == "JPEG":
        data, size = _upright_without_position(data)
    stored_as = hashlib.sha256(data).hexdigest() + ending
    _write(folder / stored_as, data)
    media = Media(
        workspace_id=actor.workspace_id,
        filename=Path(filename).name[:255] or "image" + ending,
        stored_as=stored_as,
        mime=mime,
        size=len(data),
        width=size[0],
        height=size[1],
        alt=alt.strip()[:1000],
        created_by_id=actor.user_id,
        created_at=now,
    )
    session.add(media)
    session.flush()
    return media


def get(session: Session, workspace_id: int, media_id: int) -> Media:
    """A stored image. Raises NotFound."""
    media = session.scalar(select(Media).where(Media.id == media_id, Media.workspace_id == workspace_id))
    if media is None:
        raise NotFound("not_found")
    return media


def describe(session: Session, actor: Actor, media_id: int, alt: str) -> Media:
    """Set the alternative text. Raises NotFound, Forbidden."""
    actor.require(Permission.EDIT)
    media = get(session, actor.workspace_id, media_id)
    media.alt = alt.strip()[:1000]
    return media


def thumbnail(media: Media, folder: Path) -> Path:
    """A small JPEG or PNG of the image, made at first use. Raises FileNotFoundError where the file is gone."""
    from PIL import Image

    small = folder / "small" / (Path(media.stored_as).stem + ".webp")
    if not small.exists():
        with Image.open(folder / media.stored_as) as image:
            image.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
            buffer = io.BytesIO()
            image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB").save(buffer, "WEBP", quality=82)
        _write(small, buffer.getvalue())
    return small


def _inspect(data: bytes) -> tuple[str, tuple[int, int]]:
    # Imported late: most processes never touch an image, and Pillow takes 4 MB.
    from PIL import Image, UnidentifiedImageError

    problems = Problems()
    if not data:
        problems.add("file", "image_empty")
        problems.raise_any()
    try:
        with Image.open(io.BytesIO(data), formats=list(KINDS)) as image:
            kind, size = str(image.format), image.size
            if size[0] * size[1] > MAX_PIXELS:
                problems.add("file", "image_dimensions", limit=MAX_PIXELS)
                problems.raise_any()
            image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        problems.add("file", "image_unreadable")
        problems.raise_any()
    return kind, size


def _upright_without_position(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """Phones store which way is up, and where the picture was taken: the first is applied, both are dropped."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data)) as image:
        if not image.getexif():
            return data, image.size
        upright = ImageOps.exif_transpose(image)
        buffer = io.BytesIO()
        upright.convert("RGB").save(buffer, "JPEG", quality=92, icc_profile=image.info.get("icc_profile"))
        return buffer.getvalue(), upright.size


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: a crash leaves no half image under its name."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
