"""LinkedIn's "little" text format (learn.microsoft.com, "little Text Format").

Its signs must be escaped in what is sent, or the text is cut there without a word. Hashtags and mentions keep theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from publishers.base import (
    CardRules,
    ContentRules,
    KindRules,
    MediaRules,
    Mention,
    OutgoingPost,
    PollRules,
    Problem,
    TextRules,
)
from publishers.checks import Checker
from publishers.naming import NamingRules
from publishers.text import normalised, plain_length, with_link, with_mentions

DOCUMENTS = (
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)
#: Hours that a poll may be open, under the names of the Polls API.
DURATIONS = {24: "ONE_DAY", 72: "THREE_DAYS", 168: "SEVEN_DAYS", 336: "FOURTEEN_DAYS"}

TEXT_RULES = TextRules(limit=3000, link_in_text_with_media=True)
MEDIA_RULES = MediaRules(
    # Images API: JPG, PNG, GIF under 36,152,320 pixels. MultiImage API: 2 to 20 images in one post.
    max_images=20,
    mimes=("image/jpeg", "image/png"),
    max_bytes=8_000_000,
    max_pixels=36_152_319,
    gif=KindRules(("image/gif",), max_bytes=8_000_000, max_pixels=36_152_319),
    # Videos API: MP4, 75 KB to 500 MB, 3 seconds to 30 minutes
    video=KindRules(("video/mp4",), max_bytes=500_000_000, min_seconds=3, max_seconds=1800, ratios=(1 / 2.4, 2.4)),
    # Documents API: PDF, DOC, DOCX, PPT, PPTX up to 100 MB and 300 pages
    document=KindRules(DOCUMENTS, max_bytes=100_000_000, max_pages=300),
)
#: Who a text can name ("little Text Format": a person's or an organization's URN); a page's address has its number or
#: its vanity name (Organization Lookup).
NAMING = NamingRules(
    remote_id=r"urn:li:organization:[0-9]{1,20}|urn:li:person:[A-Za-z0-9_-]{1,40}",
    example="urn:li:organization:2414183",
    written="urn:li:organization:{number}",
    addresses=(
        r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/(?:company|school|showcase)/(?P<number>[0-9]{1,20})(?:[/?#]\S*)?",
        r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/(?:company|school|showcase)/(?P<name>[^/?#\s]+)(?:[/?#]\S*)?",
    ),
    name=r"[\w&'-]{2,100}",
    hosts=("linkedin.com",),
)
CONTENT_RULES = ContentRules(
    # Polls API: a question of 140 characters, 2 to 4 options of 30
    poll=PollRules(max_options=4, option_limit=30, hours=tuple(DURATIONS), question_limit=140),
    first_comment=1250,  # the comment box of LinkedIn itself
    languages=True,
    mentions="id",
    naming=NAMING,
    # Posts API, article content: no page is looked at, `thumbnail` is an image that was uploaded; title and
    # description as long as the API's schema allows
    card=CardRules(title_limit=400, description_limit=4086),
)

#: The languages of LinkedIn's interface, each with the country of its main form.
LOCALES = {
    "ar": "AE", "cs": "CZ", "da": "DK", "de": "DE", "en": "US", "es": "ES", "fr": "FR", "hu": "HU", "id": "ID",
    "it": "IT", "ja": "JP", "ko": "KR", "ms": "MY", "nl": "NL", "no": "NO", "pl": "PL", "pt": "BR", "ro": "RO",
    "ru": "RU", "sv": "SE", "th": "TH", "tr": "TR", "uk": "UA", "zh": "CN",
}  # fmt: skip

_SIGNS = r"\\|{}@\[\]()<>#*_~"
_MENTION = r"@\[(?P<name>[^\[\]\n]+)\]\((?P<urn>urn:li:(?:organization|person):[\w-]+)\)"
_HASHTAG = r"(?P<hashtag>(?<![\w&/#])#[^\W_]+)"
_TOKEN = re.compile(f"{_MENTION}|{_HASHTAG}|(?P<sign>[{_SIGNS}])")
_SIGN = re.compile(f"[{_SIGNS}]")
_NO_BRACKETS = str.maketrans("[]", "()")
_HASHTAG_TEMPLATE = re.compile(r"\{hashtag\|\\?#\|([^{}|]+)\}")
_NAMED = re.compile(r"(?<!\\)@\[((?:[^\]\\]|\\.)*)\]\(urn:li:[^()\s]+\)")
_ESCAPED = re.compile(rf"\\([{_SIGNS}])")


def compose(post: OutgoingPost) -> str:
    """The text before escaping, mentions as ``@[Name](urn)``; a name without a URN stays one. A link is an article of
    its own, unless a file or a poll takes its place."""
    return with_mentions(_composed(post), (m for m in post.mentions if NAMING.takes(m.remote_id)), _mention)


def length(post: OutgoingPost) -> int:
    """What a reader sees is counted: a mention by its name."""
    return plain_length(_composed(post))


def expected_text(post: OutgoingPost) -> str:
    """A comment is plain: its mentions are names."""
    return _composed(post) if post.under else compose(post)


def check(post: OutgoingPost) -> list[Problem]:
    return _check(post) + [
        Problem("languages", "language_unsupported", {"language": language})
        for language in post.languages
        if language not in LOCALES
    ]


_check = Checker(TEXT_RULES, MEDIA_RULES, CONTENT_RULES, length)


def locales(languages: Sequence[str]) -> list[dict[str, str]]:
    """The interface languages of LinkedIn that these are, as ``targetEntities`` takes them."""
    return [{"country": LOCALES[one], "language": one} for one in languages if one in LOCALES]


def _composed(post: OutgoingPost) -> str:
    text = normalised(post.text)
    return with_link(text, post.link) if post.media or post.poll or post.under else text


def _mention(mention: Mention) -> str:
    name = normalised(mention.name).removeprefix("@").translate(_NO_BRACKETS)
    return f"@[{name}]({mention.remote_id})"


def escape(text: str) -> str:
    """As ``commentary`` takes it: ``#hashtags`` and ``@[Name](urn)`` stay, every other sign gets a backslash."""
    return _TOKEN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    if found["name"] is not None:  # signs within the name get theirs
        return f"@[{_SIGN.sub(_backslash, found['name'])}]({found['urn']})"
    return found["hashtag"] or "\\" + found["sign"]


def _backslash(found: re.Match[str]) -> str:
    return "\\" + found[0]


def unescape(commentary: str) -> str:
    """As a person wrote it. A listing may have hashtags as ``{hashtag|\\#|word}``."""
    return _ESCAPED.sub(r"\1", _HASHTAG_TEMPLATE.sub(r"#\1", commentary))


def as_shown(commentary: str) -> str:
    """As a reader sees it: without marks, a mention as its name."""
    return unescape(_NAMED.sub(lambda found: found[1].replace("\\", ""), commentary))


def article_title(link: str) -> str:
    """A title for a link's card, which the API wants and which nothing is fetched for: its host and path."""
    parts = urlsplit(link)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}"[:400] or link[:400]
