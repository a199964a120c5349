"""Snapchat: by a person, in the app or on the web."""

from __future__ import annotations

from publishers.assisted import by_hand_only
from publishers.snapchat.text import MEDIA_RULES, TEXT_RULES

NETWORK = by_hand_only(
    "snapchat",
    "Snapchat",
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    home_url="https://my.snapchat.com/",
    hosts=("snapchat.com",),
    further_figures=("views",),
)
