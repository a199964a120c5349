"""A Page post's text. A link is a field of its own, unless images are attached: Graph takes one or the other."""

from __future__ import annotations

from typing import Any

from publishers import reading
from publishers.base import ContentRules, KindRules, MediaRules, OutgoingPost, Problem, TextRules
from publishers.checks import Checker
from publishers.naming import NamingRules
from publishers.text import normalised, plain_length, with_link, with_mentions

TEXT_RULES = TextRules(limit=63_206, link_in_text_with_media=True)
MEDIA_RULES = MediaRules(
    # Graph API, Page photos: up to 10 MB; up to 10 in one post (third-party experience)
    max_images=10,
    mimes=("image/jpeg", "image/png", "image/webp"),
    max_bytes=10_000_000,
    # As a photo a GIF would stand still; Page videos take it as what it is, and no alternative text for it.
    gif=KindRules(("image/gif",), max_bytes=100_000_000, described=False),
    # Graph API, Page videos, resumable upload: up to 10 GB and 4 hours
    video=KindRules(("video/mp4", "video/quicktime"), max_bytes=10_000_000_000, min_seconds=1, max_seconds=14_400),
)
_AT = r"(?:https?://)?(?:[\w-]+\.)?(?:facebook|fb)\.com"
#: Which Pages a text can name: by number, which a Page's address has or, with a username, Graph tells.
NAMING = NamingRules(
    remote_id=r"[0-9]{1,20}",
    example="104872951638204",
    addresses=(
        rf"{_AT}/profile\.php\?(?:\S*&)?id=(?P<number>[0-9]{{1,20}})(?:[&#]\S*)?",
        rf"{_AT}/(?:pages|people)/(?:[^/\s]+/)*(?:[^/\s]*-)?(?P<number>[0-9]{{5,20}})(?:[/?#]\S*)?",
        rf"{_AT}/p/(?:[^/\s]*-)?(?P<number>[0-9]{{5,20}})(?:[/?#]\S*)?",
        rf"{_AT}/(?P<number>[0-9]{{1,20}})(?:[/?#]\S*)?",
        rf"{_AT}/(?P<name>[a-z0-9.]+)(?:[/?#]\S*)?",
    ),
    name=r"(?!(?:groups|events|profile\.php|pages|people|share|watch|p)$)[A-Za-z0-9.]{3,50}",
    hosts=("facebook.com", "fb.com"),
)
CONTENT_RULES = ContentRules(
    first_comment=8000,  # third-party experience
    languages=True,
    mentions="id",
    naming=NAMING,
    reads_page=True,
)

#: Languages by the names under which Graph's search finds them.
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sr": "Serbian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip


def compose(post: OutgoingPost) -> str:
    """The message that is sent. A Page that a post mentions is ``@[id]`` (Graph API, Page mentions), a name without a
    Page's number stays a name; comments are plain."""
    if post.under:
        return _composed(post)
    known = (mention for mention in post.mentions if NAMING.takes(mention.remote_id))
    return with_mentions(_composed(post), known, lambda mention: f"@[{mention.remote_id}]")


def length(post: OutgoingPost) -> int:
    return plain_length(_composed(post))


def expected_text(post: OutgoingPost) -> str:
    return compose(post)


def check(post: OutgoingPost) -> list[Problem]:
    return _check(post) + [
        Problem("languages", "language_unsupported", {"language": language})
        for language in post.languages
        if language not in LANGUAGES
    ]


_check = Checker(TEXT_RULES, MEDIA_RULES, CONTENT_RULES, length)


def _composed(post: OutgoingPost) -> str:
    text = normalised(post.text)
    return with_link(text, post.link) if post.media or post.under else text


def listed_text(post: dict[str, Any]) -> str:
    """A listed post's message, with the Pages it mentions as they were sent."""
    text = reading.text(post.get("message"))
    tags = [(_place(tag), tag.get("id")) for tag in reading.items(post.get("message_tags"))]
    for (start, end), page in sorted((place, page) for place, page in tags if place and isinstance(page, str))[::-1]:
        text = f"{text[:start]}@[{page}]{text[end:]}"
    return normalised(text)


def _place(tag: dict[str, Any]) -> tuple[int, int] | None:
    start, size = reading.count(tag, "offset"), reading.count(tag, "length")
    return None if start is None or not size else (start, start + size)


def listed_media(post: dict[str, Any]) -> int | None:
    """How many images or films a listed post shows. None where the listing has no attachments: it has none for a
    post without, and none where the token may not see them."""
    attachments = reading.child(post, "attachments", "data")
    if not isinstance(attachments, list):
        return None
    return sum(_media_in(a) for a in reading.items(attachments))


def listed_links(post: dict[str, Any]) -> tuple[str, ...]:
    """The addresses that a listed post shares, without Facebook's redirect around them."""
    attachments = reading.items(reading.child(post, "attachments", "data"))
    found = (reading.text(a.get("unshimmed_url")) for a in attachments if not _media_in(a))
    return tuple(link for link in found if link)


def _media_in(attachment: dict[str, Any]) -> int:
    kind = reading.text(attachment.get("media_type"))
    if kind == "album":
        return len(reading.items(reading.child(attachment, "subattachments", "data"))) or 1
    return 1 if kind in ("photo", "video") else 0
