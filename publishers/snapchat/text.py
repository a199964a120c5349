"""Snapchat's rules. A Snap is one picture or video; a Spotlight has a description with its hashtags.

Text: at most 160 characters. Media: one file, JPEG or PNG of 20 MB, or MP4 of 5 to 60 seconds and 500 MB
(https://developers.snap.com/api/marketing-api/Public-Profile-API/; not confirmed for people who post in the app).
"""

from __future__ import annotations

from publishers.base import KindRules, MediaRules, TextRules

TEXT_RULES = TextRules(limit=160, link_works=False)
MEDIA_RULES = MediaRules(
    max_images=1,
    mimes=("image/jpeg", "image/png"),
    max_bytes=20_000_000,
    video=KindRules(("video/mp4",), max_bytes=500_000_000, min_seconds=5, max_seconds=60),
    required=True,
)
