"""When a limit is near, how long it holds, and how what remains is dealt out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from planner.domain.limits import Claimant, Standing, granted, is_near, merged

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
LONG = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)


def test_a_limit_is_near_by_calls_or_by_share_and_earlier_where_reading_counts_too() -> None:
    assert is_near(25, 0.5, shared=False)
    assert not is_near(26, 0.5, shared=False)
    assert is_near(900, 0.09, shared=False)
    assert not is_near(None, 0.2, shared=False)
    assert is_near(None, 0.2, shared=True)
    assert not is_near(None, None, shared=True)


def test_within_a_window_the_least_that_was_told_is_true_and_the_next_window_begins_afresh() -> None:
    seven = merged(None, 7, 0.07, 600, NOW)
    late = merged(seven, 9, 0.09, 599, NOW + timedelta(seconds=1))
    assert (late.left, late.share, late.since) == (7, 0.07, NOW)
    later = NOW + timedelta(seconds=700)
    fresh = merged(late, 24, 0.24, 900, later)
    assert (fresh.left, fresh.since, fresh.held_until) == (24, later, None)


def test_a_used_up_limit_holds_until_its_reset() -> None:
    standing = merged(None, 0, 0.0, 600, NOW)
    assert standing.held_until == NOW + timedelta(seconds=600)
    assert merged(standing, 3, 0.03, 600, NOW) == standing  # an answer from before the end, that came after it


def test_refusals_that_name_no_moment_wait_longer_each_time_and_begin_anew_after_a_calm() -> None:
    now, standing, waits = NOW, None, []
    for _ in range(6):
        standing = merged(standing, 0, 0.0, None, now)
        assert standing.held_until is not None
        waits.append(int((standing.held_until - now).total_seconds()))
        assert merged(standing, 0, 0.0, None, now) == standing  # what was under way at the same time adds nothing
        now = standing.held_until
    assert waits == [30, 120, 600, 3600, 3600, 3600]
    calm = merged(standing, 0, 0.0, None, now + timedelta(hours=2))
    assert calm.strikes == 1


def a(channel: int, wants: int, *, used: int = 0, served: datetime | None = None, since: datetime = LONG) -> Claimant:
    return Claimant(channel, used, wants, served, since)


def test_with_little_left_those_who_wait_longest_come_first() -> None:
    served = NOW - timedelta(minutes=5)
    assert granted(1, [a(1, 3, served=served), a(2, 3), a(3, 3, since=LONG + timedelta(minutes=1))], NOW) == {2}
    assert granted(1, [a(1, 1, served=served), a(2, 1, since=NOW + timedelta(hours=1))], NOW) == {1}
    assert granted(0, [a(1, 1)], NOW) == set()


def test_what_is_due_later_has_its_share_kept() -> None:
    later = NOW + timedelta(minutes=10)
    assert 1 not in granted(6, [a(1, 20, used=4), a(2, 5, since=later), a(3, 5, since=later)], NOW)
    assert granted(6, [a(1, 20, used=4), a(2, 1, since=later)], NOW) == {1, 2}


@given(st.integers(0, 60), st.lists(st.integers(0, 30), min_size=1, max_size=8), st.data())
def test_however_they_come_no_channel_gets_more_than_its_share_and_nothing_is_left_over(
    budget: int, wanted: list[int], data: st.DataObject
) -> None:
    left, wants, used = budget, list(wanted), Counter[int]()
    while left and sum(wants):
        may = granted(left, [a(n, w, used=used[n]) for n, w in enumerate(wants)], NOW)
        assert may, "something is left, and nobody may take it"
        chosen = data.draw(st.sampled_from(sorted(may)))
        used[chosen] += 1
        wants[chosen] -= 1
        left -= 1
    assert sum(used.values()) == min(budget, sum(wanted))
    for n, w in enumerate(wanted):
        if used[n] < w:  # not satisfied: then nobody else got two more than it did
            assert all(used[other] <= used[n] + 1 for other in range(len(wanted)))


def test_a_share_without_a_window_is_true_for_an_hour() -> None:
    standing = Standing(None, 0.1, None, None, 0, NOW, NOW)
    assert standing.is_true(NOW + timedelta(minutes=59))
    assert not standing.is_true(NOW + timedelta(minutes=60))
