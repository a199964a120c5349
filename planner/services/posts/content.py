"""From a stored post to what one channel gets."""

from __future__ import annotations

from pathlib import Path

from planner.models import Media, Post
from publishers.base import Medium, OutgoingPost


def outgoing(post: Post, channel_id: int, folder: Path, *, key: str = "") -> OutgoingPost:
    """Base text and media merged with the channel's variant. ``folder`` holds the media files."""
    variant = next((v for v in post.variants if v.channel_id == channel_id), None)
    own = variant is not None and variant.own_media
    media = [m.medium for m in post.media if m.channel_id == (channel_id if own else None)]
    text = variant.text if variant is not None and variant.text is not None else post.text
    title = (variant.title if variant is not None else None) or ""
    return OutgoingPost(text, post.link, tuple(as_medium(m, folder) for m in media), key, title)


def as_medium(media: Media, folder: Path) -> Medium:
    """A stored image as an adapter takes it."""
    return Medium(folder / media.stored_as, media.mime, media.size, media.width, media.height, media.alt)
