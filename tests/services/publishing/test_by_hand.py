"""Any channel can be switched to people, and back: what is handed to a person is never sent by a program."""

from __future__ import annotations

import pytest

from planner.domain.states import ChannelHealth, DeliveryState
from planner.models import Channel
from planner.services import channels
from planner.services.actor import Actor
from planner.services.by_hand import CODE
from planner.services.errors import Conflict, Forbidden
from planner.services.publishing.send import deliver
from tests.services.publishing.stage import Stage

S = DeliveryState


def to_hand(stage: Stage, channel: Channel, actor: Actor | None = None) -> None:
    with stage.platform.database.write() as session:
        channels.switch_to_hand(session, actor or stage.company.alice, channel.id, now=stage.clock.now())


def back(stage: Stage, channel: Channel) -> None:
    with stage.platform.database.write() as session:
        channels.switch_back(session, stage.company.alice, channel.id, now=stage.clock.now())


def health(stage: Stage, channel: Channel) -> ChannelHealth:
    return channels.health(stage.channel_now(channel), stage.clock.now())


def test_on_a_channel_switched_to_hand_a_person_is_asked_and_nothing_is_sent(stage: Stage) -> None:
    channel = stage.channel()
    to_hand(stage, channel)
    delivery = stage.due(channel)

    stage.run()

    found = stage.read(delivery)
    assert (found.state, found.error_code, stage.sent()) == (S.NEEDS_PERSON, CODE, 0)
    assert health(stage, channel) is ChannelHealth.ASSISTED


def test_what_waited_for_a_reconnection_is_handed_over_with_the_channel(stage: Stage) -> None:
    channel = stage.channel()
    delivery = stage.due(channel)
    stage.change(channel, reconnect_since=stage.clock.now(), throttled_until=stage.moment(hours=1))
    stage.change(delivery, state=S.NEEDS_PERSON, error_code="reconnect")
    other = stage.due(channel, text="Ein anderer")

    to_hand(stage, channel)
    stage.run()

    assert {stage.read(d).error_code for d in (delivery, other)} == {CODE}
    assert health(stage, channel) is ChannelHealth.ASSISTED


def test_a_switch_after_the_claim_still_stops_the_sending(stage: Stage) -> None:
    channel = stage.channel()
    delivery = stage.due(channel)
    (work,) = stage.claim()

    to_hand(stage, channel)
    deliver(stage.platform, work)

    assert (stage.state(delivery), stage.sent()) == (S.SCHEDULED, 0)


def test_switched_back_a_channel_sends_again_and_what_people_have_stays_with_them(stage: Stage) -> None:
    channel = stage.channel()
    to_hand(stage, channel)
    with_a_person = stage.due(channel)
    stage.run()

    back(stage, channel)
    later = stage.due(channel, text="Ein anderer")
    stage.run()

    assert (stage.state(with_a_person), stage.state(later)) == (S.NEEDS_PERSON, S.PUBLISHED)
    assert health(stage, channel) is ChannelHealth.OK


def test_a_new_connection_ends_the_work_by_hand_and_without_one_there_is_no_way_back(stage: Stage) -> None:
    channel, never = stage.channel(), stage.by_hand()
    to_hand(stage, channel)
    credentials = stage.platform.vault.open(stage.channel_now(channel).credentials or "")

    with pytest.raises(Conflict, match="no_connection"):
        back(stage, never)
    with stage.platform.database.write() as session:
        boss, vault, now = stage.company.alice, stage.platform.vault, stage.clock.now()
        channels.reconnect(session, boss, vault, channel.id, credentials, now=now)

    assert stage.channel_now(channel).by_hand_since is None


def test_only_admins_switch(stage: Stage) -> None:
    channel = stage.channel()
    for actor in (stage.company.bob, stage.company.charlie, stage.company.rita):
        with pytest.raises(Forbidden):
            to_hand(stage, channel, actor)
