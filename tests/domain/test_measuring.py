"""Young posts are asked about often, old ones rarely, very old ones never again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from planner.domain.measuring import first_due, next_due

PUBLISHED = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(minutes=15)),
        (timedelta(hours=1, minutes=59), timedelta(minutes=15)),
        (timedelta(hours=2), timedelta(hours=1)),
        (timedelta(hours=23), timedelta(hours=1)),
        (timedelta(days=1), timedelta(hours=6)),
        (timedelta(days=7), timedelta(days=1)),
        (timedelta(days=30), timedelta(days=7)),
        (timedelta(days=90), timedelta(days=30)),
        (timedelta(days=364), timedelta(days=30)),
    ],
)
def test_the_wait_grows_with_the_age_of_the_post(age: timedelta, wait: timedelta) -> None:
    now = PUBLISHED + age

    assert next_due(PUBLISHED, now) == now + wait


def test_a_post_of_a_year_is_not_asked_about_again() -> None:
    assert next_due(PUBLISHED, PUBLISHED + timedelta(days=365)) is None


def test_the_first_figures_come_a_quarter_of_an_hour_after_publishing() -> None:
    assert first_due(PUBLISHED) == PUBLISHED + timedelta(minutes=15)


def test_a_post_is_asked_about_about_a_hundred_times_in_its_life() -> None:
    asked, due = 0, first_due(PUBLISHED)
    while (following := next_due(PUBLISHED, due)) is not None:
        asked, due = asked + 1, following

    assert 50 < asked < 120
    assert due >= PUBLISHED + timedelta(days=365)


@given(st.timedeltas(timedelta(0), timedelta(days=400)), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_an_older_post_never_waits_less_than_a_younger_one(one: timedelta, other: timedelta) -> None:
    younger, older = sorted((PUBLISHED + one, PUBLISHED + other))
    sooner, later = next_due(PUBLISHED, younger), next_due(PUBLISHED, older)

    assert sooner is None or sooner > younger
    if sooner is not None and later is not None:
        assert sooner - younger <= later - older


def test_where_reading_is_paid_for_a_post_is_asked_for_a_dozen_times_in_its_life() -> None:
    asked, due = 0, first_due(PUBLISHED)
    while (following := next_due(PUBLISHED, due, paid=True)) is not None:
        assert following > due
        asked, due = asked + 1, following
    assert 8 <= asked <= 12
