"""A Page post's text. A link is a field of its own, unless images are attached: Graph takes one or the other."""

from __future__ import annotations

from typing import Any

from publishers import reading
from publishers.base import MediaRules, OutgoingPost, Problem, TextRules
from publishers.checks import media_problems, text_problems
from publishers.text import normalised, plain_length, with_link

TEXT_RULES = TextRules(limit=63_206, link_in_text_with_media=True)
MEDIA_RULES = MediaRules(
    # Graph API, Page photos: up to 10 MB; up to 10 in one post (third-party experience)
    max_images=10,
    mimes=("image/jpeg", "image/png", "image/gif", "image/webp"),
    max_bytes=10_000_000,
)


def compose(post: OutgoingPost) -> str:
    """The message that is sent."""
    text = normalised(post.text)
    return with_link(text, post.link) if post.media else text


def length(post: OutgoingPost) -> int:
    return plain_length(compose(post))


def expected_text(post: OutgoingPost) -> str:
    return compose(post)


def check(post: OutgoingPost) -> list[Problem]:
    return text_problems(post, length(post), TEXT_RULES) + media_problems(post, MEDIA_RULES)


def listed_media(post: dict[str, Any]) -> int | None:
    """How many images or films a listed post shows. None where the listing has no attachments: it has none for a
    post without, and none where the token may not see them."""
    attachments = reading.child(post, "attachments", "data")
    if not isinstance(attachments, list):
        return None
    return sum(_media_in(a) for a in reading.items(attachments))


def listed_links(post: dict[str, Any]) -> tuple[str, ...]:
    """The addresses that a listed post shares, without Facebook's redirect around them."""
    attachments = reading.items(reading.child(post, "attachments", "data"))
    found = (reading.text(a.get("unshimmed_url")) for a in attachments if not _media_in(a))
    return tuple(link for link in found if link)


def _media_in(attachment: dict[str, Any]) -> int:
    kind = reading.text(attachment.get("media_type"))
    if kind == "album":
        return len(reading.items(reading.child(attachment, "subattachments", "data"))) or 1
    return 1 if kind in ("photo", "video") else 0
