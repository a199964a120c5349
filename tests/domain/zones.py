"""Zones, the moments at which their clocks are put, and times near those moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from planner.domain.walltime import to_wall, zone_names

SINCE = datetime(2005, 1, 1, tzinfo=UTC)
UNTIL = datetime(2038, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """A clock is put at ``moment``: from showing ``shown`` to showing ``shown + by`` (negative: put back)."""

    zone: str
    moment: datetime
    shown: datetime
    by: timedelta


@cache
def every_change() -> tuple[Change, ...]:
    """Every change of every zone from 2005 to the end of 2037, zones of the same clock only once."""
    found: dict[tuple[datetime, datetime, timedelta], Change] = {}
    for zone in zone_names():
        info = ZoneInfo(zone)
        for moment in clock_changes(zone):
            old, new = (_offset(m, info) for m in (moment - timedelta(seconds=1), moment))
            shown = moment.replace(tzinfo=None) + old
            found.setdefault((moment, shown, new - old), Change(zone, moment, shown, new - old))
    return tuple(found.values())


def wall(text: str) -> datetime:
    """A wall-clock time, without a zone."""
    return datetime.fromisoformat(text)


@cache
def clock_changes(zone: str) -> tuple[datetime, ...]:
    """The moments from 2005 to the end of 2037 at which the zone's clock was or will be put, to the second."""
    found, info, step = [], ZoneInfo(zone), timedelta(days=15)
    before, offset = SINCE, SINCE.astimezone(info).utcoffset()
    while before < UNTIL:
        after = before + step
        new = after.astimezone(info).utcoffset()
        if new != offset:
            found.append(_first_moment_after_change(before, after, info))
        before, offset = after, new
    return tuple(found)


def wall_times_around_a_change(zone: str) -> st.SearchStrategy[datetime]:
    """Wall-clock times within three hours of a change of the zone's clock."""
    changes = [to_wall(moment, zone) for moment in clock_changes(zone)]
    minutes = st.integers(-3 * 60, 3 * 60)
    return st.builds(lambda at, by: at + timedelta(minutes=by), st.sampled_from(changes), minutes)


def _first_moment_after_change(before: datetime, after: datetime, info: ZoneInfo) -> datetime:
    offset = before.astimezone(info).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(info).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(moment: datetime, info: ZoneInfo) -> timedelta:
    offset = moment.astimezone(info).utcoffset()
    assert offset is not None
    return offset


zones = st.sampled_from(zone_names())
changing_zones = st.deferred(lambda: st.sampled_from([zone for zone in zone_names() if clock_changes(zone)]))
moments = st.datetimes(SINCE.replace(tzinfo=None), UNTIL.replace(tzinfo=None), timezones=st.just(UTC))
