"""Threads: by a person; its composer opens with the link filled in."""

from __future__ import annotations

from publishers.assisted import by_hand_only
from publishers.threads.text import CONTENT_RULES, MEDIA_RULES, TEXT_RULES

NETWORK = by_hand_only(
    "threads",
    "Threads",
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    home_url="https://www.threads.com/",
    hosts=("threads.com", "threads.net"),
    share_url="https://www.threads.com/intent/post?url=",
    content_rules=CONTENT_RULES,
    further_figures=("views",),
)
