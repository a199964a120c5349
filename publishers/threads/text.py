"""Threads' rules. A post is a text, with pictures and videos if wanted; a link travels in the text.

https://developers.facebook.com/docs/threads/overview (text of 500 characters; JPEG or PNG of 8 MB, up to 10:1; video
of 5 minutes and 1 GB; up to 20 of them in one post).
"""

from __future__ import annotations

from publishers.base import ContentRules, KindRules, MediaRules, TextRules

TEXT_RULES = TextRules(limit=500, link_in_text=True)
MEDIA_RULES = MediaRules(
    max_images=20,
    mimes=("image/jpeg", "image/png"),
    max_bytes=8_000_000,
    ratios=(1 / 10, 10),
    video=KindRules(
        ("video/mp4", "video/quicktime"), 20, max_bytes=1_000_000_000, max_seconds=300, ratios=(1 / 100, 10)
    ),
    mixed=True,
)
CONTENT_RULES = ContentRules(max_thread=20, reads_page=True)
