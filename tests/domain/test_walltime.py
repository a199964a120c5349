"""A wall-clock time becomes one moment, also where a clock change skips or repeats its hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from planner.domain.walltime import known_zone, resolve, to_wall
from tests.domain.zones import changing_zones, clock_changes, moments, wall, wall_times_around_a_change, zones

BERLIN = "Europe/Berlin"


def test_a_time_in_the_skipped_hour_in_berlin_is_sent_an_hour_later() -> None:
    sent = resolve(wall("2027-03-28T02:30"), BERLIN)

    assert sent.utc == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert sent.wall == wall("2027-03-28T03:30")
    assert sent.note == "skipped"


def test_a_time_in_the_repeated_hour_in_berlin_is_sent_at_its_first_passing() -> None:
    sent = resolve(wall("2027-10-31T02:30"), BERLIN)

    assert sent.utc == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert sent.wall == wall("2027-10-31T02:30")
    assert sent.note == "repeated"


@pytest.mark.parametrize(
    ("chosen", "note"),
    [
        ("2027-03-28T01:59", None),
        ("2027-03-28T02:00", "skipped"),
        ("2027-03-28T02:59", "skipped"),
        ("2027-03-28T03:00", None),
        ("2027-10-31T01:59", None),
        ("2027-10-31T02:00", "repeated"),
        ("2027-10-31T02:59", "repeated"),
        ("2027-10-31T03:00", None),
        ("2027-06-15T02:30", None),
    ],
)
def test_only_the_hour_itself_is_remarked_upon(chosen: str, note: str | None) -> None:
    assert resolve(wall(chosen), BERLIN).note == note


def test_lord_howe_puts_its_clock_by_half_an_hour() -> None:
    spring = resolve(wall("2027-10-03T02:15"), "Australia/Lord_Howe")
    autumn = resolve(wall("2027-04-04T01:45"), "Australia/Lord_Howe")

    assert (spring.wall, spring.note) == (wall("2027-10-03T02:45"), "skipped")
    assert (autumn.utc, autumn.note) == (datetime(2027, 4, 3, 14, 45, tzinfo=UTC), "repeated")


def test_a_day_that_begins_at_one_o_clock_gets_its_midnight_post_at_one() -> None:
    sent = resolve(wall("2018-11-04T00:00"), "America/Sao_Paulo")

    assert (sent.wall, sent.note) == (wall("2018-11-04T01:00"), "skipped")


def test_a_midnight_that_comes_twice_is_used_the_first_time() -> None:
    sent = resolve(wall("2024-11-03T00:00"), "America/Havana")

    assert (sent.utc, sent.note) == (datetime(2024, 11, 3, 4, 0, tzinfo=UTC), "repeated")


def test_a_day_that_was_skipped_whole_moves_to_the_day_after() -> None:
    sent = resolve(wall("2011-12-30T10:00"), "Pacific/Apia")

    assert (sent.wall, sent.note) == (wall("2011-12-31T10:00"), "skipped")


@given(st.data())
def test_in_every_zone_the_clock_shows_the_chosen_time_or_the_time_was_skipped(data: st.DataObject) -> None:
    zone = data.draw(changing_zones)
    chosen = data.draw(wall_times_around_a_change(zone))

    sent = resolve(chosen, zone)

    assert to_wall(sent.utc, zone) == sent.wall
    assert (sent.wall == chosen) == (sent.note != "skipped")
    if sent.note == "skipped":
        assert not _moments_showing(chosen, zone)
        jump = _change_before(sent.utc, zone)
        assert sent.wall - chosen == _offset(jump, zone) - _offset(jump - timedelta(seconds=1), zone)
    else:
        shown = _moments_showing(chosen, zone)
        assert sent.utc == min(shown)
        assert (len(shown) > 1) == (sent.note == "repeated")


@given(zones, moments)
def test_a_moment_shown_on_the_clock_leads_back_to_itself_or_to_its_first_passing(zone: str, moment: datetime) -> None:
    back = resolve(to_wall(moment, zone), zone)

    assert back.utc == moment or (back.note == "repeated" and back.utc < moment)


def test_an_aware_time_is_no_wall_clock_time() -> None:
    with pytest.raises(ValueError, match="no zone"):
        resolve(datetime(2027, 1, 1, tzinfo=UTC), BERLIN)


def test_zones_are_known_by_their_names() -> None:
    assert known_zone(BERLIN)
    assert known_zone("UTC")
    for wrong in ("", "Berlin", "Europe/Berlin/..", "../etc/passwd", "localtime", "Factory"):
        assert not known_zone(wrong)


def _offset(moment: datetime, zone: str) -> timedelta:
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset


def _change_before(moment: datetime, zone: str) -> datetime:
    return max(change for change in clock_changes(zone) if change <= moment)


def _moments_showing(chosen: datetime, zone: str) -> list[datetime]:
    """All moments at which the clock shows ``chosen``: looked for offset by offset, without asking what is tested."""
    as_if_utc = chosen.replace(tzinfo=UTC)
    offsets = {_offset(as_if_utc + timedelta(hours=h), zone) for h in range(-48, 49)}
    return [m for m in (as_if_utc - offset for offset in offsets) if to_wall(m, zone) == chosen]
