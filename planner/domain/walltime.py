"""Wall-clock time to UTC and back, over the hours that a clock change skips or repeats.

The rule: a time in the skipped hour is sent as much later as the clock was put forward (02:30 at 03:30); a time
in the repeated hour is sent at its first passing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

Note = Literal["skipped", "repeated"]

# Names in the zone database that are no place: files of the operating system and a marker for "not configured".
_NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})


@dataclass(frozen=True, slots=True)
class Resolved:
    """A wall-clock time made a moment. ``wall`` is what the clock shows at ``utc`` (naive, to the minute asked
    for unless the hour was skipped); ``note`` says that a clock change had to be settled."""

    utc: datetime
    wall: datetime
    note: Note | None


def resolve(wall: datetime, zone: str) -> Resolved:
    """The moment at which ``zone``'s clock shows ``wall`` (naive). Raises ValueError for an aware time."""
    if wall.tzinfo is not None:
        raise ValueError("a wall-clock time has no zone of its own")
    # With fold 0, Python reads a skipped time with the offset before the change and a repeated one at its
    # first passing (PEP 495): the very rule above.
    local = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
    utc = local.astimezone(UTC)
    shown = to_wall(utc, zone)
    if shown != wall.replace(fold=0):
        return Resolved(utc, shown, "skipped")
    repeated = local.replace(fold=1).utcoffset() != local.utcoffset()
    return Resolved(utc, shown, "repeated" if repeated else None)


def to_wall(moment: datetime, zone: str) -> datetime:
    """What ``zone``'s clock shows at ``moment`` (aware); naive."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def known_zone(name: str) -> bool:
    """Whether ``name`` is the IANA name of a zone."""
    return name in _zones()


def zone_names() -> list[str]:
    """All IANA names, sorted."""
    return sorted(_zones())


def reread() -> None:
    """Forget what is known of the zones: their files may have been replaced since this process began."""
    ZoneInfo.clear_cache()
    _zones.cache_clear()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_PLACE)
