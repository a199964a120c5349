"""Pinterest's rules. A pin is one picture or video with a title, a description and a link beside them.

All of it: https://help.pinterest.com/en/business/article/pinterest-product-specs (title of 100 characters, description
of 500; PNG or JPEG of 20 MB; video of 4 seconds to 15 minutes, 2 GB, between 1:2 and 1.91:1).
"""

from __future__ import annotations

from publishers.base import KindRules, MediaRules, TextRules

TEXT_RULES = TextRules(limit=500, title_limit=100)
MEDIA_RULES = MediaRules(
    max_images=1,
    mimes=("image/jpeg", "image/png"),
    max_bytes=20_000_000,
    video=KindRules(
        ("video/mp4", "video/quicktime"), max_bytes=2_000_000_000, min_seconds=4, max_seconds=900, ratios=(1 / 2, 1.91)
    ),
    required=True,
)
