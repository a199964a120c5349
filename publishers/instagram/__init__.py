"""Instagram: by a person, in the app or on the web."""

from __future__ import annotations

from publishers.assisted import by_hand_only
from publishers.instagram.text import CONTENT_RULES, MEDIA_RULES, TEXT_RULES

NETWORK = by_hand_only(
    "instagram",
    "Instagram",
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    home_url="https://www.instagram.com/",
    hosts=("instagram.com", "instagr.am"),
    content_rules=CONTENT_RULES,
    further_figures=("views", "saves"),
)
