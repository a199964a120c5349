"""The sentence behind each code that services answer with, in the person's language.

A module per area holds a table from code to sentence; a code without a sentence is a defect that a test finds.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from planner.services.errors import FieldError, ServiceError
from planner.web.formats import file_size, number
from planner.web.looks import look_of
from planner.web.messages import (
    accounts,
    api,
    channels,
    composer,
    connecting,
    content,
    dialogue,
    media,
    members,
    outgoing,
    plan,
    posts,
    publishing,
    screens,
    weekly,
)

#: Parameters that count something; the others that are numbers name something.
COUNTS = frozenset({"count", "high", "length", "limit", "low", "max_length", "pixels", "size"})
#: Codes whose counts are bytes.
IN_BYTES = frozenset({"document_too_large", "gif_too_large", "image_too_large", "video_too_large"})

AREAS = (
    accounts, api, channels, composer, connecting, content, dialogue, media, members, outgoing, plan, posts,
    publishing, screens, weekly,
)  # fmt: skip
SENTENCES: dict[str, LazyString] = {code: said for area in AREAS for code, said in area.SENTENCES.items()}


def sentence(code: str, params: Mapping[str, str | int] | None = None) -> str:
    """The sentence for a code, with its parameters filled in."""
    params = params or {}
    if code not in SENTENCES:
        return str(params.get("message", code.replace("_", " ")))
    return str(SENTENCES[code]) % _in_words(code, params) if params else str(SENTENCES[code])


def _in_words(code: str, params: Mapping[str, str | int]) -> dict[str, str | int]:
    """A state as a person knows it, a size in megabytes, a large number with its points, the rest as it is."""
    return {name: _in_word(code, name, value) for name, value in params.items()}


def _in_word(code: str, name: str, value: str | int) -> str | int:
    if name == "state":
        return str(look_of(str(value)).label)
    if code in IN_BYTES and isinstance(value, int) and name in COUNTS:
        return file_size(value)
    return number(value) if isinstance(value, int) and name in COUNTS else value


def explain(error: ServiceError | FieldError) -> str:
    """The sentence for what a service answered."""
    return sentence(error.code, error.params)
