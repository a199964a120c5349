"""Reading answers that may hold anything: a network's JSON is never trusted to have its documented shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from publishers.base import Uncertain


def as_object(value: Any, network: str) -> dict[str, Any]:
    """A JSON object. Raises Uncertain where it is none: the answer does not say what happened."""
    if isinstance(value, dict):
        return value
    raise Uncertain(f"{network} gave an answer that is not the documented one.")


def as_list(value: Any, network: str) -> list[Any]:
    """A JSON list. Raises Uncertain where it is none."""
    if isinstance(value, list):
        return value
    raise Uncertain(f"{network} gave an answer that is not the documented one.")


def child(value: Any, *names: str) -> Any:
    """What lies under a path of names, or None."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; empty where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A string, or the empty one."""
    return value if isinstance(value, str) else ""


def identifier(value: Any) -> str | None:
    """An id as networks give it: a string or a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def accepted_id(value: Any, network: str) -> str:
    """The id of what was just published. Raises Uncertain where the answer names none."""
    found = identifier(value)
    if found is None:
        raise Uncertain(f"{network} answered without naming the post.")
    return found


def count(value: Any, *names: str) -> int | None:
    """A figure under the first of these names that holds one. Missing stays None."""
    for name in names:
        found = value.get(name) if isinstance(value, dict) else None
        if isinstance(found, int) and not isinstance(found, bool) and found >= 0:
            return found
    return None


def whole_number(value: Any) -> int | None:
    """A whole number from 0 on, given as one or as a string of digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def counts(value: Any) -> dict[str, int]:
    """All figures of an object, under the network's own names."""
    names = value if isinstance(value, dict) else {}
    return {name: found for name in names if (found := count(value, name)) is not None}


def total(*figures: int | None) -> int | None:
    """The sum of the figures that there are; None where there are none."""
    known = [f for f in figures if f is not None]
    return sum(known) if known else None


def moment(value: Any) -> datetime | None:
    """A time as networks give it (ISO 8601, or milliseconds since 1970), aware, UTC."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
        if not isinstance(value, str):
            return None
        found = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def whole_second(since: datetime) -> datetime:
    """Networks tell times by the second: a post of the same second counts as after ``since``."""
    return since.astimezone(UTC).replace(microsecond=0)


def rfc3339(when: datetime) -> str:
    """UTC with Z, by the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
