"""YouTube: by a person, in YouTube Studio."""

from __future__ import annotations

from publishers.assisted import by_hand_only
from publishers.youtube.text import CONTENT_RULES, MEDIA_RULES, TEXT_RULES

NETWORK = by_hand_only(
    "youtube",
    "YouTube",
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    home_url="https://studio.youtube.com/",
    hosts=("youtube.com", "youtu.be"),
    content_rules=CONTENT_RULES,
    further_figures=("views", "watch_minutes"),
)
