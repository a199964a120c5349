"""Another clock beneath planned posts: what it asks about, and what was decided."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.services.retiming import Keep
from planner.web.api.shapes.common import ID_PATTERN, Id, Input, Moment, Output, PlainText, Query

Zone = Annotated[PlainText, Field(min_length=1, max_length=64)]
WALL = "By the clock, as 2026-04-01T15:00."


class ZoneQuery(Query):
    """Which zone is meant."""

    zone: Zone = Field(description="A name of the time zone database, such as Europe/Berlin.")


class Decision(Input):
    """What planned posts with a time of their own keep: `clock`, their time on the clock, or `moment`, the moment."""

    keep: Keep | None = Field(None, description="For all that is not named in `exceptions`.")
    exceptions: Annotated[
        dict[Annotated[str, Field(pattern=ID_PATTERN)], Keep],
        Field(max_length=1000, json_schema_extra={"additionalProperties": {"enum": [k.value for k in Keep]}}),
    ] = Field(default_factory=dict, description="By delivery id.")


class ZonePut(Decision):
    """Another zone for the workspace."""

    zone: Zone = Field(description="A name of the time zone database, such as Europe/Berlin.")


class AskedTime(Output):
    """A post with a time of its own, of which only a person knows what was meant. It goes out at `publish_at` until
    somebody decides; by the clock it would be `by_clock`, unless that is `past`."""

    delivery: Id
    post: Id
    channel: Id
    zone: str = Field(description="Whose clock it is.")
    wall_time: str = Field(description=f"What was chosen. {WALL}")
    publish_at: Moment
    shown: str = Field(description=f"What that clock shows at `publish_at`. {WALL}")
    by_clock: Moment
    past: bool
    suggestion: Keep


class MovedTime(Output):
    """A queued post that follows its slot."""

    delivery: Id
    publish_at: Moment | None
    would_be: Moment


class AskedTimes(Output):
    """What new rules of a zone ask about."""

    items: list[AskedTime]
    next: None = Field(default=None, description="A decision is about all of them.")


class ZonePreview(AskedTimes):
    """What another zone would do: `items` are asked about, `queued` posts move."""

    queued: list[MovedTime]


class ZoneChange(Output):
    """What another zone did. `id` takes it back; null where it was the workspace's zone already."""

    id: Id | None
    zone: str
    queued: int = Field(description="Queued posts that moved with their slots.")
    by_clock: int
    by_moment: int


class TimesDecided(Output):
    """A decision about what new rules ask. `id` takes it back."""

    id: Id


class TimesTakenBack(Output):
    """``restored`` have the time that they had; ``left`` were sent or moved since, or their time is past."""

    restored: list[Id]
    left: list[Id]
