"""Types that all shapes share: ids, moments, plain text, pages of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.]\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
#: Line breaks and tabs are text; everything else below the blank is not (and PostgreSQL takes no NUL at all).
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ID_PATTERN = "^[1-9][0-9]{0,17}$"


Day = TypeVar("Day", bound=date)


def _refuse(code: str, **params: Any) -> PydanticCustomError:
    return PydanticCustomError(code, code, params)


def read_id(value: Any) -> int:
    """An id as the API writes it: digits in a string."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _refuse("id_invalid")
    return int(value)


def read_moment(value: Any) -> datetime:
    """RFC 3339 with a zone; kept in UTC."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise _refuse("moment_invalid")
    try:
        return _within_reach(datetime.fromisoformat(value.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        raise _refuse("moment_invalid") from None


def read_day(value: Any) -> date:
    """``2026-11-24``."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise _refuse("date_invalid")
    try:
        return _within_reach(date.fromisoformat(value))
    except ValueError:
        raise _refuse("date_invalid") from None


def _within_reach(value: Day) -> Day:
    """Centuries that no plan reaches are refused here: at their ends, no zone's clock can be read any more."""
    if not 1970 <= value.year <= 2200:
        raise ValueError(value)
    return value


def _read_moment_or_day(value: Any) -> datetime | date:
    # A plus sign that was not percent-encoded arrives as a blank.
    text = re.sub(r" (\d{2}:\d{2})$", r"+\1", value) if isinstance(value, str) else value
    try:
        return read_day(text) if isinstance(text, str) and _DAY.fullmatch(text) else read_moment(text)
    except PydanticCustomError:
        raise _refuse("moment_or_day_invalid") from None


def _read_clock(value: Any) -> time:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise _refuse("clock_invalid")
    return time.fromisoformat(value)


def _read_number(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        raise _refuse("number_invalid")
    return int(value)


def _read_cursor(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _refuse("cursor_invalid")
    return value


def has_forbidden(text: str) -> bool:
    """Whether a text holds control characters."""
    return bool(_FORBIDDEN.search(text))


def _plain(value: str) -> str:
    if has_forbidden(value):
        raise _refuse("characters_forbidden")
    return value


def _write_moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


IdIn = Annotated[int, PlainValidator(read_id), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})]
MomentIn = Annotated[
    datetime,
    PlainValidator(read_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "RFC 3339, with a zone"}),
]
DayIn = Annotated[date, PlainValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})]
ClockIn = Annotated[
    time, PlainValidator(_read_clock), WithJsonSchema({"type": "string", "pattern": f"^({_CLOCK.pattern})$"})
]
MomentOrDayIn = Annotated[
    datetime | date,
    PlainValidator(_read_moment_or_day),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
PlainText = Annotated[str, AfterValidator(_plain)]
Limit = Annotated[
    int,
    BeforeValidator(_read_number),
    Field(ge=1, le=200),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 200}),
]

Id = Annotated[str, Field(pattern="^[0-9]+$")]
Moment = Annotated[datetime, PlainSerializer(_write_moment), WithJsonSchema({"type": "string", "format": "date-time"})]


class Input(BaseModel):
    """The base of what comes in: unknown fields are errors, types are taken as they are."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Query(BaseModel):
    """The base of query parameters: all arrive as text."""

    model_config = ConfigDict(defer_build=True, extra="forbid", hide_input_in_errors=True)


class Output(BaseModel):
    """The base of what goes out."""

    model_config = ConfigDict(defer_build=True, extra="forbid")


class PageQuery(Query):
    """Which part of a list."""

    cursor: (
        Annotated[str, PlainValidator(_read_cursor), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})] | None
    ) = Field(None, description="`next` of the page before.")
    limit: Limit = Field(50, description="How many at most.")


Item = TypeVar("Item", bound=BaseModel)


class Page(Output, Generic[Item]):
    """One page of a list. ``next`` is the cursor of the page after, null at the end."""

    items: list[Item]
    next: str | None


class FieldProblem(Output):
    """What is wrong with one field. Nested fields are written with dots: ``variants.12.text``."""

    field: str
    code: str
    message: str


class Problem(Output):
    """An error, as RFC 9457 describes it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem]


def given(model: BaseModel) -> Mapping[str, Any]:
    """The fields that a request really named, with what it said."""
    return {name: getattr(model, name) for name in model.model_fields_set}
