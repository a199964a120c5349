"""Access that ends: a refresh token is spent once whatever happens, and people hear of an end in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from planner.bootstrap import bootstrap
from planner.config import NetworkSettings
from planner.domain.states import ChannelHealth, DeliveryState
from planner.models import Channel, Notice
from planner.security.vault import Vault
from planner.services import channels
from planner.services.connections import ChannelAccess
from planner.services.publishing import expiring, renewal
from planner.services.publishing.renewal import Renewal, Renewed
from planner.services.publishing.send import Step
from tests.publishers.accounts import CREDENTIALS
from tests.services.publishing.access.ending import ending
from tests.services.publishing.stage import Stage, at_step
from tests.support.clock import FakeClock

S = DeliveryState


def refreshed(stage: Stage) -> int:
    return len(stage.sandbox.requests(operation="refresh"))


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- renewing --------------------------------------------------------------------------------------------


def test_of_two_processes_that_renew_at_the_same_moment_one_does(stage: Stage) -> None:
    access = ChannelAccess.of(ending(stage, minutes=5))
    other = bootstrap(stage.platform.settings, clock=stage.clock)
    stage.sandbox.latency = 0.3

    with ThreadPoolExecutor(2) as both:
        results = list(both.map(lambda platform: renewal.renew(platform, access).renewal, (stage.platform, other)))

    assert sorted(results) == [Renewal.ELSEWHERE, Renewal.RENEWED]
    assert refreshed(stage) == 1
    other.close()


class Killed(BaseException):
    """As if the process had died here."""


class DyingVault(Vault):
    """The process dies when it has the new tokens in hand and is about to store them."""

    def seal(self, credentials: Mapping[str, str]) -> str:  # noqa: ARG002 - it never comes to that
        raise Killed


def die(stage: Stage, access: ChannelAccess) -> None:
    dying = bootstrap(stage.platform.settings, clock=stage.clock)
    dying.vault = DyingVault(stage.platform.settings.encryption_keys)
    with pytest.raises(Killed):
        renewal.renew(dying, access)
    dying.close()


def lose_the_answer(stage: Stage, access: ChannelAccess) -> None:
    stage.sandbox.faults.add("empty", "twitter", "refresh", count=1)
    assert renewal.renew(stage.platform, access).renewal is Renewal.FAILED


@pytest.mark.parametrize("spend", [die, lose_the_answer], ids=lambda function: function.__name__)
def test_a_token_spent_in_vain_asks_for_a_reconnection_and_no_post_is_lost(
    stage: Stage, spend: Callable[[Stage, ChannelAccess], None]
) -> None:
    channel = ending(stage, seconds=61)
    spend(stage, ChannelAccess.of(channel))
    delivery = stage.due(channel)
    stage.clock.advance(minutes=2)

    stage.run()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "reconnect")
    marked = stage.channel_now(channel)
    assert (marked.reconnect_since, marked.credentials_version) == (stage.clock.now(), 1)
    assert stage.told("channel_reconnect")
    assert (refreshed(stage), stage.sent()) == (2, 0)

    register_again = {**CREDENTIALS["twitter"], "user_id": str(channel.remote_account_id), "access_token": "fresh"}
    stage.sandbox.add_account("twitter", register_again["user_id"], "Brandt", "fresh")
    with stage.platform.database.write() as session:
        boss, vault = stage.company.alice, stage.platform.vault
        channels.reconnect(session, boss, vault, channel.id, register_again, now=stage.clock.now())
    stage.run()
    assert stage.state(delivery) is S.PUBLISHED


def test_an_answer_that_comes_after_the_turn_is_over_still_counts(stage: Stage) -> None:
    channel = ending(stage, seconds=61)
    access = ChannelAccess.of(channel)
    delivery = stage.due(channel)
    other = bootstrap(stage.platform.settings, clock=stage.clock)
    stage.sandbox.faults.add("drip", "twitter", "refresh", seconds=1.5, count=1)

    with ThreadPoolExecutor(1) as slow:
        late = slow.submit(renewal.renew, other, access)
        wait_until(lambda: refreshed(stage) == 1)
        stage.clock.advance(minutes=3)
        stage.run()  # finds the turn over and the token spent
        assert stage.state(delivery) is S.NEEDS_PERSON
        answer: Renewed = late.result()
    other.close()

    assert answer.renewal is Renewal.RENEWED
    renewed = stage.channel_now(channel)
    assert (renewed.reconnect_since, renewed.credentials_version) == (None, 2)
    stage.run()
    assert stage.state(delivery) is S.PUBLISHED


class StandsStill:
    """The clock of a process that slept for five minutes after it took its turn."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock, self._asked = clock, 0

    def now(self) -> datetime:
        self._asked += 1
        return self._clock.now() + timedelta(minutes=0 if self._asked == 1 else 5)


def test_a_process_that_stood_still_leaves_the_token_alone(stage: Stage) -> None:
    access = ChannelAccess.of(ending(stage, minutes=5))
    sleepy = bootstrap(stage.platform.settings, clock=StandsStill(stage.clock))

    assert renewal.renew(sleepy, access).renewal is Renewal.ELSEWHERE
    assert refreshed(stage) == 0
    sleepy.close()


def test_a_turn_is_longer_than_any_call_however_long_calls_may_take(stage: Stage) -> None:
    patient = replace(stage.platform.settings, send_timeout_seconds=300.0)
    platform = bootstrap(patient, clock=stage.clock)
    assert renewal.turn_of(platform) > timedelta(seconds=2 * 300)
    platform.close()


def test_a_renewal_that_is_throttled_costs_no_attempt(stage: Stage) -> None:
    channel = ending(stage, seconds=61)
    delivery = stage.due(channel)
    stage.sandbox.faults.add("throttled", "twitter", "refresh", retry_after=600, count=1)

    stage.run()

    waiting = stage.read(delivery)
    assert (waiting.state, waiting.error_code) == (S.SCHEDULED, "throttled")
    assert (waiting.attempt_count, waiting.attempts_forgiven) == (1, 1)
    assert stage.channel_now(channel).throttled_until == stage.moment(seconds=600)


# --- telling people --------------------------------------------------------------------------------------


def warnings(stage: Stage) -> list[tuple[float, int]]:
    """How many days before the end people were told, and how many people."""
    query = select(Notice.at, Notice.data).where(Notice.kind == "channel_expiring").order_by(Notice.id)
    with stage.platform.database.read() as session:
        found = session.execute(query).all()
    days = [(datetime.fromisoformat(data["expires_at"]) - at) / timedelta(days=1) for at, data in found]
    return [(day, days.count(day)) for day in dict.fromkeys(days)]


def pass_days(stage: Stage, days: int) -> None:
    other = bootstrap(stage.platform.settings, clock=stage.clock)
    for _ in range(2 * days):
        stage.clock.advance(hours=12)
        expiring.warn_due(stage.platform)
        expiring.warn_due(other)
    other.close()


def test_people_are_told_a_week_before_and_a_day_before_and_once_each(stage: Stage) -> None:
    channel = ending(stage, "linkedin", days=20)
    people = len({stage.company.alice.user_id, stage.company.bob.user_id, stage.company.charlie.user_id})

    pass_days(stage, 12)
    assert warnings(stage) == []
    pass_days(stage, 7)
    assert warnings(stage) == [(7.0, people), (1.0, people)]
    assert channels.health(stage.channel_now(channel), stage.clock.now()) is ChannelHealth.EXPIRING

    stage.change(channel, token_expires_at=stage.moment(days=10))
    pass_days(stage, 4)
    assert warnings(stage) == [(7.0, 2 * people), (1.0, people)]


def test_a_channel_connected_shortly_before_its_end_is_warned_of_once(stage: Stage) -> None:
    ending(stage, "linkedin", hours=20)
    expiring.warn_due(stage.platform)
    stage.clock.advance(hours=1)
    expiring.warn_due(stage.platform)
    assert len(warnings(stage)) == 1


def test_access_that_renews_itself_is_nobodys_concern_until_renewing_keeps_failing(stage: Stage) -> None:
    channel = ending(stage, hours=2)

    expiring.warn_due(stage.platform)

    known = stage.channel_now(channel)
    assert known.renews
    assert channels.health(known, stage.clock.now()) is ChannelHealth.OK
    stage.clock.advance(minutes=110)
    stage.sandbox.faults.add("error", "twitter", "refresh", status=503, accepted=False)
    renewal.renew_due(stage.platform)
    expiring.warn_due(stage.platform)
    assert warnings(stage) == []
    assert channels.health(stage.channel_now(channel), stage.clock.now()) is ChannelHealth.OK

    stage.clock.advance(minutes=61)
    renewal.renew_due(stage.platform)
    expiring.warn_due(stage.platform)
    assert len(warnings(stage)) == 1
    assert channels.health(stage.channel_now(channel), stage.clock.now()) is not ChannelHealth.OK

    stage.sandbox.faults.clear()
    stage.clock.advance(minutes=3)
    assert renewal.renew_due(stage.platform) == 1
    assert channels.health(stage.channel_now(channel), stage.clock.now()) is ChannelHealth.OK


def test_what_cannot_renew_itself_without_the_developer_app_is_warned_of_and_in_the_end_asks_to_be_reconnected(
    stage: Stage,
) -> None:
    channel = ending(stage, hours=2)
    urls = {key: NetworkSettings(known.api_url) for key, known in stage.platform.settings.networks.items()}
    without_app = bootstrap(replace(stage.platform.settings, networks=urls), clock=stage.clock)

    assert expiring.warn_due(without_app) == 1
    stage.clock.advance(hours=2)
    expiring.warn_due(without_app)
    expiring.warn_due(without_app)
    without_app.close()

    assert stage.channel_now(channel).reconnect_since == stage.clock.now()
    assert len(stage.told("channel_reconnect")) == len(stage.told("channel_expiring"))


@pytest.mark.parametrize("refused_before", [False, True])
def test_what_is_refused_while_a_person_reconnects_the_channel_goes_out_with_the_new_access(
    stage: Stage, *, refused_before: bool
) -> None:
    """Also where the reconnection before was refused: then a second refusal of the same delivery is no longer final."""
    channel = stage.channel()
    delivery = stage.due(channel)
    if refused_before:
        stage.sandbox.faults.add("expired_token", "linkedin", "publish", count=1)
        stage.run()
        assert stage.state(delivery) is S.NEEDS_PERSON
        reconnect(stage, channel)
    stage.sandbox.faults.add("expired_token", "linkedin", "publish", count=1)
    stage.run(at_step(Step.CALLED, lambda: reconnect(stage, channel)))
    stage.run()

    assert stage.state(delivery) is S.PUBLISHED
    assert stage.channel_now(channel).reconnect_since is None
    assert len(stage.live()) == 1
    with stage.platform.database.read() as session:
        told = select(Notice.read_at).where(Notice.kind == "delivery_needs_person")
        assert None not in session.scalars(told).all(), "the question is answered"


def reconnect(stage: Stage, channel: Channel) -> None:
    now = stage.channel_now(channel)
    assert now.credentials is not None
    credentials = stage.platform.vault.open(now.credentials)
    with stage.platform.database.write() as session:
        actor, vault = stage.company.alice, stage.platform.vault
        channels.reconnect(session, actor, vault, channel.id, credentials, now=stage.clock.now())
