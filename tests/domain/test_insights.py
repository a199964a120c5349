"""What the figures of a period are said to mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.domain.insights import GoalStanding, Part, Standing, observations, verdict

USUAL = Standing(
    posts=10, previous_posts=10, interactions=100, previous_interactions=100, deliveries=10, given=10, weeks=4
)
ON_TRACK = GoalStanding("Reichweite", 0.6, 0.5, True)
BEHIND = GoalStanding("Bewerbungen", 0.2, 0.5, False)
NOT_BEGUN = GoalStanding("Messe", None, 0.0, None)


def codes(standing: Standing) -> list[str]:
    return [insight.code for insight in observations(standing)]


def test_without_posts_there_is_nothing_to_judge() -> None:
    nothing = replace(USUAL, posts=0, interactions=None, deliveries=0, given=0)
    assert verdict(nothing).code == "nothing_published"
    assert observations(nothing) == []


def test_without_figures_nothing_is_claimed() -> None:
    silent = replace(USUAL, interactions=None, given=0)
    assert verdict(silent).code == "no_figures_yet"
    assert observations(silent) == []


@pytest.mark.parametrize(
    ("goals", "code", "tone"),
    [
        ([ON_TRACK], "goal_on_track", "success"),
        ([ON_TRACK, ON_TRACK], "goals_on_track", "success"),
        ([ON_TRACK, BEHIND], "goals_mixed", "warning"),
        ([BEHIND], "goal_behind", "danger"),
        ([BEHIND, BEHIND], "goals_behind", "danger"),
    ],
)
def test_goals_decide_before_the_comparison_does(goals: list[GoalStanding], code: str, tone: str) -> None:
    found = verdict(replace(USUAL, interactions=1, goals=goals))
    assert (found.code, found.tone) == (code, tone)


def test_a_goal_that_has_not_begun_decides_nothing() -> None:
    assert verdict(replace(USUAL, interactions=150, goals=[NOT_BEGUN])).code == "better"


@pytest.mark.parametrize(("interactions", "code"), [(120, "better"), (80, "worse"), (102, "same")])
def test_without_goals_the_period_before_decides(interactions: int, code: str) -> None:
    assert verdict(replace(USUAL, interactions=interactions)).code == code


@pytest.mark.parametrize("before", [None, 0])
def test_with_nothing_before_no_growth_is_claimed(before: int | None) -> None:
    assert verdict(replace(USUAL, previous_interactions=before)).code == "first_figures"


def test_a_network_that_brings_more_than_its_share_is_named_with_both_shares() -> None:
    networks = [Part("linkedin", 3, 61), Part("facebook", 7, 39)]
    strong, weak = observations(replace(USUAL, networks=networks))
    assert (strong.code, strong.params["name"], strong.params["share"], strong.params["post_share"]) == (
        "network_strong",
        "linkedin",
        0.61,
        0.3,
    )
    assert (weak.code, weak.params["name"]) == ("network_weak", "facebook")


def test_networks_that_do_about_equally_well_are_not_ranked() -> None:
    assert codes(replace(USUAL, networks=[Part("linkedin", 5, 52), Part("facebook", 5, 48)])) == []


def test_one_post_proves_nothing_about_a_network() -> None:
    assert codes(replace(USUAL, networks=[Part("linkedin", 1, 90), Part("facebook", 9, 10)])) == []


def test_a_network_without_figures_is_left_out_and_not_called_weak() -> None:
    networks = [Part("linkedin", 5, 60), Part("facebook", 5, 40), Part("xing", 5, None)]
    assert "xing" not in [insight.params.get("name") for insight in observations(replace(USUAL, networks=networks))]


def test_many_more_posts_are_compared_by_their_average() -> None:
    found = observations(replace(USUAL, posts=20, interactions=150, goals=[ON_TRACK]))
    each = next(insight for insight in found if insight.code == "per_post")
    assert (each.params["now_each"], each.params["before_each"], each.tone) == (8, 10, "warning")


def test_empty_weeks_and_a_lagging_goal_are_told() -> None:
    standing = replace(USUAL, goals=[BEHIND, ON_TRACK], weeks_without_posts=2, posts_without_goal=6)
    assert codes(standing) == ["same", "goal_lags", "weeks_without_posts", "posts_without_goal"]


def test_posts_without_a_goal_are_told_only_where_there_are_goals() -> None:
    assert codes(replace(USUAL, posts_without_goal=10)) == []
