"""A token that the network refuses while a new one cannot be had at this moment: no access ended, nobody is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from planner.domain.states import DeliveryState
from planner.models import Channel
from planner.services.connections import ChannelAccess
from planner.services.publishing import channel_effects
from tests.services.publishing.stage import Stage, lost
from tests.support.factories import make_media

S = DeliveryState


def the_network_cannot_renew(stage: Stage, _channel: Channel) -> None:
    stage.sandbox.faults.add("error", "twitter", "refresh", status=503, count=1)


def another_process_renews(stage: Stage, channel: Channel) -> None:
    stage.change(channel, refreshing_until=stage.moment(seconds=20))


MOMENTARY = pytest.mark.parametrize(
    "hinder", [the_network_cannot_renew, another_process_renews], ids=lambda function: function.__name__
)
Hinder = Callable[[Stage, Channel], None]


@MOMENTARY
@pytest.mark.parametrize("operation", ["publish", "upload"])
def test_what_is_refused_while_no_new_token_is_to_be_had_waits_and_goes_out_later(
    stage: Stage, hinder: Hinder, operation: str
) -> None:
    channel = stage.channel("twitter")
    delivery = stage.due(channel, media=(make_media(stage.platform, stage.company.alice),))
    hinder(stage, channel)
    stage.sandbox.faults.add("expired_token", "twitter", operation, count=1)

    stage.run()

    assert stage.state(delivery) is S.SCHEDULED
    assert stage.channel_now(channel).reconnect_since is None
    assert stage.told("channel_reconnect") == stage.told("delivery_needs_person") == []
    stage.clock.advance(minutes=3)
    stage.run()
    assert stage.state(delivery) is S.PUBLISHED
    assert len(stage.live()) == 1


@MOMENTARY
def test_a_look_that_is_refused_while_no_new_token_is_to_be_had_is_repeated(stage: Stage, hinder: Hinder) -> None:
    channel = stage.channel("twitter")
    delivery = stage.due(channel)
    lost(stage, "twitter", accepted=True)
    stage.run()
    assert stage.state(delivery) is S.UNKNOWN
    hinder(stage, channel)
    stage.sandbox.faults.add("expired_token", "twitter", "list", count=1)

    stage.clock.advance(seconds=5)
    stage.reconcile()
    assert stage.state(delivery) is S.UNKNOWN
    assert stage.channel_now(channel).reconnect_since is None

    stage.settle()
    assert stage.state(delivery) is S.PUBLISHED
    assert stage.told("delivery_needs_person") == []


def test_a_final_refusal_takes_nobodys_turn_away(stage: Stage) -> None:
    """Else a third process could spend the refresh token a second time."""
    channel, turn = stage.channel("twitter"), stage.moment(minutes=1)
    access = ChannelAccess.of(channel)
    stage.change(channel, refreshing_until=turn)

    with stage.platform.database.write() as session:
        channel_effects.ask_to_reconnect(session, access, stage.clock.now(), "The token has ended.")

    assert stage.channel_now(channel).reconnect_since is not None
    assert stage.channel_now(channel).refreshing_until == turn


def test_access_that_cannot_be_renewed_at_all_leaves_no_turn_behind(stage: Stage) -> None:
    channel = stage.channel("linkedin")
    delivery = stage.due(channel)
    stage.sandbox.faults.add("expired_token", "linkedin", "publish", count=1)

    stage.run()

    assert stage.state(delivery) is S.NEEDS_PERSON
    assert stage.channel_now(channel).refreshing_until is None
