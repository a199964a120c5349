"""LinkedIn's "little" text format (learn.microsoft.com, "little Text Format").

Its signs must be escaped in what is sent, or the text is cut there without a word. Hashtags and mentions keep theirs.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from publishers.base import MediaRules, OutgoingPost, Problem, TextRules
from publishers.checks import media_problems, text_problems
from publishers.text import normalised, plain_length, with_link

TEXT_RULES = TextRules(limit=3000, link_in_text_with_media=True)
MEDIA_RULES = MediaRules(
    # Images API: JPG, PNG, GIF under 36,152,320 pixels. MultiImage API: 2 to 20 images in one post.
    max_images=20,
    mimes=("image/jpeg", "image/png", "image/gif"),
    max_bytes=8_000_000,
    max_pixels=36_152_319,
)

_SIGNS = r"\\|{}@\[\]()<>#*_~"
_MENTION = r"@\[[^\[\]\n]+\]\(urn:li:(?:organization|person):[\w-]+\)"
_HASHTAG = r"(?<![\w&/#])#[^\W_]+"
_TOKEN = re.compile(f"({_MENTION}|{_HASHTAG})|([{_SIGNS}])")
_HASHTAG_TEMPLATE = re.compile(r"\{hashtag\|\\?#\|([^{}|]+)\}")
_ESCAPED = re.compile(rf"\\([{_SIGNS}])")


def compose(post: OutgoingPost) -> str:
    """The text before escaping. A link is an article of its own, unless images take its place."""
    text = normalised(post.text)
    return with_link(text, post.link) if post.media else text


def length(post: OutgoingPost) -> int:
    return plain_length(compose(post))


def expected_text(post: OutgoingPost) -> str:
    return compose(post)


def check(post: OutgoingPost) -> list[Problem]:
    return text_problems(post, length(post), TEXT_RULES) + media_problems(post, MEDIA_RULES)


def escape(text: str) -> str:
    """As ``commentary`` takes it: ``#hashtags`` and ``@[Name](urn)`` stay, every other sign gets a backslash."""
    return _TOKEN.sub(lambda found: found[1] or "\\" + found[2], text)


def unescape(commentary: str) -> str:
    """As a person wrote it. A listing may have hashtags as ``{hashtag|\\#|word}``."""
    return _ESCAPED.sub(r"\1", _HASHTAG_TEMPLATE.sub(r"#\1", commentary))


def article_title(link: str) -> str:
    """A title for a link's card, which the API wants and which nothing is fetched for: its host and path."""
    parts = urlsplit(link)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}"[:400] or link[:400]
