"""Finding out about what is unconfirmed: nothing is sent again before it is sure, every post is adopted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from planner.bootstrap import bootstrap
from planner.domain.states import DeliveryState, Outcome, PostStatus
from planner.services.publishing import pool
from planner.services.publishing.reconcile import reconcile
from planner.services.publishing.send import Step
from tests.services.publishing.conftest import NETWORKS
from tests.services.publishing.stage import SEND_TIMEOUT, SETTLE, Stage, at_step, lost
from tests.support.factories import make_media

S = DeliveryState
TEXT = "Neue Fräse im Werk Süd."
DEADLINE = timedelta(seconds=1.5 * SEND_TIMEOUT)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_post_that_was_accepted_without_an_answer_is_found_and_adopted(stage: Stage, network: str) -> None:
    lost(stage, network, accepted=True)
    delivery = stage.due(stage.channel(network), link="https://www.Brandt.example/neu/?utm_source=social")

    stage.run()
    assert stage.state(delivery) is S.UNKNOWN
    stage.reconcile()

    found = stage.read(delivery)
    assert (found.state, found.remote_id) == (S.PUBLISHED, stage.live()[0]["id"])
    assert stage.post(delivery).status is PostStatus.PUBLISHED
    stage.settle()
    stage.run()
    assert stage.sent() == 1


@pytest.mark.parametrize("network", NETWORKS)
def test_a_post_that_is_absent_in_three_looks_is_sent_again_once(stage: Stage, network: str) -> None:
    lost(stage, network, accepted=False)
    delivery = stage.due(stage.channel(network))

    stage.run()
    stage.settle()
    assert stage.state(delivery) is S.SCHEDULED
    stage.run()

    assert stage.state(delivery) is S.PUBLISHED
    assert len(stage.live()) == 1
    assert [a.outcome for a in stage.attempts(delivery)] == [Outcome.UNCERTAIN, Outcome.PUBLISHED]


def test_a_process_that_is_asked_to_stop_leaves_the_look_to_whoever_comes_next(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(stage.channel())
    stage.run()
    stage.platform.stopping.set()
    stage.reconcile()
    assert (stage.state(delivery), stage.read(delivery).look_at) == (S.UNKNOWN, stage.clock.now())

    stage.platform.stopping.clear()
    stage.reconcile()
    assert stage.state(delivery) is S.PUBLISHED


def test_the_looks_that_count_begin_at_the_hard_deadline_and_are_spread_over_the_settle_time(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=False)
    delivery = stage.due(stage.channel())
    stage.run()
    deadline = stage.attempts(delivery)[0].deadline_at

    looks: list[tuple[datetime, int]] = []
    while stage.state(delivery) is S.UNKNOWN:
        next_look = stage.read(delivery).look_at
        assert next_look is not None
        stage.clock.set(next_look)
        looks.append((next_look, stage.read(delivery).looks))
        stage.reconcile()

    half = timedelta(seconds=SETTLE / 2)
    assert looks[0][0] < deadline
    assert looks[1:] == [(deadline, 0), (deadline + half, 1), (deadline + 2 * half, 2)]


def test_looks_that_come_late_keep_their_distance(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=False)
    delivery = stage.due(stage.channel())
    stage.run()
    stage.clock.advance(hours=1)

    for _ in range(5):
        stage.reconcile()

    assert (stage.state(delivery), stage.read(delivery).looks) == (S.UNKNOWN, 1)
    stage.clock.advance(seconds=SETTLE / 2)
    stage.reconcile()
    stage.clock.advance(seconds=SETTLE / 2)
    stage.reconcile()
    assert stage.state(delivery) is S.SCHEDULED


def test_a_post_that_the_network_lists_late_is_found_by_a_later_look(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(stage.channel())
    stage.run()
    (post,) = stage.sandbox.world.store.accepted("linkedin")
    post.listed_from = stage.moment(seconds=SETTLE * 0.7)

    stage.settle()

    assert stage.state(delivery) is S.PUBLISHED
    assert stage.sent() == 1


@pytest.mark.parametrize("ahead", [0.0, 120.0, -120.0])
def test_a_post_that_was_there_before_is_never_adopted_whatever_the_networks_clock_says(
    stage: Stage, ahead: float
) -> None:
    channel = stage.channel("xing")
    stage.sandbox.offset_seconds = ahead
    account = channel.remote_account_id or ""
    stage.sandbox.backfill("xing", account, TEXT, stage.moment(seconds=ahead - 3))
    lost(stage, "xing", accepted=False)
    delivery = stage.due(channel)

    stage.run()
    stage.settle()

    assert stage.read(delivery).remote_id is None
    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "ambiguous")


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=1), timedelta(hours=2), timedelta(hours=5)])
@pytest.mark.parametrize("back", [timedelta(minutes=5), timedelta(hours=2)])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_post_that_went_out_before_our_clock_was_put_back_is_not_sent_again_but_shown_to_a_person(
    stage: Stage, network: str, back: timedelta, ahead: timedelta
) -> None:
    stage.sandbox.offset_seconds = -ahead.total_seconds()  # ours was ahead, if at all by more or less than that
    lost(stage, network, accepted=True)
    delivery = stage.due(stage.channel(network))
    stage.run()

    stage.sandbox.offset_seconds += back.total_seconds()  # ours is put back, and as much time passes
    stage.settle()
    stage.run()

    asked = stage.read(delivery)
    assert (asked.state, asked.error_code, stage.sent()) == (S.NEEDS_PERSON, "ambiguous", 1)
    assert asked.error_params is not None
    assert [found["remote_id"] for found in asked.error_params["candidates"]] == [stage.live()[0]["id"]]


def test_what_went_out_from_here_before_with_the_same_words_keeps_nothing_from_being_sent_again(stage: Stage) -> None:
    channel = stage.channel("xing")
    stage.due(channel)
    stage.run()
    stage.clock.advance(minutes=10)
    lost(stage, "xing", accepted=False)
    delivery = stage.due(channel)

    stage.run()
    stage.settle()
    stage.run()

    assert (stage.state(delivery), len(stage.live())) == (S.PUBLISHED, 2)


@pytest.mark.parametrize("ahead", [120.0, -120.0, 3600.0, -3 * 3600.0])
def test_a_post_is_found_although_the_networks_clock_is_wrong(stage: Stage, ahead: float) -> None:
    stage.sandbox.offset_seconds = ahead
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(stage.channel())

    stage.run()
    stage.reconcile()

    assert stage.state(delivery) is S.PUBLISHED


@pytest.mark.parametrize("network", ["linkedin", "facebook", "twitter", "xing"])
def test_a_post_is_found_although_our_clock_was_put_forward_by_an_hour_since(stage: Stage, network: str) -> None:
    lost(stage, network, accepted=True)
    delivery = stage.due(stage.channel(network))

    stage.run()
    stage.clock.advance(hours=1)
    stage.sandbox.offset_seconds -= 3600
    stage.reconcile()

    assert stage.state(delivery) is S.PUBLISHED


def test_a_post_with_another_text_or_number_of_images_is_not_ours(stage: Stage) -> None:
    with_image, without = stage.channel("twitter"), stage.channel("twitter")
    lost(stage, "twitter", accepted=False, count=2)
    image = make_media(stage.platform, stage.company.alice)
    one, other = stage.due(with_image, media=(image,)), stage.due(without)
    stage.run()
    now = stage.moment(milliseconds=1)
    stage.sandbox.backfill("twitter", with_image.remote_account_id or "", TEXT, now)
    stage.sandbox.backfill("twitter", without.remote_account_id or "", "Ein anderer Text", now)

    stage.settle()

    assert (stage.state(one), stage.state(other)) == (S.SCHEDULED, S.SCHEDULED)


def test_the_tracked_link_tells_two_posts_apart(stage: Stage) -> None:
    channel = stage.channel("facebook")
    account = channel.remote_account_id or ""
    lost(stage, "facebook", accepted=False)
    delivery = stage.due(channel, link="https://brandt.example/neu?utm_content=17")
    stage.run()
    now = stage.moment(milliseconds=1)
    stage.sandbox.backfill("facebook", account, TEXT, now, link="https://brandt.example/neu?utm_content=16")

    stage.settle()

    assert stage.state(delivery) is S.SCHEDULED


def test_a_remote_post_is_adopted_only_once(stage: Stage) -> None:
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=True)
    lost(stage, "xing", accepted=False)
    one, two = stage.due(channel), stage.due(channel)
    stage.run()
    stage.run()
    assert (stage.state(one), stage.state(two)) == (S.UNKNOWN, S.UNKNOWN)

    stage.settle()
    stage.run()

    ids = {stage.read(one).remote_id, stage.read(two).remote_id}
    assert ids == {post["id"] for post in stage.live()}
    assert len(ids) == 2


def test_two_of_the_same_text_that_both_went_out_are_both_adopted(stage: Stage) -> None:
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=True, count=2)
    one, two = stage.due(channel), stage.due(channel)
    stage.run()
    stage.run()

    stage.settle()

    ids = {stage.read(one).remote_id, stage.read(two).remote_id}
    assert ids == {post["id"] for post in stage.live()}
    assert stage.sent() == 2


def test_a_post_found_is_not_adopted_while_another_of_the_same_text_is_being_sent(stage: Stage) -> None:
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=False)
    one = stage.due(channel)
    stage.run()
    two = stage.due(channel)
    stage.clock.advance(seconds=60)

    stage.run(at_step(Step.CALLED, stage.reconcile))

    assert (stage.state(one), stage.state(two)) == (S.UNKNOWN, S.PUBLISHED)
    assert stage.read(two).remote_id == stage.live()[0]["id"]
    stage.settle()
    stage.run()
    assert (stage.state(one), len(stage.live())) == (S.PUBLISHED, 2)


def test_more_posts_than_we_can_have_made_are_a_persons_to_tell_apart(stage: Stage) -> None:
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=True)
    delivery = stage.due(channel)
    stage.run()
    stage.sandbox.backfill("xing", channel.remote_account_id or "", TEXT, stage.moment(seconds=2))
    stage.clock.advance(seconds=5)

    stage.reconcile()

    asked = stage.read(delivery)
    assert (asked.state, asked.error_code) == (S.NEEDS_PERSON, "ambiguous")
    assert asked.error_params is not None
    assert {c["remote_id"] for c in asked.error_params["candidates"]} == {post["id"] for post in stage.live()}
    assert stage.told("delivery_needs_person")


def test_a_post_of_an_earlier_attempt_is_adopted_even_if_it_shows_up_only_after_a_second(stage: Stage) -> None:
    lost(stage, "xing", accepted=True)
    lost(stage, "xing", accepted=False)
    channel = stage.channel("xing")
    delivery = stage.due(channel)
    stage.run()
    (post,) = stage.sandbox.world.store.accepted("xing")
    post.listed_from = stage.moment(seconds=2 * SETTLE)
    stage.settle()
    stage.run()
    assert (stage.state(delivery), stage.sent()) == (S.UNKNOWN, 2)

    stage.clock.advance(seconds=SETTLE)
    stage.settle()

    assert stage.read(delivery).remote_id == post.id


# --- a network that cannot be asked ------------------------------------------------------------------------


def test_a_duplicate_rejection_of_our_own_earlier_post_is_looked_up_and_adopted(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(stage.channel())
    stage.run()
    (post,) = stage.sandbox.world.store.accepted("linkedin")
    post.listed_from = stage.moment(days=1)
    stage.settle()
    assert stage.state(delivery) is S.SCHEDULED
    post.listed_from = stage.clock.now()

    stage.run()
    assert stage.attempts(delivery)[-1].outcome is Outcome.DUPLICATE
    stage.reconcile()

    assert stage.read(delivery).remote_id == post.id
    assert len(stage.live()) == 1


def test_a_duplicate_rejection_after_a_doubtful_attempt_is_given_the_whole_settle_time(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(stage.channel())
    stage.run()
    (post,) = stage.sandbox.world.store.accepted("linkedin")
    post.listed_from = stage.moment(days=1)
    stage.settle()
    stage.run()
    stage.reconcile()
    assert stage.state(delivery) is S.UNKNOWN

    stage.settle()

    assert stage.read(delivery).error_code == "duplicate"
    assert stage.state(delivery) is S.FAILED
    assert stage.sent() == 2


# --- the settle time is a setting ---------------------------------------------------------------------------


def test_a_shorter_settle_time_is_kept(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=False)
    delivery = stage.due(stage.channel())
    quick = bootstrap(replace(stage.platform.settings, reconcile_settle_seconds=4.0), clock=stage.clock)
    pool.run_due(quick, "quick")
    for _ in range(3):
        stage.clock.advance(DEADLINE if stage.read(delivery).looks == 0 else timedelta(seconds=2))
        reconcile(quick)
    quick.close()

    assert stage.state(delivery) is S.SCHEDULED
