"""XING's rules for text. A link is shared beside its text."""

from __future__ import annotations

from publishers.base import ContentRules, MediaKind, MediaRules, OutgoingPost, Problem, TextRules
from publishers.checks import Checker
from publishers.text import normalised, plain_length

TEXT_RULES = TextRules(limit=420)  # of a status message in the partner API (not confirmed by XING)
MEDIA_RULES = MediaRules(max_images=1, mimes=("image/jpeg", "image/png"), max_bytes=5_000_000)

CONTENT_RULES = ContentRules(
    first_comment=600,  # comments of the partner API (the figure is not confirmed by XING)
    reads_page=True,
)


def compose(post: OutgoingPost) -> str:
    return normalised(post.text)


def length(post: OutgoingPost) -> int:
    return plain_length(compose(post))


def expected_text(post: OutgoingPost) -> str:
    return compose(post)


check = Checker(TEXT_RULES, MEDIA_RULES, CONTENT_RULES, length)


def check_connection(post: OutgoingPost) -> list[Problem]:
    """The partner API takes no images; a person can attach one. Other kinds are no matter of the connection."""
    has_images = any(medium.kind is MediaKind.IMAGE for medium in post.media)
    return [Problem("media", "images_unsupported")] if has_images else []
