"""YouTube's rules. A post is one video with a title and a description; links in the description can be followed.

Text: https://developers.google.com/youtube/v3/docs/videos (``snippet.title`` of at most 100 characters,
``snippet.description`` of 5,000 bytes; both without ``<`` and ``>``). Video: https://support.google.com/youtube/answer/71673
(256 GB or 12 hours). A description with more than 60 hashtags loses all of them
(https://support.google.com/youtube/answer/6390658).
"""

from __future__ import annotations

from publishers.base import ContentRules, KindRules, MediaRules, TextRules

TEXT_RULES = TextRules(
    limit=5000, counting="bytes", title_limit=100, link_in_text=True, max_hashtags=60, forbidden="<>"
)
MEDIA_RULES = MediaRules(
    max_images=0,
    mimes=(),
    video=KindRules(("video/mp4", "video/quicktime"), max_bytes=256_000_000_000, max_seconds=12 * 3600),
    required=True,
)
CONTENT_RULES = ContentRules(first_comment=10_000)
