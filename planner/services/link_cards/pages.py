"""Title, description and picture out of a page's HTML, whatever it is: nothing here raises on garbage.

The order of the sources is that of the networks: Open Graph (ogp.me), then X's own marks, then plain HTML.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

#: The most characters of a title and of a description; LinkedIn takes as many, and no network shows more.
LONGEST_TITLE = 400
LONGEST_DESCRIPTION = 4086

_TITLES = ("og:title", "twitter:title")
_DESCRIPTIONS = ("og:description", "twitter:description", "description")
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
#: What stands in the head is enough, and a broken page is not read to its end.
_END_OF_HEAD = re.compile(r"</head\b|<body\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
#: A page names its encoding within so many bytes (HTML, 4.2.5.5).
_NAMED_WITHIN = 1024


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says; "" where it says nothing. ``picture`` is a complete address."""

    title: str
    description: str
    picture: str


def facts_of(content: bytes, kind: str, url: str) -> Facts:
    """What the page at ``url`` says, by its bytes and the content type that it was sent with."""
    text = decoded(content, kind)
    end = _END_OF_HEAD.search(text)
    head = _Head()
    with suppress(AssertionError, ValueError, RecursionError):  # what was read so far counts
        # The end is not announced: what is left open by then says nothing, and looking for its end takes long.
        head.feed(text[: end.start()] if end else text)
    said = head.said
    title = _first(said, _TITLES) or "".join(head.title)
    return Facts(
        _plain(title, LONGEST_TITLE),
        _plain(_first(said, _DESCRIPTIONS), LONGEST_DESCRIPTION),
        _address(_first(said, _PICTURES) or head.picture, url, head.base),
    )


def decoded(content: bytes, kind: str) -> str:
    """Text in the encoding that a byte order mark, the header or the page names; else UTF-8, or what western pages had
    before it."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    named = _IN_HEADER.search(kind)
    within = _CHARSET.search(content[:_NAMED_WITHIN])
    for name in (named[1] if named else "", within[1].decode("ascii", "replace") if within else ""):
        if (found := _decoded_as(content, name)) is not None:
            return found
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.start >= len(content) - 3  # the limit may have cut a sign
        return content.decode("utf-8" if cut else "windows-1252", "replace")


def _decoded_as(content: bytes, name: str) -> str | None:
    """None where there is no such encoding of text. What calls itself Latin-1 is Windows-1252 (WHATWG Encoding)."""
    try:
        known = codecs.lookup(name).name if name else ""
        if known in ("iso8859-1", "ascii"):
            known = "cp1252"
        return content.decode(known, "replace") if known else None
    except (LookupError, UnicodeError, ValueError):
        return None


class _Head(HTMLParser):
    """Collects what the head of a page says; of what is said twice, the first counts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self.title: list[str] = []
        self.base = ""
        self.picture = ""
        self._in_title = False
        self._titles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and not self._titles
        self._titles += tag == "title"
        values = {name: value or "" for name, value in reversed(attrs)}
        if tag == "meta":
            name = (values.get("property") or values.get("name") or "").strip().lower()
            content = values.get("content", "").strip()
            if content:
                self.said.setdefault(name, content)
        elif tag == "base":
            self.base = self.base or values.get("href", "")
        elif tag == "link" and "image_src" in values.get("rel", "").lower().split():
            self.picture = self.picture or values.get("href", "")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)


def _first(said: dict[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def _plain(text: str, limit: int) -> str:
    """On one line, without signs that nobody sees, cut between words where it is too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _address(found: str, url: str, base: str) -> str:
    """A complete http(s) address, or ""."""
    try:
        whole = urljoin(urljoin(url, base.strip()), found.strip()) if found.strip() else ""
        parts = urlsplit(whole)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return whole if good and not any(c.isspace() or not c.isprintable() for c in whole) else ""
