"""Pinterest: by a person; its pin builder opens with the link filled in."""

from __future__ import annotations

from publishers.assisted import by_hand_only
from publishers.pinterest.text import MEDIA_RULES, TEXT_RULES

#: Its pages are under a host per country.
PAGES = (
    "pinterest.com",
    "pinterest.de",
    "pinterest.at",
    "pinterest.ch",
    "pinterest.fr",
    "pinterest.it",
    "pinterest.es",
    "pinterest.nl",
    "pinterest.co.uk",
    "pin.it",
)

NETWORK = by_hand_only(
    "pinterest",
    "Pinterest",
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    home_url="https://www.pinterest.com/",
    hosts=PAGES,
    share_url="https://www.pinterest.com/pin/create/button/?url=",
    further_figures=("saves",),
)
