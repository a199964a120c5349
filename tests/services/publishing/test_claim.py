"""Claiming: by compare-and-set, only what may go, fair to all channels, with a frozen payload."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from planner.bootstrap import Platform, bootstrap
from planner.domain.states import DeliveryState
from planner.models import Campaign, Channel, Delivery, Post
from planner.services import approvals, posts
from planner.services.errors import Conflict
from planner.services.posts import VariantInput
from planner.services.publishing import missed, pause
from planner.services.publishing.claim import claim
from planner.services.publishing.payload import thaw
from tests.services.publishing.stage import OWNER, Stage
from tests.support.clock import FakeClock
from tests.support.factories import make_media


def test_a_due_delivery_is_claimed_with_an_owner_a_lease_and_a_grown_epoch(stage: Stage) -> None:
    delivery = stage.due(stage.channel())

    (work,) = stage.claim()

    claimed = stage.read(delivery)
    assert claimed.state is DeliveryState.CLAIMED
    assert claimed.claim_owner == OWNER
    assert claimed.epoch == work.fence.epoch == delivery.epoch + 1
    assert claimed.lease_until == stage.moment(seconds=stage.platform.settings.lease_seconds)
    assert stage.post(delivery).status == "publishing"
    assert stage.events(delivery)[-1] == "claimed"


def test_nothing_is_claimed_before_its_time(stage: Stage) -> None:
    delivery = stage.planned(stage.channel(), text="Später", after=timedelta(minutes=1))
    stage.clock.advance(seconds=59.999)

    assert stage.claim() == ()
    assert stage.state(delivery) is DeliveryState.SCHEDULED

    stage.clock.advance(milliseconds=1)
    assert len(stage.claim()) == 1


def test_many_processes_that_claim_at_once_never_get_the_same_delivery(stage: Stage) -> None:
    channels = [stage.channel() for _ in range(6)]
    for number in range(5):
        stage.due(*channels, text=f"Beitrag {number}")
    settings = replace(stage.platform.settings, sender_threads_per_channel=100)
    started = threading.Barrier(4)

    def process(number: int) -> list[int]:
        platform = bootstrap(settings, clock=stage.clock)
        mine: list[int] = []
        started.wait()
        while (batch := claim(platform, f"process-{number}", 3)).claimed or batch.again:
            mine += [work.ref.id for work in batch.claimed]
        platform.close()
        return mine

    with ThreadPoolExecutor(4) as processes:
        taken = [delivery_id for ids in processes.map(process, range(4)) for delivery_id in ids]

    assert len(taken) == 30
    assert set(Counter(taken).values()) == {1}


def test_a_channel_with_one_due_does_not_wait_behind_one_with_a_hundred(stage: Stage) -> None:
    busy, quiet = stage.channel(), stage.channel()
    for number in range(20):
        stage.planned(busy, text=f"Serie {number}", after=timedelta(minutes=1))
    one = stage.planned(quiet, text="Einzeln", after=timedelta(minutes=2))
    stage.clock.advance(minutes=2)

    assert one.id in [work.ref.id for work in stage.claim(room=2)]


def test_channels_take_turns_when_there_is_little_room(stage: Stage) -> None:
    channels = [stage.channel() for _ in range(3)]
    for number in range(2):
        for channel in channels:
            stage.planned(channel, text=f"Beitrag {number}", after=timedelta(minutes=1))
    stage.clock.advance(minutes=1)
    served = {channels[0].id: 7, channels[1].id: 9}

    batch = claim(stage.platform, OWNER, 1, served)

    assert [work.ref.channel_id for work in batch.claimed] == [channels[2].id]


@pytest.mark.parametrize("bound", [1, 2])
def test_no_more_than_the_bound_of_a_channel_are_in_flight(stage: Stage, clock: FakeClock, bound: int) -> None:
    channel = stage.channel()
    for number in range(4):
        stage.due(channel, text=f"Beitrag {number}")
    settings = replace(stage.platform.settings, sender_threads_per_channel=bound)
    platform = bootstrap(settings, clock=clock)

    taken = [len(claim(platform, OWNER, 10).claimed) for _ in range(4)]

    assert sum(taken) == bound
    platform.close()


def test_what_a_dead_process_left_does_not_block_its_channel(stage: Stage) -> None:
    channel = stage.channel()
    stage.due(channel, text="Eins")
    second = stage.due(channel, text="Zwei")
    assert len(stage.claim()) == 1
    assert stage.claim() == ()
    stage.clock.advance(seconds=stage.platform.settings.lease_seconds)

    assert [work.ref.id for work in stage.claim(owner="another-process")] == [second.id]


def _pause_workspace(stage: Stage, _channel: Channel, _campaign: Campaign) -> None:
    with stage.platform.database.write() as session:
        pause.pause_workspace(session, stage.company.charlie, "Störfall im Werk", now=stage.clock.now())


def _pause_campaign(stage: Stage, _channel: Channel, campaign: Campaign) -> None:
    with stage.platform.database.write() as session:
        pause.pause_campaign(session, stage.company.charlie, campaign.id, "Budget", now=stage.clock.now())


def _pause_channel(stage: Stage, channel: Channel, _campaign: Campaign) -> None:
    with stage.platform.database.write() as session:
        pause.pause_channel(session, stage.company.charlie, channel.id, "Umbau", now=stage.clock.now())


def _throttle(stage: Stage, channel: Channel, _campaign: Campaign) -> None:
    stage.change(channel, throttled_until=stage.moment(seconds=1))


def _end_access(stage: Stage, channel: Channel, _campaign: Campaign) -> None:
    stage.change(channel, reconnect_since=stage.clock.now())


@pytest.mark.parametrize(
    "hold", [_pause_workspace, _pause_campaign, _pause_channel, _throttle, _end_access], ids=lambda f: f.__name__[1:]
)
def test_what_is_held_is_not_claimed(stage: Stage, hold: Callable[[Stage, Channel, Campaign], None]) -> None:
    channel, campaign = stage.channel(), Campaign(workspace_id=stage.company.workspace.id, name="Messe")
    with stage.platform.database.write() as session:
        session.add(campaign)
    delivery = stage.due(channel, campaign_id=campaign.id)
    hold(stage, channel, campaign)

    assert stage.claim() == ()
    assert stage.state(delivery) is DeliveryState.SCHEDULED


def test_what_has_no_yes_is_not_claimed_even_if_it_is_scheduled(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    stage.change(stage.post(delivery), approved_at=None)

    assert stage.claim() == ()


def test_a_paused_channel_does_not_hold_the_others(stage: Stage) -> None:
    paused, other = stage.channel(), stage.channel()
    delivery = stage.due(paused, other)
    _pause_channel(stage, paused, Campaign())

    assert [work.ref.channel_id for work in stage.claim()] == [other.id]
    assert stage.state(delivery) is DeliveryState.SCHEDULED


def test_the_payload_is_frozen_with_the_variant_and_the_checksums_of_its_images(stage: Stage) -> None:
    channel = stage.channel()
    image = make_media(stage.platform, stage.company.alice)
    delivery = stage.due(
        channel, link="https://brandt.example/neu", media=(image,), variants={channel.id: VariantInput("Kurz gesagt")}
    )

    stage.claim()

    frozen = stage.read(delivery).payload
    assert frozen is not None
    payload = thaw(frozen, stage.platform.settings.media_folder)
    assert payload.post.text == "Kurz gesagt"
    assert payload.post.link == "https://brandt.example/neu"
    assert {medium.path.name: medium.path.stem for medium in payload.post.media} == payload.checksums


def test_an_edit_a_deletion_and_a_withdrawal_are_refused_while_the_payload_is_frozen(stage: Stage) -> None:
    channel = stage.channel()
    delivery = stage.due(channel)
    stage.claim()
    actor, now, folder = stage.company.alice, stage.clock.now(), stage.platform.settings.media_folder
    content = posts.Content(text="Anders", channels=(channel.id,))

    for state in (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN):
        stage.change(delivery, state=state)
        with stage.platform.database.write() as session, pytest.raises(Conflict, match="frozen"):
            posts.edit(session, actor, delivery.post_id, content, now=now, folder=folder)
        with stage.platform.database.write() as session, pytest.raises(Conflict, match="frozen"):
            posts.delete(session, actor, delivery.post_id, now=now)
        with stage.platform.database.write() as session, pytest.raises(Conflict, match="frozen"):
            approvals.withdraw(session, actor, delivery.post_id, now=now)


def test_a_delivery_of_all_attempts_goes_out_under_the_same_key(stage: Stage, platform: Platform) -> None:
    stage.due(stage.channel())
    (first,) = stage.claim()
    stage.clock.advance(seconds=platform.settings.lease_seconds)
    stage.recover()
    (second,) = stage.claim(owner="another-process")

    assert first.payload.post.key == second.payload.post.key != ""


# --- missed ----------------------------------------------------------------------------------------------


def test_a_delivery_past_its_channels_limit_is_missed_and_a_person_is_told(stage: Stage) -> None:
    delivery = stage.due(stage.channel(missed_after_seconds=600))
    stage.clock.advance(seconds=600.001)

    assert stage.run() == 0

    assert stage.state(delivery) is DeliveryState.MISSED
    assert stage.post(delivery).status == "needs_person"
    assert stage.sent() == 0
    assert stage.told("delivery_missed") == stage.owners()


def test_a_delivery_exactly_at_its_limit_still_goes_out(stage: Stage) -> None:
    delivery = stage.due(stage.channel(missed_after_seconds=600))
    stage.clock.advance(seconds=600)

    stage.run()

    assert stage.state(delivery) is DeliveryState.PUBLISHED


def test_after_a_long_pause_what_is_within_its_limit_goes_out_and_the_rest_is_missed(stage: Stage) -> None:
    channel = stage.channel(missed_after_seconds=3600)
    old = stage.due(channel, text="Von gestern")
    _pause_workspace(stage, channel, Campaign())
    stage.clock.advance(hours=2)
    young = stage.due(channel, text="Von eben")
    assert stage.run() == 0
    assert (stage.state(old), stage.state(young)) == (DeliveryState.SCHEDULED, DeliveryState.SCHEDULED)

    with stage.platform.database.write() as session:
        pause.release_workspace(session, stage.company.bob, now=stage.clock.now())
    stage.run()

    assert (stage.state(old), stage.state(young)) == (DeliveryState.MISSED, DeliveryState.PUBLISHED)


def test_a_network_that_is_not_installed_any_more_is_named_and_does_not_stop_the_others(stage: Stage) -> None:
    gone, there = stage.channel(), stage.channel()
    lost, fine = stage.due(gone, text="Eins"), stage.due(there, text="Zwei")
    stage.change(gone, network="somewhere")

    stage.run()

    assert (stage.state(lost), stage.read(lost).error_code) == (DeliveryState.NEEDS_PERSON, "network_missing")
    assert stage.state(fine) is DeliveryState.PUBLISHED


def test_what_waits_past_its_limit_for_a_yes_or_a_reconnection_is_missed_and_what_is_paused_waits_on(
    stage: Stage,
) -> None:
    ended, there, paused = (stage.channel(missed_after_seconds=600) for _ in range(3))
    reconnecting, unapproved, held = (stage.due(c, text=f"Beitrag {c.id}") for c in (ended, there, paused))
    stage.change(ended, reconnect_since=stage.clock.now())
    stage.change(stage.post(unapproved), approved_at=None)
    _pause_channel(stage, paused, Campaign())
    stage.clock.advance(minutes=11)

    assert missed.sweep(stage.platform) == 2

    states = [stage.state(delivery) for delivery in (reconnecting, unapproved, held)]
    assert states == [DeliveryState.MISSED, DeliveryState.MISSED, DeliveryState.SCHEDULED]


def test_what_may_be_late_by_days_keeps_nobody_from_seeing_what_may_not(stage: Stage) -> None:
    """More than one look takes in, all of them older."""
    patient, strict = stage.channel(missed_after_seconds=7 * 86_400), stage.channel(missed_after_seconds=600)
    delivery = stage.due(strict)
    workspace_id, now = stage.company.workspace.id, stage.clock.now()
    times = {"workspace_id": workspace_id, "created_at": now, "updated_at": now}
    old = {"state": DeliveryState.SCHEDULED, "publish_at": stage.moment(days=-1), "try_at": stage.moment(days=-1)}
    numbers = range(1000, 2001)
    with stage.platform.database.write() as session:
        session.execute(insert(Post), [{"id": n, "text": "Alt", "needs_approval": False, **times} for n in numbers])
        rows = [{"id": n, "post_id": n, "channel_id": patient.id, **old, **times} for n in numbers]
        session.execute(insert(Delivery), rows)
    for channel in (patient, strict):
        stage.change(channel, reconnect_since=now)
    stage.clock.advance(minutes=11)

    assert missed.sweep(stage.platform) == 1

    assert stage.state(delivery) is DeliveryState.MISSED


# --- publishing by hand ----------------------------------------------------------------------------------


def test_where_only_a_person_can_publish_the_owner_is_asked_at_the_due_time(stage: Stage) -> None:
    delivery = stage.due(stage.by_hand())

    stage.run()

    asked = stage.read(delivery)
    assert (asked.state, asked.error_code) == (DeliveryState.NEEDS_PERSON, "assisted")
    assert asked.payload is not None
    assert stage.told("delivery_assisted") == [stage.company.alice.user_id]  # whose post it is
    assert stage.attempts(delivery) == []


def test_a_delivery_by_hand_never_becomes_published_by_itself(stage: Stage) -> None:
    delivery = stage.due(stage.by_hand())

    for _ in range(5):
        stage.run()
        stage.recover()
        stage.reconcile()
        stage.clock.advance(days=1)

    assert stage.state(delivery) is DeliveryState.NEEDS_PERSON


def test_a_delivery_by_hand_that_is_asked_for_late_is_asked_for_all_the_same(stage: Stage) -> None:
    delivery: Delivery = stage.due(stage.by_hand())
    stage.clock.advance(days=2)

    stage.run()

    assert stage.read(delivery).error_code == "assisted"
