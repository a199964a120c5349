"""Engagement follows from a post's id, its age and the seed, and only grows."""

from __future__ import annotations

from dataclasses import astuple
from datetime import timedelta

from hypothesis import given, strategies as st

from publishers.sandbox import Sandbox
from publishers.sandbox.engagement import PACES, comment_moments, engagement
from tests.publishers.sandbox.callers import PAGE
from tests.support.clock import FakeClock

networks = st.sampled_from(sorted(PACES))
ids = st.integers(10**9, 10**18).map(str)
ages = st.timedeltas(timedelta(), timedelta(days=400))


@given(networks, ids, ages, ages)
def test_figures_never_shrink(network: str, post_id: str, one: timedelta, other: timedelta) -> None:
    younger, older = sorted((one, other))
    before = astuple(engagement(1, network, post_id, 2000, younger))
    after = astuple(engagement(1, network, post_id, 2000, older))
    assert all(a <= b for a, b in zip(before, after, strict=True))


@given(networks, ids, ages)
def test_figures_are_plausible_and_repeatable(network: str, post_id: str, age: timedelta) -> None:
    now = engagement(1, network, post_id, 2000, age, images=1, link=True)
    assert now == engagement(1, network, post_id, 2000, age, images=1, link=True)
    assert now.impressions >= now.reach >= now.reactions >= 0
    assert sum(now.reactions_by_type().values()) == now.reactions
    assert min(now.reactions_by_type().values()) >= 0


@given(networks, ids, ages)
def test_there_are_as_many_comments_as_are_counted_in_order_and_none_from_the_future(
    network: str, post_id: str, age: timedelta
) -> None:
    moments = comment_moments(1, network, post_id, 5000, age)
    assert len(moments) == engagement(1, network, post_id, 5000, age).comments
    assert moments == sorted(moments)
    assert all(timedelta() <= moment <= age for moment in moments)


def test_a_new_post_has_nothing_and_posts_differ() -> None:
    day = timedelta(days=1)
    assert engagement(1, "linkedin", "1", 2000, timedelta()).impressions == 0
    assert len({engagement(1, "linkedin", str(number), 2000, day) for number in range(20)}) == 20
    assert engagement(1, "linkedin", "1", 2000, day) != engagement(2, "linkedin", "1", 2000, day)


def test_an_average_post_of_a_b2b_page_stays_within_reason() -> None:
    week = timedelta(days=7)
    posts = [engagement(1, "linkedin", str(number), 5400, week) for number in range(200)]
    rates = sorted((p.reactions + p.comments + p.shares + p.clicks) / p.impressions for p in posts)
    assert 0.01 < rates[100] < 0.10
    assert 1000 < sorted(p.impressions for p in posts)[100] < 8000


def test_a_backdated_post_has_the_figures_of_its_age(sandbox: Sandbox, clock: FakeClock) -> None:
    created_at = clock() - timedelta(days=42)
    post_id = sandbox.backfill("facebook", PAGE, "Vor sechs Wochen", created_at)
    post = sandbox.world.store.find("facebook", post_id)
    assert post is not None
    assert sandbox.world.engagement(post) == engagement(1, "facebook", post_id, 3120, timedelta(days=42))
