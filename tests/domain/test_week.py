"""Weeks are ISO weeks, and their bounds are midnights of the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from planner.domain.slots import Taken, WeeklySlot
from planner.domain.walltime import to_wall
from planner.domain.week import (
    Week,
    day_bounds,
    gaps,
    grid_bounds,
    month_bounds,
    month_weeks,
    rhythm_met,
)
from tests.domain.zones import changing_zones

BERLIN = "Europe/Berlin"
days = st.dates(date(2005, 1, 1), date(2031, 12, 31))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_first_of_january_may_belong_to_the_last_week_of_the_year_before() -> None:
    assert str(Week.of(date(2027, 1, 1))) == "2026-W53"
    assert str(Week.of(date(2027, 1, 4))) == "2027-W01"


def test_a_week_begins_on_monday_and_knows_its_neighbours() -> None:
    week = Week.parse("2027-W12")

    assert (week.monday, week.sunday) == (date(2027, 3, 22), date(2027, 3, 28))
    assert (str(week.previous), str(week.next)) == ("2027-W11", "2027-W13")
    assert Week(2026, 53).next == Week(2027, 1)


@pytest.mark.parametrize(
    "text", ["", "2027-12", "2027-W1", "2027-W00", "2027-W53", "W12", "2027-W12-1", "२०२७-W12x", "0001-W01", "9999-W52"]
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Week.parse(text)


def test_the_week_of_the_spring_change_is_an_hour_short_and_that_of_autumn_an_hour_long() -> None:
    spring, autumn = Week(2027, 12).bounds(BERLIN), Week(2027, 43).bounds(BERLIN)

    assert spring == (utc("2027-03-21T23:00"), utc("2027-03-28T22:00"))
    assert spring[1] - spring[0] == timedelta(days=7, hours=-1)
    assert autumn[1] - autumn[0] == timedelta(days=7, hours=1)


def test_sunday_night_in_berlin_is_still_the_old_week_although_utc_agrees_later() -> None:
    assert Week.containing(utc("2027-03-21T22:59"), BERLIN) == Week(2027, 11)
    assert Week.containing(utc("2027-03-21T23:00"), BERLIN) == Week(2027, 12)


def test_a_month_is_drawn_as_whole_weeks() -> None:
    assert [str(week) for week in month_weeks(2027, 3)] == [f"2027-W{n:02d}" for n in range(9, 14)]
    assert [str(week) for week in month_weeks(2027, 2)] == [f"2027-W{n:02d}" for n in range(5, 9)]
    assert month_bounds(2027, 3, BERLIN) == (utc("2027-02-28T23:00"), utc("2027-03-31T22:00"))
    assert grid_bounds(2027, 5, BERLIN) == (utc("2027-04-25T22:00"), utc("2027-06-06T22:00"))


def test_december_ends_with_the_year() -> None:
    assert month_bounds(2027, 12, BERLIN)[1] == utc("2027-12-31T23:00")


@given(days, changing_zones)
def test_weeks_follow_each_other_without_hole_or_overlap(day: date, zone: str) -> None:
    week = Week.of(day)

    assert week.bounds(zone)[1] == week.next.bounds(zone)[0]
    assert week.next.previous == week
    assert week < week.next
    assert Week.parse(str(week)) == week
    assert day in week.days


@given(days, changing_zones, st.times())
def test_what_the_clock_shows_lies_within_the_bounds_of_the_day_it_shows(day: date, zone: str, at: time) -> None:
    moment = datetime.combine(day, at, tzinfo=UTC)

    start, end = day_bounds(to_wall(moment, zone).date(), zone)

    assert start <= moment < end


@given(st.integers(2005, 2031), st.integers(1, 12))
def test_a_month_s_weeks_hold_all_its_days(year: int, month: int) -> None:
    shown = [day for week in month_weeks(year, month) for day in week.days]

    assert next(d for d in shown if d.month == month).day == 1
    assert (max(d for d in shown if d.month == month) + timedelta(days=1)).day == 1
    assert len(shown) in {28, 35, 42}


def test_a_gap_is_a_slot_that_no_post_holds() -> None:
    slots = [WeeklySlot(1, 0, time(9)), WeeklySlot(2, 2, time(9)), WeeklySlot(3, 4, time(9))]
    start, end = Week(2027, 12).bounds(BERLIN)
    taken = Taken(keys={"slot:2027-03-22T09:00"}, moments={utc("2027-03-26T08:00")})

    assert [o.slot_id for o in gaps(slots, BERLIN, start, end, taken)] == [2]


def test_a_rhythm_is_met_by_as_many_posts_as_it_asks_for() -> None:
    assert rhythm_met(2, 2) is True
    assert rhythm_met(1, 2) is False
    assert rhythm_met(5, None) is None
