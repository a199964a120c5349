"""What exactly goes out: frozen at the claim, so that nothing changes between the check and the call.

A post is frozen with all that follows it, so that what is under it is what a lead approved.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from planner.domain import fingerprint
from planner.models import Post
from planner.services.posts.content import outgoing
from publishers.base import FollowUp, MediaKind, Medium, Mention, Network, OutgoingPost, Poll, ThreadPart, Under
from publishers.outgoing import follow_ups

_SHA256 = re.compile(r"[0-9a-f]{64}")


class MediaLost(Exception):
    """A medium's file is gone or is no longer the one that was frozen. ``code`` names which."""

    def __init__(self, code: str, filename: str) -> None:
        super().__init__(f"{code}: {filename}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Payload:
    """A frozen post. ``expected`` is its text as the network will list it; ``checksums`` are SHA-256 by the names of
    its files and of those that follow."""

    post: OutgoingPost
    expected: str
    checksums: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """The digest by which the post is recognised among the network's."""
        return fingerprint.digest(self.expected)

    @property
    def takes_long(self) -> bool:
        """Whether bringing its media to the network may take minutes."""
        return any(medium.kind is MediaKind.VIDEO for medium in self.post.media)

    @property
    def files(self) -> tuple[Medium, ...]:
        """Its media, the picture of its link's card, and the media of what follows."""
        card = (self.post.card,) if self.post.card else ()
        return (*self.post.media, *card, *(medium for part in self.post.thread for medium in part.media))

    def as_json(self) -> dict[str, Any]:
        """What the delivery's row keeps: files by name, so that the media folder may move."""
        post = self.post
        return {
            "text": post.text,
            "link": post.link,
            "key": post.key,
            "title": post.title,
            "expected": self.expected,
            "media": self._media(post.media),
            "poll": post.poll
            and {"question": post.poll.question, "options": post.poll.options, "hours": post.poll.hours},
            "mentions": [{"name": mention.name, "remote_id": mention.remote_id} for mention in post.mentions],
            "languages": post.languages,
            "thread": [{"text": part.text, "media": self._media(part.media)} for part in post.thread],
            "first_comment": post.first_comment,
            "card": self._media([post.card]) if post.card else [],
            "card_title": post.card_title,
            "card_description": post.card_description,
            "under": post.under and under_as_json(post.under),
        }

    def _media(self, media: Iterable[Medium]) -> list[dict[str, Any]]:
        return [
            {
                "file": medium.path.name,
                "sha256": self.checksums.get(medium.path.name, ""),
                "mime": medium.mime,
                "size": medium.size,
                "width": medium.width,
                "height": medium.height,
                "alt": medium.alt,
                "seconds": medium.seconds,
                "pages": medium.pages,
                "title": medium.title,
            }
            for medium in media
        ]


def freeze(network: Network, post: Post, channel_id: int, key: str, folder: Path) -> Payload:
    """The post as this channel gets it. Our media files are named by their content: no byte need be read here."""
    merged = outgoing(post, channel_id, folder, network, key=key)
    found = Payload(merged, network.expected_text(merged), {})
    return replace(found, checksums={medium.path.name: _frozen_checksum(medium.path) for medium in found.files})


def freeze_step(network: Network, whole: Payload, step: int, under: Under) -> Payload:
    """What follows a frozen post at ``step`` (from 1), under what is live already."""
    _kind, post = follow_ups(whole.post)[step - 1]
    placed = replace(post, under=under)
    return Payload(placed, network.expected_text(placed), whole.checksums)


def kinds_of_steps(payload: Mapping[str, Any] | None) -> list[FollowUp]:
    """How each thing that follows stands under a post that is kept as ``payload``, in order."""
    return [kind for kind, _post in follow_ups(thaw(payload, Path()).post)] if payload else []


def thaw(data: Mapping[str, Any], folder: Path) -> Payload:
    """A payload out of a delivery's row; one from before there were videos, polls or threads has none."""
    thread = data.get("thread") or ()
    post = OutgoingPost(
        text=data["text"],
        link=data["link"],
        media=_thawed(data["media"], folder),
        key=data["key"],
        title=data.get("title", ""),
        poll=_poll(data.get("poll")),
        mentions=tuple(Mention(m["name"], m["remote_id"]) for m in data.get("mentions") or ()),
        languages=tuple(data.get("languages") or ()),
        thread=tuple(ThreadPart(part["text"], _thawed(part["media"], folder)) for part in thread),
        first_comment=data.get("first_comment") or "",
        under=under_of(data),
        card=next(iter(_thawed(data.get("card") or (), folder)), None),
        card_title=data.get("card_title") or "",
        card_description=data.get("card_description") or "",
    )
    kept = [*data["media"], *(data.get("card") or ()), *(medium for part in thread for medium in part["media"])]
    return Payload(post, data["expected"], {medium["file"]: medium["sha256"] for medium in kept})


def under_of(data: Mapping[str, Any] | None) -> Under | None:
    """Where something goes that is kept as ``data``; None for a post itself."""
    under = (data or {}).get("under")
    return Under(FollowUp(under["kind"]), under["root_id"], under["parent_id"]) if under else None


def under_as_json(under: Under) -> dict[str, str]:
    """As :func:`under_of` reads it."""
    return {"kind": under.kind.value, "root_id": under.root_id, "parent_id": under.parent_id}


def delivery_key(delivery_id: int, created_at: datetime) -> str:
    """A name for the delivery that no other instance has, the same for all its attempts."""
    return hashlib.sha256(f"{delivery_id} {created_at.isoformat()}".encode()).hexdigest()[:32]


def check_media(payload: Payload) -> None:
    """Raises MediaLost where a file is not what was frozen, be it of the post or of what follows: a thread is not begun
    that cannot be ended."""
    for medium in payload.files:
        try:
            found = _checksum(medium.path)
        except OSError as error:
            raise MediaLost("media_missing", medium.path.name) from error
        if found != payload.checksums.get(medium.path.name):
            raise MediaLost("media_changed", medium.path.name)


def _thawed(media: Iterable[Mapping[str, Any]], folder: Path) -> tuple[Medium, ...]:
    return tuple(
        Medium(
            folder / m["file"],
            m["mime"],
            m["size"],
            m["width"],
            m["height"],
            m["alt"],
            seconds=m.get("seconds"),
            pages=m.get("pages"),
            title=m.get("title") or "",
        )
        for m in media
    )


def _poll(data: Mapping[str, Any] | None) -> Poll | None:
    return Poll(tuple(data["options"]), data["hours"], data["question"]) if data else None


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _frozen_checksum(path: Path) -> str:
    if _SHA256.fullmatch(path.stem):
        return path.stem
    try:
        return _checksum(path)
    except OSError:
        return ""
