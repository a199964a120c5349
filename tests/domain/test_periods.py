"""The periods that success is looked at over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from planner.domain.periods import NAMED, custom, named

TUESDAY = date(2026, 11, 24)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("this_week", date(2026, 11, 23), date(2026, 11, 29)),
        ("last_week", date(2026, 11, 16), date(2026, 11, 22)),
        ("4_weeks", date(2026, 10, 26), date(2026, 11, 22)),
        ("12_weeks", date(2026, 8, 31), date(2026, 11, 22)),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_named_periods_are_whole_weeks_or_quarters(key: str, first: date, last: date) -> None:
    period = named(key, TUESDAY)
    assert (period.first, period.last) == (first, last)


@given(DAYS, st.sampled_from(NAMED))
def test_a_named_period_never_ends_before_it_begins(today: date, key: str) -> None:
    period = named(key, today)
    assert period.first <= period.last
    assert period.days == (period.last - period.first).days + 1


@given(DAYS)
def test_a_quarter_holds_its_day_and_has_ninety_days_or_a_little_more(today: date) -> None:
    period = named("quarter", today)
    assert period.first <= today <= period.last
    assert 90 <= period.days <= 92


def test_a_period_over_a_clock_change_still_has_whole_days() -> None:
    start, end = custom(date(2027, 3, 28), date(2027, 3, 28)).bounds("Europe/Berlin")
    assert (start, end) == (datetime(2027, 3, 27, 23, tzinfo=UTC), datetime(2027, 3, 28, 22, tzinfo=UTC))


def test_a_period_is_running_until_its_last_day_is_over() -> None:
    period = custom(date(2026, 11, 1), date(2026, 11, 24))
    assert period.is_running(TUESDAY)
    assert not period.is_running(date(2026, 11, 25))


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 2, 2), date(2026, 2, 1)), (date(2020, 1, 1), date(2026, 1, 1))]
)
def test_a_backward_or_endless_period_is_none(first: date, last: date) -> None:
    with pytest.raises(ValueError, match="not a period"):
        custom(first, last)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no such period"):
        named("fortnight", TUESDAY)
