"""How networks count a text, and how a link joins it."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from threading import Lock
from types import ModuleType
from typing import Any

from publishers.outgoing import Mention

_SIGNS = re.compile("[©®](?!\ufe0f)")
_SELECTED = re.compile("(.)\ufe0f", re.DOTALL)
_HASHTAG = re.compile(r"(?<![\w&/#])#(?=\w*[^\W\d_])\w+")
#: As X reads it: up to six letters, and a share class behind a dot or an underscore.
_CASHTAG = re.compile(r"(?<!\S)\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?=$|\s|[!'#%&()*+,\-./:;<=>?@\[\]^_{|}~$])")
_importing = Lock()


def normalised(text: str) -> str:
    """NFC, line ends as ``\\n``, no blanks around: what every network makes of a text before it counts."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def plain_length(text: str) -> int:
    """Unicode code points after NFC."""
    return len(unicodedata.normalize("NFC", text))


def byte_length(text: str) -> int:
    """Bytes of UTF-8 after NFC."""
    return len(unicodedata.normalize("NFC", text).encode())


def weighted_length(text: str) -> int:
    """X's count: wide characters and emoji 2, a link 23, all else 1.

    By twitter-text-parser, corrected where it differs from X's own library: © and ® count 1 unless an emoji selector
    follows them, and an emoji that is a picture by itself (they are all wide) does not count twice with the selector.
    """
    if not text:
        return 0
    bare = _SELECTED.sub(lambda found: found[1] if unicodedata.east_asian_width(found[1]) == "W" else found[0], text)
    return int(_parse()(bare).weightedLength) - len(_SIGNS.findall(bare))


def link_places(text: str) -> list[tuple[int, int]]:
    """Where X finds links in a text (those without ``https://`` too), as pairs of code point indexes, in order."""
    if "." not in text:
        return []
    _parse()
    from twitter_text import extract_urls_with_indices

    return sorted((int(found["indices"][0]), int(found["indices"][1])) for found in extract_urls_with_indices(text))


def with_link(text: str, link: str | None) -> str:
    """The text with the link behind it, separated by a blank; as it is where it holds that link already."""
    if not link or link in text.split():
        return text
    return f"{text} {link}" if text else link


def hashtags(text: str) -> list[str]:
    """The ``#words`` of a text, in order, as they stand there. A number alone (``#1``) is none."""
    return _HASHTAG.findall(text)


def cashtags(text: str) -> list[str]:
    """The ``$WORDS`` of a text, in order. A sum (``$5``) is none."""
    return _CASHTAG.findall(text)


def title_of(title: str, text: str, limit: int) -> str:
    """The title of a post: the one that was written, else the first line of its text, cut at a word to fit."""
    written = " ".join(title.split())
    if written:
        return written
    line = next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
    if len(line) <= limit:
        return line
    start = line[: limit - 1]
    return (start.rsplit(" ", 1)[0] if " " in start[limit // 2 :] else start).rstrip(" ,;:–-") + "…"


def with_mentions(text: str, mentions: Iterable[Mention], form: Callable[[Mention], str]) -> str:
    """The text with each name that stands for an account written in the network's own form.

    A longer name goes before a shorter one that it begins with; a name inside a word is none.
    """
    known = {normalised(mention.name): mention for mention in mentions if mention.name.strip()}
    if not known:
        return text
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda found: form(known[found[0]]), text)


def names_in(text: str, mentions: Iterable[Mention]) -> set[str]:
    """Which of the names that stand for accounts are in a text, as :func:`with_mentions` finds them."""
    found: set[str] = set()

    def note(mention: Mention) -> str:
        found.add(normalised(mention.name))
        return mention.name

    with_mentions(normalised(text), mentions, note)
    return found


@cache
def _parse() -> Callable[[str], Any]:
    """``twitter_text.parse_tweet``, imported when first asked for: its emoji table takes 0.1 s."""
    with _importing, _pkg_resources():
        from twitter_text import parse_tweet
    parse: Callable[[str], Any] = parse_tweet
    return parse


@contextmanager
def _pkg_resources() -> Iterator[None]:
    """twitter-text-parser 3.0.0 reads its emoji table through ``pkg_resources``, which setuptools no longer ships.

    A module with the one function that it calls stands in while it is imported.
    """
    if "pkg_resources" in sys.modules:
        yield
        return
    module = ModuleType("pkg_resources")
    module.resource_string = _resource_string  # type: ignore[attr-defined]
    sys.modules["pkg_resources"] = module
    try:
        yield
    finally:
        del sys.modules["pkg_resources"]


def _resource_string(module: str, name: str) -> bytes:
    return resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()
