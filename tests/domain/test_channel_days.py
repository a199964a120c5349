"""Figures by days, over a period and like with like against the period before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from planner.domain.channel_days import Course, course, gained

MONDAY = date(2026, 3, 9)
START, END = datetime(2026, 3, 8, 23, tzinfo=UTC), datetime(2026, 3, 15, 23, tzinfo=UTC)


def days(first: date, *numbers: int | None) -> dict[date, int]:
    return {first + timedelta(days=n): number for n, number in enumerate(numbers) if number is not None}


def test_a_figure_that_no_day_has_is_missing_and_a_zero_is_a_zero() -> None:
    assert course({}, days(MONDAY, 3), 7) == Course()
    assert course(days(MONDAY, 0), {}, 7) == Course(0, 1)


def test_only_days_that_both_periods_have_are_compared() -> None:
    now = days(MONDAY, 10, 20, 30, None, 40)
    before = days(MONDAY - timedelta(days=7), 5, None, 20, 99, 25, 99, 99)
    assert course(now, before, 7) == Course(100, 4, 50, 3, 0.6)


def test_too_few_days_in_common_are_not_compared() -> None:
    now, before = days(MONDAY, 1, 2, 3, 4, 5), days(MONDAY - timedelta(days=7), 1, 2)
    assert course(now, before, 7) == Course(15, 5)


def test_followers_are_gained_between_the_counts_at_both_ends() -> None:
    def count(hours: int, number: int) -> tuple[datetime, int]:
        return START + timedelta(hours=hours), number

    assert gained([count(-30, 100), count(-6, 104), count(90, 110), count(160, 99)], START, END) == -5
    assert gained([count(10, 104), count(90, 110)], START, END) == 6, "counted first on the first day"
    assert gained([count(-24 * 8, 100), count(90, 110)], START, END) is None, "a count of long ago says nothing"
    assert gained([count(-6, 104)], START, END) is None
    assert gained([], START, END) is None
