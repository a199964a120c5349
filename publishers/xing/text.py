"""XING's rules for text. A link is shared beside its text."""

from __future__ import annotations

from publishers.base import MediaRules, OutgoingPost, Problem, TextRules
from publishers.checks import media_problems, text_problems
from publishers.text import normalised, plain_length

TEXT_RULES = TextRules(limit=420)  # of a status message in the partner API (not confirmed by XING)
MEDIA_RULES = MediaRules(max_images=1, mimes=("image/jpeg", "image/png"), max_bytes=5_000_000)


def compose(post: OutgoingPost) -> str:
    return normalised(post.text)


def length(post: OutgoingPost) -> int:
    return plain_length(compose(post))


def expected_text(post: OutgoingPost) -> str:
    return compose(post)


def check(post: OutgoingPost) -> list[Problem]:
    return text_problems(post, length(post), TEXT_RULES) + media_problems(post, MEDIA_RULES)


def check_connection(post: OutgoingPost) -> list[Problem]:
    """The partner API takes no images; a person can attach one."""
    return [Problem("media", "images_unsupported")] if post.media else []
