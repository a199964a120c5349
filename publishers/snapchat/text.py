"""Snapchat's rules. A Snap is one picture or video; a Spotlight has a description with its hashtags.

Text: at most 160 characters. Media: one file, JPEG or PNG of 20 MB, or MP4 of 5 to 60 seconds and 500 MB
(https://developers.snap.com/api/marketing-api/Public-Profile-API/; not confirmed for people who post in the app).
"""

from __future__ import annotations

from publishers.base import ContentRules, KindRules, MediaRules, OutgoingPost, TextRules
from publishers.checks import Checker
from publishers.text import normalised, plain_length

TEXT_RULES = TextRules(limit=160, link_works=False)
MEDIA_RULES = MediaRules(
    max_images=1,
    mimes=("image/jpeg", "image/png"),
    max_bytes=20_000_000,
    video=KindRules(("video/mp4",), max_bytes=500_000_000, min_seconds=5, max_seconds=60),
    required=True,
)
CONTENT_RULES = ContentRules()


def expected_text(post: OutgoingPost) -> str:
    return normalised(post.text)


def length(post: OutgoingPost) -> int:
    return plain_length(expected_text(post))


check = Checker(TEXT_RULES, MEDIA_RULES, CONTENT_RULES, length)
