"""LinkedIn's "little" text, in which a post's commentary is written (Posts API, "little" text format).

Reserved characters are escaped by a backslash. What stands for itself: hashtags (``#word``), mentions
(``@[Name](urn)``) and templates (``{hashtag|\\#|word}``). At any other bare reserved character the text ends: LinkedIn
cuts it there without a word.
"""

from __future__ import annotations

import re

RESERVED = frozenset("\\|{}@[]()<>#*_~")
_MENTION = re.compile(r"@\[((?:\\.|[^\]\\])*)\]\((urn:li:[a-z]+:[^)]+)\)", re.IGNORECASE)
_HASHTAG = re.compile(r"#([^\W_]\w*)")
_TEMPLATE = re.compile(r"\{hashtag\|\\?#\|([^}]*)\}")


def cut(text: str) -> str:
    """``text`` as LinkedIn keeps it: up to the first bare reserved character."""
    return text[: _scan(text)[1]]


def plain(text: str) -> str:
    """``text`` as a reader sees it: escapes undone, a mention as its name."""
    return _scan(text)[0]


def escaped(text: str) -> str:
    """Plain ``text`` as little text, its hashtags left alive."""
    out, at = "", 0
    while at < len(text):
        hashtag = _HASHTAG.match(text, at)
        if hashtag:
            out, at = out + hashtag[0], hashtag.end()
        else:
            out, at = out + ("\\" if text[at] in RESERVED else "") + text[at], at + 1
    return out


def _scan(text: str) -> tuple[str, int]:
    """What a reader sees, and where the text ends."""
    seen, at = "", 0
    while at < len(text):
        character = text[at]
        if character == "\\" and at + 1 < len(text):
            seen, at = seen + text[at + 1], at + 2
            continue
        if character not in RESERVED:
            seen, at = seen + character, at + 1
            continue
        shown, length = _token(text, at)
        if not length:
            return seen, at
        seen, at = seen + shown, at + length
    return seen, at


def _token(text: str, at: int) -> tuple[str, int]:
    """What the hashtag, mention or template at ``at`` shows, and its length; 0 where there is none."""
    mention = _MENTION.match(text, at)
    if mention:
        return plain(mention[1]), len(mention[0])
    template = _TEMPLATE.match(text, at)
    if template:
        return f"#{template[1]}", len(template[0])
    hashtag = _HASHTAG.match(text, at)
    return (hashtag[0], len(hashtag[0])) if hashtag else ("", 0)
