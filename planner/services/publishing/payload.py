"""What exactly goes out: frozen at the claim, so that nothing changes between the check and the call."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from planner.domain import fingerprint
from planner.models import Post
from planner.services.posts.content import outgoing
from publishers.base import Medium, Network, OutgoingPost

_SHA256 = re.compile(r"[0-9a-f]{64}")


class MediaLost(Exception):
    """An image's file is gone or is no longer the one that was frozen. ``code`` names which."""

    def __init__(self, code: str, filename: str) -> None:
        super().__init__(f"{code}: {filename}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Payload:
    """A frozen post. ``expected`` is its text as the network will list it; ``checksums`` are SHA-256, in the order of
    the media."""

    post: OutgoingPost
    expected: str
    checksums: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The digest by which the post is recognised among the network's."""
        return fingerprint.digest(self.expected)

    def as_json(self) -> dict[str, Any]:
        """What the delivery's row keeps: files by name, so that the media folder may move."""
        return {
            "text": self.post.text,
            "link": self.post.link,
            "key": self.post.key,
            "title": self.post.title,
            "expected": self.expected,
            "media": [
                {
                    "file": medium.path.name,
                    "sha256": checksum,
                    "mime": medium.mime,
                    "size": medium.size,
                    "width": medium.width,
                    "height": medium.height,
                    "alt": medium.alt,
                }
                for medium, checksum in zip(self.post.media, self.checksums, strict=True)
            ],
        }


def freeze(network: Network, post: Post, channel_id: int, key: str, folder: Path) -> Payload:
    """The post as this channel gets it. Our media files are named by their content: no byte need be read here."""
    merged = outgoing(post, channel_id, folder, network, key=key)
    checksums = tuple(_frozen_checksum(medium.path) for medium in merged.media)
    return Payload(merged, network.expected_text(merged), checksums)


def thaw(data: dict[str, Any], folder: Path) -> Payload:
    """A payload out of a delivery's row."""
    media = tuple(
        Medium(folder / m["file"], m["mime"], m["size"], m["width"], m["height"], m["alt"]) for m in data["media"]
    )
    post = OutgoingPost(text=data["text"], link=data["link"], media=media, key=data["key"], title=data.get("title", ""))
    return Payload(post, data["expected"], tuple(m["sha256"] for m in data["media"]))


def delivery_key(delivery_id: int, created_at: datetime) -> str:
    """A name for the delivery that no other instance has, the same for all its attempts."""
    return hashlib.sha256(f"{delivery_id} {created_at.isoformat()}".encode()).hexdigest()[:32]


def check_media(payload: Payload) -> None:
    """Raises MediaLost where an image is not what was frozen."""
    for medium, checksum in zip(payload.post.media, payload.checksums, strict=True):
        try:
            found = _checksum(medium.path)
        except OSError as error:
            raise MediaLost("media_missing", medium.path.name) from error
        if found != checksum:
            raise MediaLost("media_changed", medium.path.name)


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
