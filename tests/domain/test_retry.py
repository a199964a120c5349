"""When something is tried again, and when it is looked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from planner.domain.retry import LOOKS, MOST_ATTEMPTS, look_times, next_look, next_try, wait

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 30), (2, 120), (3, 600), (4, 3600)])
def test_refusals_that_name_no_time_wait_longer_each_time(attempts: int, seconds: int) -> None:
    assert next_try(NOW, attempts) == NOW + timedelta(seconds=seconds)


def test_after_five_attempts_there_is_no_further_one() -> None:
    assert next_try(NOW, MOST_ATTEMPTS) is None
    assert next_try(NOW, MOST_ATTEMPTS, retry_after=1) is None


def test_the_networks_own_word_goes_before_our_steps() -> None:
    assert next_try(NOW, 4, retry_after=7.5) == NOW + timedelta(seconds=7.5)


@given(st.floats(allow_nan=False))
def test_whatever_a_network_asks_for_the_wait_is_sane(seconds: float) -> None:
    assert timedelta(seconds=1) <= wait(1, seconds) <= timedelta(days=30)


@given(st.integers(min_value=-5, max_value=1000))
def test_waiting_never_ends_in_an_error(times: int) -> None:
    assert timedelta(seconds=30) <= wait(times) <= timedelta(hours=1)


def test_looks_are_spread_evenly_over_the_settle_time_from_the_deadline_on() -> None:
    minutes = [(at - NOW).total_seconds() / 60 for at in look_times(NOW, timedelta(minutes=15))]

    assert minutes == [0, 7.5, 15]


def test_looks_that_come_in_time_keep_to_their_plan() -> None:
    settle = timedelta(minutes=15)
    planned = look_times(NOW, settle)

    assert [next_look(NOW, settle, looks, planned[max(looks - 1, 0)]) for looks in range(LOOKS)] == list(planned)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3)), st.integers(min_value=1, max_value=2))
def test_looks_that_come_late_keep_their_distance(late: timedelta, looks: int) -> None:
    settle = timedelta(minutes=15)

    assert next_look(NOW, settle, looks, NOW + late) >= NOW + late + settle / (LOOKS - 1)
