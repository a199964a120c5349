"""X's polls, as its OpenAPI description has them (TweetCreateRequest)."""

from __future__ import annotations

from typing import Any

from .twitter_shapes import invalid
from .wire import as_object

_FIELDS = frozenset({"options", "duration_minutes", "reply_settings"})


def read(body: dict[str, Any]) -> dict[str, Any] | None:
    """A post's poll: ``question`` (X has none), ``options``, ``minutes``. Answers 400 to one that X does not take."""
    if "poll" not in body:
        return None
    poll = as_object(body["poll"])
    unknown = set(poll) - _FIELDS
    if unknown:
        raise invalid(f"$.poll.{min(unknown)}", min(unknown), "is not defined in the schema")
    options, minutes = poll.get("options"), poll.get("duration_minutes")
    if not isinstance(options, list) or not 2 <= len(options) <= 4:
        raise invalid("poll.options", str(options), "$.poll.options: must have 2 to 4 items")
    for option in options:
        if not isinstance(option, str) or not 1 <= len(option) <= 25 or not option.strip():
            raise invalid("poll.options", str(option), "$.poll.options: must be 1 to 25 characters long")
    if len(set(options)) < len(options):
        raise invalid("poll.options", str(options), "$.poll.options: must be different")
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 5 <= minutes <= 10_080:
        raise invalid("poll.duration_minutes", str(minutes), "$.poll.duration_minutes: must be from 5 to 10080")
    return {"question": "", "options": options, "minutes": minutes}
