"""Rehearsing: everything happens, but nothing reaches a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.bootstrap import bootstrap
from planner.domain.states import DeliveryState as S, Outcome
from planner.models import Channel, Delivery
from planner.services import dress_rehearsal, rehearsing, reports
from planner.services.channels import switch_to_hand
from planner.services.connections import ChannelAccess
from planner.services.dress_rehearsal import Rehearsed
from planner.services.errors import Conflict, Forbidden
from planner.services.metrics import pull_due
from planner.services.publishing.guards import Hold
from planner.services.publishing.send import Step
from publishers.sandbox import Sandbox
from tests.services.publishing.conftest import NETWORKS, SharedClock
from tests.services.publishing.stage import Stage, at_step
from tests.support.factories import make_media


@pytest.fixture(scope="session")
def played(shared_clock: SharedClock) -> Iterator[Sandbox]:
    """The networks that are rehearsed on: others than those that stand for the real ones here."""
    with Sandbox(clock=shared_clock, limits={}, open_accounts=True, processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def two_worlds(stage: Stage, played: Sandbox) -> Iterator[None]:
    played.reset()
    settings = replace(stage.platform.settings, rehearsal_url=played.url)
    here = stage.platform
    stage.platform = bootstrap(settings, clock=stage.clock)
    yield
    stage.platform.close()
    stage.platform = here


def switch(stage: Stage, channel: Channel, *, end: bool = False) -> None:
    with stage.platform.database.write() as session:
        if end:
            rehearsing.end(session, stage.company.alice, channel.id, now=stage.clock.now())
        else:
            settings = stage.platform.settings
            rehearsing.begin(session, stage.company.alice, channel.id, settings=settings, now=stage.clock.now())


@pytest.mark.parametrize("network", NETWORKS)
def test_a_channel_that_rehearses_sends_to_the_played_network_and_none_of_its_secrets(
    stage: Stage, played: Sandbox, network: str
) -> None:
    channel = stage.channel(network)
    switch(stage, channel)
    delivery = stage.due(channel, text="Nur eine Probe")

    stage.run()

    assert (stage.state(delivery), stage.read(delivery).rehearsed) == (S.PUBLISHED, True)
    assert stage.live(channel) == []
    assert [post["text"] for post in played.posts(network)] == ["Nur eine Probe"]
    met = {token for _, token in played.world.directory.tokens}
    real = set(stage.platform.connections.credentials(ChannelAccess.of(channel)).values())
    assert not met & real
    assert any(token.startswith("rehearsal-") for token in met)


def test_what_was_rehearsed_counts_for_no_figure_and_is_not_sent_again_when_the_rehearsal_ends(stage: Stage) -> None:
    channel = stage.channel("linkedin")
    switch(stage, channel)
    stage.due(channel, text="Geprobt")
    stage.run()
    switch(stage, channel, end=True)
    real = stage.due(channel, text="Wirklich")
    stage.run()
    stage.clock.advance(days=2)

    assert pull_due(stage.platform).posts == 1
    assert [post["text"] for post in stage.live(channel)] == ["Wirklich"]
    start, end = stage.clock.now() - timedelta(days=7), stage.clock.now()
    with stage.platform.database.read() as session:
        total = reports.summary(session, stage.company.workspace.id, start, end, "network").total
        assert total.deliveries == 1
        assert session.get_one(Delivery, real.id).rehearsed is False


def test_an_unconfirmed_rehearsal_is_looked_for_where_it_was_sent(stage: Stage, played: Sandbox) -> None:
    channel = stage.channel("twitter")
    switch(stage, channel)
    played.faults.add("error", "twitter", "publish", count=1, accepted=True)
    delivery = stage.due(channel, text="Kam es an?")
    stage.run()
    assert stage.state(delivery) is S.UNKNOWN
    with pytest.raises(Conflict, match="rehearsal_in_flight"):
        switch(stage, channel, end=True)

    stage.settle()

    assert stage.state(delivery) is S.PUBLISHED
    assert len(played.posts("twitter")) == 1
    assert stage.live(channel) == []


def test_a_post_that_was_prepared_before_the_switch_is_handed_back_and_sent_where_it_belongs(
    stage: Stage, played: Sandbox
) -> None:
    channel = stage.channel("linkedin")
    delivery = stage.due(channel, text="Gerade noch echt vorbereitet")

    def switch_unasked() -> None:  # as if the switch had not seen the claim
        with stage.platform.database.write() as session:
            session.get_one(Channel, channel.id).rehearsing_since = stage.clock.now()

    stage.run(observe=at_step(Step.PREPARED, switch_unasked))

    assert stage.live(channel) == []
    assert len(played.posts("linkedin")) == 1
    assert (stage.state(delivery), stage.read(delivery).rehearsed) == (S.PUBLISHED, True)
    assert [attempt.outcome for attempt in stage.attempts(delivery)] == [Outcome.PUBLISHED]


def test_who_may_switch_and_what_cannot_rehearse(stage: Stage) -> None:
    channel, by_hand = stage.channel("linkedin"), stage.by_hand()
    now = stage.clock.now()
    with stage.platform.database.write() as session:
        with pytest.raises(Forbidden):
            rehearsing.begin(session, stage.company.charlie, channel.id, settings=stage.platform.settings, now=now)
        with pytest.raises(Conflict, match="cannot_rehearse"):
            rehearsing.begin(session, stage.company.alice, by_hand.id, settings=stage.platform.settings, now=now)
        teams = replace(stage.platform.settings, rehearsal_url=None, database_url="postgresql+psycopg://db/x")
        with pytest.raises(Conflict, match="no_stage"):
            rehearsing.begin(session, stage.company.alice, channel.id, settings=teams, now=now)


# --- a week ----------------------------------------------------------------------------------------------------


def played_week(stage: Stage) -> list[Rehearsed]:
    start = stage.clock.now()
    return dress_rehearsal.rehearse(stage.platform, stage.company.workspace.id, start, start + timedelta(days=7))


def test_a_week_is_played_through_and_nothing_of_it_changes_or_reaches_a_network(stage: Stage) -> None:
    channels = [stage.channel(network) for network in NETWORKS]
    image = make_media(stage.platform, stage.company.bob)
    stage.planned(*channels, text="Tag der offenen Tür", after=timedelta(days=1))
    stage.planned(channels[0], text="Mit Bild", after=timedelta(days=2), media=(image,))
    stage.planned(channels[0], text="Erst übernächste Woche", after=timedelta(days=9))

    found = played_week(stage)

    assert [one.outcome for one in found] == ["accepted"] * 5
    assert {one.shown for one in found} == {"Tag der offenen Tür", "Mit Bild"}
    assert {stage.read(one.delivery).state for one in found} == {S.SCHEDULED}
    assert not any(stage.read(one.delivery).attempt_count for one in found)
    assert not [channel for channel in channels if stage.live(channel)]


def test_a_week_says_what_a_network_would_refuse_and_what_would_keep_a_post_back(stage: Stage) -> None:
    paused = stage.channel("facebook", paused_at=stage.clock.now(), pause_reason="Umbau")
    stage.planned(paused, text="Wartet", after=timedelta(hours=3))
    short = stage.channel("xing")
    delivery = stage.planned(short, text="Passt", after=timedelta(hours=4))
    with stage.platform.database.write() as session:
        session.get_one(Delivery, delivery.id).post.text = "ä" * 421
    by_hand = stage.channel("linkedin")
    stage.planned(by_hand, text="Von Hand", after=timedelta(hours=5))
    with stage.platform.database.write() as session:
        switch_to_hand(session, stage.company.alice, by_hand.id, now=stage.clock.now())

    waits, refused, hand = played_week(stage)

    assert (waits.outcome, waits.hold) == ("accepted", Hold.CHANNEL_PAUSED)
    assert (refused.outcome, [p.code for p in refused.problems]) == ("refused", ["text_too_long"])
    assert hand.outcome == "by_hand"


def test_an_account_that_the_sandbox_networks_know_by_themselves_is_rehearsed_like_any_other(stage: Stage) -> None:
    for given in stage.sandbox.credentials():
        fields = {name: value for name, value in given.items() if name not in ("network", "name")}
        channel = stage.channel(given["network"], more=fields)
        stage.planned(channel, text="Guten Morgen", after=timedelta(days=1))
    assert {one.outcome for one in played_week(stage)} == {"accepted"}
