"""Access that ends: renewed before it does, by one process only, and never at the price of a delivery."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from planner.bootstrap import bootstrap
from planner.domain.states import ChannelHealth, DeliveryState
from planner.services import channels
from planner.services.connections import ChannelAccess
from planner.services.publishing import channel_effects, expiring, renewal
from planner.services.publishing.renewal import Renewal
from planner.services.publishing.send import Step
from tests.services.publishing.access.ending import ending
from tests.services.publishing.stage import Stage
from tests.support.clock import FakeClock
from tests.support.factories import make_media

S = DeliveryState


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (timedelta(days=30), False),
        (timedelta(days=6), True),
        (timedelta(hours=2), False),
        (timedelta(minutes=14), True),
        (timedelta(seconds=-1), True),
    ],
)
def test_long_lived_tokens_are_renewed_in_their_last_week_and_short_ones_in_their_last_minutes(
    clock: FakeClock, left: timedelta, due: bool
) -> None:
    assert renewal.renewal_is_due(clock.now() + left, clock.now()) is due


def test_what_ends_soon_is_renewed_by_the_clock(stage: Stage) -> None:
    channel, lasting = ending(stage, minutes=10), ending(stage, hours=2)

    assert renewal.renew_due(stage.platform) == 1

    renewed = stage.channel_now(channel)
    assert renewed.credentials_version == 2
    assert renewed.token_expires_at is not None
    assert renewed.token_expires_at > stage.moment(minutes=30)
    assert stage.channel_now(lasting).credentials_version == 1


def test_a_token_that_would_end_during_the_call_is_renewed_before_it(stage: Stage) -> None:
    channel = ending(stage, seconds=70)
    delivery = stage.due(channel)

    stage.run()

    assert stage.state(delivery) is S.PUBLISHED
    assert stage.channel_now(channel).credentials_version == 2


@pytest.mark.parametrize(("at", "sent"), [("publish", 2), ("upload", 1)])
def test_a_token_that_the_network_refuses_is_renewed_and_the_delivery_goes_out(
    stage: Stage, at: str, sent: int
) -> None:
    channel = ending(stage, hours=1)
    delivery = stage.due(channel, media=(make_media(stage.platform, stage.company.alice),))
    stage.sandbox.faults.add("expired_token", "twitter", at, count=1)

    stage.run()

    assert (stage.state(delivery), stage.sent()) == (S.PUBLISHED, sent)
    assert stage.channel_now(channel).credentials_version == 2
    assert stage.channel_now(channel).reconnect_since is None


def test_a_second_refusal_right_after_a_renewal_is_final(stage: Stage) -> None:
    channel = ending(stage, hours=1)
    delivery = stage.due(channel)
    stage.sandbox.faults.add("expired_token", "twitter", count=4)

    stage.run()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "reconnect")
    assert stage.channel_now(channel).reconnect_since is not None
    assert stage.sent() == 2


def test_a_refresh_token_that_works_once_is_spent_by_one_process_only(stage: Stage) -> None:
    channel = ending(stage, minutes=5)
    access = ChannelAccess.of(channel)
    other = bootstrap(stage.platform.settings, clock=stage.clock)

    first, second = renewal.renew(stage.platform, access), renewal.renew(other, access)

    assert (first.renewal, second.renewal) == (Renewal.RENEWED, Renewal.ELSEWHERE)
    assert second.access.version == first.access.version == 2
    assert len(stage.sandbox.requests(operation="refresh")) == 1
    other.close()


def test_while_another_process_renews_the_delivery_waits_and_no_attempt_is_counted(stage: Stage) -> None:
    channel = ending(stage, seconds=61)
    delivery = stage.due(channel)
    stage.change(channel, refreshing_until=stage.moment(seconds=60))

    stage.run()

    waiting = stage.read(delivery)
    assert (waiting.state, waiting.attempt_count) == (S.SCHEDULED, 0)
    assert waiting.try_at == stage.moment(seconds=5)


def test_a_network_that_cannot_renew_right_now_costs_a_try_and_not_the_connection(stage: Stage) -> None:
    channel = ending(stage, seconds=61)
    delivery = stage.due(channel)
    stage.sandbox.faults.add("error", "twitter", "refresh", status=503, count=1)

    stage.run()

    assert stage.read(delivery).try_at == stage.moment(seconds=30)
    assert stage.channel_now(channel).reconnect_since is None


def test_a_refresh_token_that_is_refused_asks_for_a_reconnection(stage: Stage) -> None:
    channel = ending(stage, minutes=5)
    stage.sandbox.faults.add("expired_token", "twitter", "refresh")

    renewal.renew_due(stage.platform)

    assert stage.channel_now(channel).reconnect_since is not None
    assert stage.told("channel_reconnect")


def test_access_that_still_lasts_goes_on_publishing_when_its_renewal_is_refused_and_people_are_warned(
    stage: Stage,
) -> None:
    """LinkedIn's refresh token ends a year after the sign-in, before the last access token that it gave."""
    channel = ending(stage, "linkedin", partner=True, days=7)
    expiring.warn_due(stage.platform)
    assert stage.told("channel_expiring") == [], "it renews itself"
    stage.sandbox.faults.add("expired_token", "linkedin", "refresh")

    for _ in range(12):
        renewal.renew_due(stage.platform)
        expiring.warn_due(stage.platform)
        stage.clock.advance(hours=12)
    delivery = stage.due(channel)
    stage.run()

    assert stage.state(delivery) is S.PUBLISHED
    assert stage.channel_now(channel).reconnect_since is None
    assert channels.health(stage.channel_now(channel), stage.clock.now()) is ChannelHealth.EXPIRING
    assert len(stage.sandbox.requests(operation="refresh")) == 6, "once a day, in case that the app was to blame"
    told = stage.told("channel_expiring")
    assert told
    assert {told.count(user_id) for user_id in told} == {1}

    stage.clock.advance(hours=23, minutes=50)
    expiring.warn_due(stage.platform)
    renewal.renew_due(stage.platform)
    assert len(stage.told("channel_expiring")) == 2 * len(told)
    assert stage.channel_now(channel).reconnect_since == stage.clock.now()


def test_a_renewal_that_works_again_after_a_refusal_is_nobodys_concern(stage: Stage) -> None:
    channel = ending(stage, "linkedin", partner=True, days=6)
    stage.sandbox.faults.add("expired_token", "linkedin", "refresh", count=1)
    renewal.renew_due(stage.platform)
    assert stage.channel_now(channel).renewal_refused_at == stage.clock.now()

    stage.clock.advance(days=1)
    assert renewal.renew_due(stage.platform) == 1

    renewed = stage.channel_now(channel)
    assert (renewed.renewal_refused_at, renewed.reconnect_since) == (None, None)
    assert channels.health(renewed, stage.clock.now()) is ChannelHealth.OK


def test_what_the_network_refuses_asks_for_a_reconnection_however_long_the_access_should_last(stage: Stage) -> None:
    channel = ending(stage, "linkedin", partner=True, days=6)
    delivery = stage.due(channel)
    for operation in ("refresh", "publish"):
        stage.sandbox.faults.add("expired_token", "linkedin", operation)

    stage.run()

    assert (stage.state(delivery), stage.sent()) == (S.NEEDS_PERSON, 1)
    assert stage.channel_now(channel).reconnect_since is not None


def test_a_refusal_of_an_old_token_does_not_mark_a_channel_that_has_a_new_one(stage: Stage) -> None:
    channel = stage.channel("linkedin")
    old = ChannelAccess.of(channel)
    stage.change(channel, credentials_version=2)

    with stage.platform.database.write() as session:
        channel_effects.ask_to_reconnect(session, old, stage.clock.now(), "The token has ended.")
    assert stage.channel_now(channel).reconnect_since is None

    with stage.platform.database.write() as session:
        present = ChannelAccess.of(stage.channel_now(channel))
        channel_effects.ask_to_reconnect(session, present, stage.clock.now(), "The token has ended.")
    assert stage.channel_now(channel).reconnect_since == stage.clock.now()


def test_a_delivery_that_is_refused_for_an_old_token_is_tried_with_each_new_one(stage: Stage) -> None:
    channel, versions = stage.channel("linkedin"), count(2)
    delivery = stage.due(channel)
    stage.sandbox.faults.add("expired_token", "linkedin", count=2)

    def reconnect(step: Step, _delivery_id: int) -> None:
        if step is Step.SENDING:
            stage.change(channel, credentials_version=next(versions))

    stage.run(reconnect)

    assert (stage.sent(), stage.channel_now(channel).reconnect_since) == (3, None)
    assert stage.state(delivery) is S.PUBLISHED, "each new access was worth a try"


def test_credentials_that_cannot_be_read_ask_for_a_reconnection(stage: Stage) -> None:
    channel = stage.channel()
    delivery = stage.due(channel)
    stage.change(channel, credentials="not what our keys sealed")

    stage.run()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "reconnect")
    assert stage.channel_now(channel).reconnect_since is not None
