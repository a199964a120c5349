"""Instagram's rules. A post is pictures or videos with a caption; a link in the caption is plain text.

Text: https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media (caption of at
most 2,200 characters, 30 hashtags). Media: the same page (images of 8 MB, 4:5 to 1.91:1; reels of 3 seconds to 15
minutes, MP4 or MOV, 300 MB). A post holds up to 20 pictures and videos
(https://help.instagram.com/269314186824048).
"""

from __future__ import annotations

from publishers.base import ContentRules, KindRules, MediaRules, TextRules

TEXT_RULES = TextRules(limit=2200, max_hashtags=30, link_works=False)
MEDIA_RULES = MediaRules(
    max_images=20,
    mimes=("image/jpeg", "image/png"),
    max_bytes=8_000_000,
    ratios=(4 / 5, 1.91),
    video=KindRules(
        ("video/mp4", "video/quicktime"),
        20,
        max_bytes=300_000_000,
        min_seconds=3,
        max_seconds=900,
        ratios=(9 / 16, 1.91),
    ),
    required=True,
    mixed=True,
)
CONTENT_RULES = ContentRules(first_comment=2200)
