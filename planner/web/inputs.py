"""Reading what a form sent, and saying at each field what was wrong with it."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import request

from planner.domain import walltime
from planner.services.errors import FieldError, Invalid, Problems, ServiceError
from planner.web import context
from planner.web.messages import explain


def text(name: str) -> str:
    """A field without the blanks around it; "" where it was not sent."""
    return request.form.get(name, "").strip()


def checked(name: str) -> bool:
    """Whether a box was ticked."""
    return name in request.form


def number(name: str, problems: Problems, *, low: int = 0, high: int = 1_000_000_000) -> int | None:
    """A whole number between two bounds; None where the field is empty or (noted in ``problems``) is none."""
    given = text(name).replace(".", "").replace(" ", "").replace("\u202f", "")
    if not given:
        return None
    if not given.isdecimal() or not low <= int(given[:18]) <= high:
        problems.add(name, "number_between", low=low, high=high)
        return None
    return int(given)


def cents(name: str, problems: Problems) -> int | None:
    """An amount of euros with at most two places, ``1.234,50`` or ``1234.50``, in cents."""
    given = text(name).removesuffix("€").strip()
    if not given:
        return None
    whole, _, part = _split_places(given)
    whole = whole.replace(".", "").replace(",", "").replace(" ", "")
    if not whole.isdecimal() or (part and not part.isdecimal()) or len(whole) > 10:
        problems.add(name, "amount_invalid")
        return None
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def day(name: str, problems: Problems) -> date | None:
    """A date as ``<input type="date">`` sends it; None where empty or (noted) none."""
    given = text(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        problems.add(name, "date_invalid")
        return None


def wall_time(given: str) -> time | None:
    """``09:30`` as a time of the day, None for anything else."""
    try:
        return time.fromisoformat(given.strip())
    except ValueError:
        return None


def moment(given: str) -> datetime | None:
    """A time typed on the workspace's clock (``2027-03-01T09:30``) in UTC, None for anything else."""
    try:
        wall = datetime.fromisoformat(given.strip())
    except ValueError:
        return None
    return wall if wall.tzinfo else walltime.resolve(wall, context.workspace().zone).utc


def reference(name: str) -> int | None:
    """The id that a select sent; None for its empty choice."""
    given = text(name)
    return int(given) if given.isdecimal() and len(given) < 19 else None


def references(name: str) -> list[int]:
    """The ids that several boxes of one name sent."""
    return [int(given) for given in request.form.getlist(name) if given.isdecimal() and len(given) < 19]


def errors_of(error: ServiceError) -> dict[str, str]:
    """Sentences by field, the first of each; what belongs to no field stands under ""."""
    if not isinstance(error, Invalid):
        return {"": explain(error)}
    sentences: dict[str, str] = {}
    for one in error.errors:
        sentences.setdefault(one.field, explain(one))
    return sentences


def field_error(field: str, code: str) -> FieldError:
    """What is wrong with one field, for a route to raise."""
    return FieldError(field, code)


def _split_places(given: str) -> tuple[str, str, str]:
    """Before and after the decimal sign: the last comma or point, if at most two digits follow it."""
    at = max(given.rfind(","), given.rfind("."))
    if at >= 0 and len(given) - at - 1 <= 2:
        return given[:at], given[at], given[at + 1 :]
    return given, "", ""
