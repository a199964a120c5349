"""Media as rows: stored once, described, looked up."""

from __future__ import annotations

import io
import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import Media
from planner.services.actor import Actor
from planner.services.errors import NotFound
from planner.services.media.receiving import Incoming, received

MAX_ALT = 1000
MAX_TITLE = 200


def add(
    session: Session, actor: Actor, data: bytes, filename: str, *, now: datetime, folder: Path, alt: str = ""
) -> Media:
    """Store a small file that is in memory already. Raises Forbidden, and Invalid at ``file``."""
    actor.require(Permission.EDIT)
    with received(io.BytesIO(data), folder, len(data)) as incoming:
        return keep(session, actor, incoming, filename, now=now, folder=folder, alt=alt)


def keep(
    session: Session,
    actor: Actor,
    incoming: Incoming,
    filename: str,
    *,
    now: datetime,
    folder: Path,
    alt: str = "",
    title: str = "",
) -> Media:
    """Store a file that was received. Raises Forbidden."""
    actor.require(Permission.EDIT)
    _put(incoming, folder)
    facts = incoming.facts
    media = Media(
        workspace_id=actor.workspace_id,
        filename=Path(filename).name[:255] or "file" + facts.ending,
        stored_as=incoming.stored_as,
        mime=facts.mime,
        size=incoming.size,
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
        pages=facts.pages,
        alt=alt.strip()[:MAX_ALT],
        title=title.strip()[:MAX_TITLE] or None,
        created_by_id=actor.user_id,
        created_at=now,
    )
    session.add(media)
    session.flush()
    return media


def get(session: Session, workspace_id: int, media_id: int) -> Media:
    """A stored file. Raises NotFound."""
    media = session.scalar(select(Media).where(Media.id == media_id, Media.workspace_id == workspace_id))
    if media is None:
        raise NotFound("not_found")
    return media


def describe(session: Session, actor: Actor, media_id: int, alt: str | None = None, title: str | None = None) -> Media:
    """Set the alternative text, the title, or both. Raises NotFound, Forbidden."""
    actor.require(Permission.EDIT)
    media = get(session, actor.workspace_id, media_id)
    media.alt = media.alt if alt is None else alt.strip()[:MAX_ALT]
    media.title = media.title if title is None else title.strip()[:MAX_TITLE] or None
    return media


def _put(incoming: Incoming, folder: Path) -> None:
    """Whole or not at all: the file lies on the same disk already, and only gets its name."""
    target = folder / incoming.stored_as
    if target.exists():
        return
    with incoming.path.open("rb") as file:
        os.fsync(file.fileno())
    incoming.path.replace(target)
