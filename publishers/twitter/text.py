"""X's rules for text: the link travels in it, X shortens it to t.co, and the listing has it expanded again."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from publishers import reading
from publishers.base import ContentRules, KindRules, MediaRules, OutgoingPost, PollRules, TextRules
from publishers.checks import Checker
from publishers.text import link_places, normalised, weighted_length, with_link

#: Of pay per use (docs.x.com): a post by the API holds at most one cashtag.
TEXT_RULES = TextRules(limit=280, counting="weighted", link_length=23, link_in_text=True, max_cashtags=1)
MEDIA_RULES = MediaRules(
    # docs.x.com, Media best practices: 4 photos of 5 MB, or 1 GIF of 15 MB and 1280 x 1080 pixels, or 1 video of 512 MB
    # that runs for 0.5 to 140 seconds, with an aspect ratio from 1:3 to 3:1
    max_images=4,
    mimes=("image/jpeg", "image/png", "image/webp"),
    max_bytes=5_000_000,
    gif=KindRules(("image/gif",), max_bytes=15_000_000, max_pixels=1280 * 1080),
    video=KindRules(
        ("video/mp4", "video/quicktime"), max_bytes=512_000_000, min_seconds=0.5, max_seconds=140, ratios=(1 / 3, 3)
    ),
)
CONTENT_RULES = ContentRules(
    # OpenAPI TweetCreateRequest: 2 to 4 options of 25 characters, 5 to 10,080 minutes
    poll=PollRules(max_options=4, option_limit=25, hours=(1, 168), any_length=True),
    max_thread=24,  # the composer of X itself offers 25 posts in one thread
    mentions="handle",
    reads_page=True,
)

_MEDIA_LINK = re.compile(r"^https?://(?:\w+\.)?(?:x|twitter)\.com/\S+/(?:photo|video)/\d+$")


def compose(post: OutgoingPost) -> str:
    """The text that is sent."""
    return normalised(with_link(normalised(post.text), post.link))


def length(post: OutgoingPost) -> int:
    return weighted_length(compose(post))


def expected_text(post: OutgoingPost) -> str:
    """The text as :func:`listed_text` gives it back."""
    return _with_whole_links(compose(post))


check = Checker(TEXT_RULES, MEDIA_RULES, CONTENT_RULES, length)


def listed_text(tweet: dict[str, Any]) -> str:
    """A listed post's text with links expanded, escapes undone and the link that X adds for its images removed."""
    text, urls = _parts(tweet)
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(escape, character)
    for entity in urls:
        short = reading.text(entity.get("url"))
        if short:
            text = text.replace(short, "" if _is_media(entity) else _target(entity))
    return _with_whole_links(normalised(text))


def listed_links(tweet: dict[str, Any]) -> tuple[str, ...]:
    """The addresses that a listed post links to."""
    _, urls = _parts(tweet)
    return tuple(_whole(_target(entity)) for entity in urls if not _is_media(entity))


def _parts(tweet: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    # A post over 280 characters is cut in `text` and whole in `note_tweet`.
    whole = tweet if reading.child(tweet, "note_tweet", "text") is None else tweet["note_tweet"]
    return reading.text(whole.get("text")), reading.items(reading.child(whole, "entities", "urls"))


def _target(entity: dict[str, Any]) -> str:
    return reading.text(entity.get("expanded_url")) or reading.text(entity.get("url"))


def _is_media(entity: dict[str, Any]) -> bool:
    return "media_key" in entity or bool(_MEDIA_LINK.match(_target(entity)))


def _with_whole_links(text: str) -> str:
    """Every link in the one form that a listing has: X adds http:// to a bare host name."""
    for start, end in reversed(link_places(text)):
        text = text[:start] + _whole(text[start:end]) + text[end:]
    return text


def _whole(link: str) -> str:
    if "://" not in link:
        link = f"http://{link}"
    parts = urlsplit(link)
    return link[:-1] if parts.path == "/" and link.endswith("/") else link
