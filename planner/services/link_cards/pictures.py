"""The picture that a page names for its card: shown small while somebody writes, stored only when it is kept."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from planner.models import Media
from planner.security import fetching
from planner.security.outgoing import OutgoingError
from planner.services import media
from planner.services.actor import Actor
from planner.services.errors import Invalid
from planner.services.link_cards.unreadable import USER_AGENT, Unreadable
from planner.services.media import Incoming, fitting, images
from planner.services.media.receiving import received, take
from publishers import registry
from publishers.base import KindRules, MediaKind, Medium

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Seconds for a picture, and its most bytes; what networks take less of is made smaller.
SECONDS = 5.0
MOST_BYTES = 20_000_000
_EDGE = 600
_ACCEPTED = "image/jpeg,image/png,image/webp;q=0.9,image/gif;q=0.5"


@dataclass(frozen=True, slots=True)
class Shown:
    """``url`` is where the picture lies, ``thumbnail`` a small WebP of it."""

    url: str
    thumbnail: bytes

    @property
    def data_url(self) -> str:
        """As a page shows it, without asking anyone."""
        return "data:image/webp;base64," + base64.b64encode(self.thumbnail).decode()


def shown_picture(platform: Platform, url: str) -> Shown:
    """Fetch a picture to show it; nothing of it stays. Raises Unreadable ``card_picture_unreadable``."""
    with _fetched(platform, url) as incoming, images.opened(incoming.path) as image:
        image.thumbnail((_EDGE, _EDGE))
        small = io.BytesIO()
        image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB").save(small, "WEBP", quality=80)
    return Shown(url, small.getvalue())


def keep_picture(platform: Platform, actor: Actor, url: str, alt: str = "", *, now: datetime) -> Media:
    """Fetch a picture and take it into the media library, as a card takes it. Raises Unreadable, Forbidden."""
    folder = platform.settings.media_folder
    with _fetched(platform, url) as fetched, _fitted(fetched, folder) as incoming, platform.database.write() as session:
        name = _name(url) + incoming.facts.ending
        return media.keep(session, actor, incoming, name, now=now, folder=folder, alt=alt)


@contextmanager
def _fetched(platform: Platform, url: str) -> Iterator[Incoming]:
    """Beside the media, looked into, and gone afterwards."""
    settings = platform.settings
    limit = min(MOST_BYTES, settings.max_upload_bytes)
    headers = {"User-Agent": USER_AGENT, "Accept": _ACCEPTED}
    try:
        found = fetching.get(url, headers, limit=limit, seconds=SECONDS, private=settings.link_private_addresses)
    except OutgoingError:
        raise _unreadable() from None
    if found.status != 200 or not found.whole:
        raise _unreadable()
    try:
        with received(io.BytesIO(found.content), settings.media_folder, limit) as incoming:
            if not incoming.facts.mime.startswith("image/"):
                raise _unreadable()
            yield incoming
    except Invalid:
        raise _unreadable() from None


@contextmanager
def _fitted(incoming: Incoming, folder: Path) -> Iterator[Incoming]:
    """As it is, or a copy that every network takes whose cards have a picture of ours."""
    facts = incoming.facts
    medium = Medium(incoming.path, facts.mime, incoming.size, facts.width, facts.height)
    rules = _rules()
    # A card shows one still picture: a GIF becomes one, too.
    if rules is None or (
        medium.mime in rules.mimes and medium.size <= rules.max_bytes and _has_few_pixels(medium, rules)
    ):
        yield incoming
        return
    copy = take(fitting.fitted_image(incoming.path, rules, folder))
    try:
        yield copy
    finally:
        media.discard(copy)


def _rules() -> KindRules | None:
    """The strictest of the networks with such cards."""
    found = [n.media_rules.of(MediaKind.IMAGE) for n in registry.networks().values() if n.content_rules.card]
    return min((one for one in found if one is not None), key=lambda one: one.max_bytes, default=None)


def _has_few_pixels(medium: Medium, rules: KindRules) -> bool:
    return rules.max_pixels is None or medium.width * medium.height <= rules.max_pixels


def _name(url: str) -> str:
    """The host and the file's own name, without its ending."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').removeprefix('www.')} {Path(unquote(parts.path)).stem}".strip()[:200]


def _unreadable() -> Unreadable:
    return Unreadable("card_picture_unreadable")
