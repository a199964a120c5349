"""X's way with text: what counts how much, and links that become t.co addresses.

The weights are those of the twitter-text configuration, version 3: Latin and general punctuation count one, all
else two, an emoji two however many code points it takes, a link 23.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from dataclasses import dataclass

LIMIT = 280
LINK_LENGTH = 23

_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_TOP_LEVEL = (
    "com|org|net|info|biz|de|at|ch|eu|io|dev|app|cloud|tech|industries|engineering|solutions|uk|fr|it|nl|pl|us|ai|co"
)
_LINK = re.compile(
    rf"https?://[^\s<>\"]+|(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_TOP_LEVEL})(?![\w-])(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)
_TAIL = ".,;:!?'\"»«…"
_PICTURE = r"[\U0001F1E6-\U0001F1FF]{2}|[0-9#*]\uFE0F?\u20E3|[\u203C-\u3299\U0001F000-\U0001FAFF]"
_EMOJI = re.compile(
    rf"(?:{_PICTURE})[\uFE0F\U0001F3FB-\U0001F3FF]*(?:\u200D(?:{_PICTURE})[\uFE0F\U0001F3FB-\U0001F3FF]*)*"
    r"|[\u00A9\u00AE]\uFE0F"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: where it is, and the address it means."""

    start: int
    end: int
    written: str

    @property
    def address(self) -> str:
        return self.written if "://" in self.written else f"http://{self.written}"


def links(text: str) -> list[Link]:
    """The links that X finds in ``text``, in order."""
    found = []
    for match in _LINK.finditer(text):
        written = match[0].rstrip(_TAIL)
        if written.endswith(")") and "(" not in written:
            written = written[:-1]
        if "." in written.partition("://")[2] or "://" not in written:
            found.append(Link(match.start(), match.start() + len(written), written))
    return found


def length(text: str) -> int:
    """The weighted length of ``text``."""
    text = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for link in links(text):
        total += _weight(text[at : link.start]) + LINK_LENGTH
        at = link.end
    return total + _weight(text[at:])


def shortened(text: str, post_id: str) -> tuple[str, list[dict[str, object]]]:
    """``text`` as X gives it back: escaped for HTML, links as t.co addresses; and the entities of those links."""
    out, at, entities = "", 0, []
    for number, link in enumerate(links(text)):
        out += html.escape(text[at : link.start], quote=False)
        short = t_co(f"{post_id}/{number}")
        entities.append(_entity(len(out), short, link.address))
        out += short
        at = link.end
    return out + html.escape(text[at:], quote=False), entities


def t_co(key: str) -> str:
    """A t.co address, always the same for the same key."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    digest = hashlib.sha256(key.encode()).digest()
    return "https://t.co/" + "".join(alphabet[byte % len(alphabet)] for byte in digest[:10])


def _entity(start: int, short: str, address: str) -> dict[str, object]:
    shown = address.partition("://")[2].removeprefix("www.")
    return {
        "start": start, "end": start + len(short), "url": short, "expanded_url": address,
        "display_url": shown if len(shown) <= 27 else shown[:26] + "…",
    }  # fmt: skip


def _weight(text: str) -> int:
    total = 0
    for emoji in _EMOJI.findall(text):
        total += 2 - sum(_weight_of(character) for character in emoji)
    return total + sum(_weight_of(character) for character in text)


def _weight_of(character: str) -> int:
    point = ord(character)
    return 1 if any(low <= point <= high for low, high in _LIGHT) else 2
