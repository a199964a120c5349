"""Figures are summed without turning a missing one into a zero."""

from __future__ import annotations

from hypothesis import given, strategies as st

from planner.domain.figures import METRICS, Sums, change, interactions, sums_of

figures = st.dictionaries(st.sampled_from(METRICS), st.none() | st.integers(0, 10**6))


def test_a_figure_that_nobody_gives_is_missing_and_not_zero() -> None:
    sums = sums_of([{"reactions": 3}, {"reactions": None, "clicks": None}])

    assert (sums.value("reactions"), sums.given("reactions")) == (3, 1)
    assert (sums.value("clicks"), sums.given("clicks")) == (None, 0)


def test_a_zero_that_a_network_gives_is_a_zero() -> None:
    assert sums_of([{"clicks": 0}]).value("clicks") == 0


def test_interactions_are_reactions_comments_and_shares_but_not_clicks() -> None:
    assert interactions({"reactions": 5, "comments": 2, "shares": None, "clicks": 40}) == 7
    assert interactions({"clicks": 40}) is None


def test_the_engagement_rate_looks_only_at_those_who_give_both_figures() -> None:
    sums = sums_of([{"impressions": 100, "reactions": 4}, {"reactions": 50}, {"impressions": 900}])

    assert sums.engagement_rate == 0.04


def test_without_impressions_there_is_no_engagement_rate() -> None:
    assert sums_of([{"impressions": 0, "reactions": 0}, {"reactions": 3}]).engagement_rate is None


def test_a_change_needs_both_figures_and_something_to_begin_with() -> None:
    assert change(150, 100) == 0.5
    assert change(0, 100) == -1
    assert change(None, 100) is None
    assert change(100, None) is None
    assert change(100, 0) is None


@given(st.lists(figures), st.lists(figures))
def test_sums_add_up_however_they_are_parted(
    one: list[dict[str, int | None]], other: list[dict[str, int | None]]
) -> None:
    assert sums_of(one) + sums_of(other) == sums_of(one + other)


@given(st.lists(figures))
def test_a_sum_is_there_exactly_when_somebody_gave_the_figure(given_figures: list[dict[str, int | None]]) -> None:
    sums = sums_of(given_figures)

    for name in METRICS:
        numbers = [f[name] for f in given_figures if f.get(name) is not None]
        assert sums.given(name) == len(numbers)
        assert sums.value(name) == (sum(n for n in numbers if n is not None) if numbers else None)
    assert Sums() + sums == sums
