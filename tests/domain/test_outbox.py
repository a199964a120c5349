"""When mails and webhook calls are tried, and who wants to hear of what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from planner.domain.outbox import WISHES, Pace, last_summary, next_try, pace_of

START = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


def test_the_time_between_tries_grows_and_ends_after_a_day() -> None:
    waits = [next_try(START, START, attempts) for attempts in range(1, 8)]
    assert [None if at is None else (at - START).total_seconds() for at in waits] == [
        30,
        120,
        600,
        1800,
        3600,
        3600,
        3600,
    ]
    assert next_try(START, START + timedelta(hours=22, minutes=59), 20) is not None
    assert next_try(START, START + timedelta(hours=23), 20) is None
    for asked, later in ((5, 30), (90, 90), (86400, 6 * 3600)):  # never sooner than our own step, never for ever
        assert next_try(START, START, 1, timedelta(seconds=asked)) == START + timedelta(seconds=later)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-16T05:59:00Z", "2026-03-15T06:00:00Z"),
        ("2026-03-16T06:00:00Z", "2026-03-16T06:00:00Z"),
        ("2026-03-29T06:00:00Z", "2026-03-29T05:00:00Z"),  # the clock was put forward in the night
        ("2026-03-29T04:59:00Z", "2026-03-28T06:00:00Z"),
    ],
)
def test_the_daily_summary_is_at_seven_by_the_workspaces_clock(now: str, expected: str) -> None:
    assert last_summary(datetime.fromisoformat(now), "Europe/Berlin") == datetime.fromisoformat(expected)


def test_a_wish_counts_where_it_makes_sense_and_else_the_default() -> None:
    assert pace_of("delivery_failed", {}) is Pace.NOW
    assert pace_of("delivery_failed", {"delivery_failed": "none"}) is Pace.NONE
    assert pace_of("week", {"week": "daily"}) is Pace.NOW
    assert pace_of("week_gaps", {"week_gaps": "now"}) is Pace.NONE, "the weekly mail tells it"
    assert pace_of("something_new", {}) is Pace.DAILY
    assert all(wish.default in wish.paces for wish in WISHES.values())
