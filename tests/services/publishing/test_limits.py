"""The networks' limits: waited for without a call, shared out fairly, and never at the price of an attempt."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.bootstrap import bootstrap
from planner.config import NetworkSettings
from planner.domain.states import DeliveryState, Outcome
from planner.models import Channel, Delivery, RateLimit
from planner.services import limits
from planner.services.connections import ChannelAccess
from planner.services.metrics import pull_due
from planner.services.publishing import finish, missed, pool
from planner.services.publishing.classify import classify
from planner.services.publishing.send import begin, deliver
from planner.services.publishing.status import Holds
from planner.services.publishing.upcoming import upcoming
from publishers.base import Refused
from publishers.limits import Calls, Scope, spent
from publishers.sandbox import Window
from tests.services.publishing.stage import Stage, lost

S = DeliveryState
DAY, HOUR, QUARTER = 86_400, 3600, 900


def live(stage: Stage, *channels: Channel) -> list[int]:
    """How many posts stand on each channel."""
    return [len(stage.live(channel)) for channel in channels]


def backlog(stage: Stage, channel: Channel, count: int, **after: float) -> list[Delivery]:
    when = timedelta(**after) if after else timedelta(minutes=1)
    return [stage.planned(channel, text=f"{channel.id}: {n}", after=when) for n in range(count)]


def rows(stage: Stage) -> list[RateLimit]:
    with stage.platform.database.read() as session:
        return list(session.query(RateLimit).order_by(RateLimit.id))


def held(stage: Stage, delivery: Delivery) -> tuple[object, object]:
    with stage.platform.database.read() as session:
        found = Holds.read(session, delivery.workspace_id, stage.clock.now())
    now = stage.read(delivery)
    reason = found.reason(now)
    return reason, found.goes_on_at(now, reason) if reason else None


def test_a_limit_known_to_be_used_up_is_waited_for_without_a_call_and_only_by_its_channel(stage: Stage) -> None:
    stage.sandbox.world.limits.set("twitter.publish", Window(1, QUARTER))
    full, free = stage.channel("twitter"), stage.channel("twitter")
    first, second = backlog(stage, full, 2)
    other = stage.planned(free, text="ohne Grenze", after=timedelta(minutes=1))
    stage.clock.advance(minutes=1)
    began = stage.clock.now()

    stage.run()

    assert [stage.state(d) for d in (first, second, other)] == [S.PUBLISHED, S.SCHEDULED, S.PUBLISHED]
    assert stage.sent() == 2
    assert stage.attempts(second) == []
    ends = began + timedelta(seconds=QUARTER)
    assert held(stage, second) == ("throttled", ends)
    assert upcoming(stage.platform).due == ends
    later = stage.planned(full, text="erst morgen", after=timedelta(days=1))
    assert held(stage, later) == (None, None)

    stage.clock.set(ends - timedelta(seconds=1))
    assert stage.run() == 0
    stage.clock.set(ends)
    stage.run()
    assert stage.state(second) is S.PUBLISHED
    assert [a.outcome for a in stage.attempts(second)] == [Outcome.PUBLISHED]


def test_three_channels_of_one_app_share_what_remains_and_nobody_who_is_early_eats_it_all(stage: Stage) -> None:
    stage.sandbox.world.limits.set("twitter.publish", Window(10, DAY, "app"))
    early, one, two = (stage.channel("twitter", missed_after_seconds=7 * DAY) for _ in range(3))
    elsewhere = stage.channel("linkedin")
    waiting = backlog(stage, early, 20)
    backlog(stage, one, 5, minutes=10)
    backlog(stage, two, 5, minutes=10)
    unlimited = backlog(stage, elsewhere, 12, minutes=10)
    stage.clock.advance(minutes=1)

    stage.run()

    assert live(stage, early, one, two) == [4, 0, 0]
    stage.clock.advance(minutes=1)
    assert held(stage, stage.read(waiting[-1]))[0] == "app_throttled"
    stage.clock.advance(minutes=8)
    stage.run()
    assert live(stage, early, one, two) == [4, 3, 3]
    assert stage.sent() == 10 + 12  # and not one call that could only be refused
    assert {stage.state(d) for d in unlimited} == {S.PUBLISHED}
    ends = stage.clock.now() + timedelta(seconds=DAY) - timedelta(minutes=9)
    assert held(stage, stage.read(waiting[-1])) == ("app_throttled", ends)
    assert upcoming(stage.platform).due == ends

    stage.clock.set(ends)
    stage.run()
    assert sum(live(stage, early, one, two)) == 20
    assert live(stage, one, two) == [5, 5]


def test_an_app_throttled_without_a_time_is_tried_again_after_the_usual_steps_by_one_of_its_channels(
    stage: Stage,
) -> None:
    stage.sandbox.world.limits.set("facebook", Window(1, HOUR, "app"))
    one, two = stage.channel("facebook"), stage.channel("facebook")
    stage.due(one, text="eins")
    stage.run()
    waiting = [stage.due(one, text="zwei"), stage.due(two, text="drei")]

    for calls, seconds in ((2, 30), (3, 120)):
        stage.run()
        assert stage.sent() == calls
        assert [held(stage, d) for d in waiting] == [("app_throttled", stage.moment(seconds=seconds))] * 2
        stage.clock.advance(seconds=seconds)
    stage.sandbox.world.limits.set("facebook")
    stage.run()
    assert {stage.state(d) for d in waiting} == {S.PUBLISHED}


def used_up_app(stage: Stage, channel: Channel) -> None:
    with stage.platform.database.write() as session:
        reading = spent(Scope.APP, Calls.PUBLISH, "24hour", 600.0)
        limits.note(session, "", ChannelAccess.of(channel), [reading], stage.clock.now())


def test_no_channel_of_a_used_up_app_is_claimed_and_those_of_other_apps_are(stage: Stage) -> None:
    told, other, elsewhere = stage.channel("twitter"), stage.channel("twitter"), stage.channel("linkedin")
    for channel in (told, other, elsewhere):
        stage.planned(channel, text="fällig", after=timedelta(minutes=1))
    stage.clock.advance(minutes=1)
    used_up_app(stage, told)

    assert [work.ref.channel_id for work in stage.claim()] == [elsewhere.id]


def test_a_limit_of_the_app_that_was_reached_after_the_claim_is_heard(stage: Stage) -> None:
    told, other = stage.channel("twitter"), stage.channel("twitter")
    delivery = stage.due(other)
    (work,) = stage.claim()
    used_up_app(stage, told)

    deliver(stage.platform, work)

    assert (stage.state(delivery), stage.sent(), stage.attempts(delivery)) == (S.SCHEDULED, 0, [])


def test_two_processes_share_one_limit_by_the_database(stage: Stage) -> None:
    stage.sandbox.world.limits.set("twitter.publish", Window(6, DAY, "app"))
    channels = [stage.channel("twitter") for _ in range(6)]
    stage.due(channels[0], text="Auftakt")
    stage.run()
    for channel in channels:
        backlog(stage, channel, 3)
    stage.clock.advance(minutes=1)

    taken = [len(stage.claim(owner, room=4)) for owner in ("eins", "zwei", "drei")]

    assert taken == [4, 1, 0]  # five are left, whoever asks


def test_a_limit_survives_a_restart_and_ends_with_the_app_it_belongs_to(stage: Stage) -> None:
    stage.sandbox.world.limits.set("twitter.publish", Window(1, DAY, "app"))
    channel = stage.channel("twitter")
    stage.due(channel, text="eins")
    stage.run()
    waiting = stage.due(channel, text="zwei")
    restarted = bootstrap(stage.platform.settings, clock=stage.clock)

    limits.forget_other_apps(restarted)
    assert pool.run_due(restarted, "new-process") == 0
    restarted.close()
    assert stage.sent() == 1

    urls = stage.platform.settings.networks
    app = {"twitter": NetworkSettings(urls["twitter"].api_url, {"client_id": "another-app"})}
    other = bootstrap(replace(stage.platform.settings, networks={**urls, **app}), clock=stage.clock)
    limits.forget_other_apps(other)
    stage.sandbox.world.limits.set("twitter.publish")
    assert pool.run_due(other, "new-process") == 1
    other.close()
    assert stage.state(waiting) is S.PUBLISHED


def test_an_answer_that_asks_to_wait_twice_is_waited_for_until_the_later_moment(stage: Stage) -> None:
    channel = stage.channel()
    stage.due(channel)
    (work,) = stage.claim()
    order = begin(stage.platform, work, work.access)
    assert order is not None
    refused = classify(Refused("Nicht erreichbar.", retry_after=30), 1, stage.clock.now())

    finish.note(stage.platform, order, refused, [spent(Scope.CHANNEL, Calls.PUBLISH, "day", HOUR)])

    now = stage.channel_now(channel)
    assert (now.throttled_until, now.throttle_reason) == (stage.moment(seconds=HOUR), "limit")


def test_twenty_throttles_are_on_record_and_cost_no_attempt(stage: Stage) -> None:
    stage.sandbox.faults.add("throttled", "linkedin", count=20, retry_after=60)
    delivery = stage.due(stage.channel(missed_after_seconds=DAY))
    place = stage.read(delivery).try_at

    for _ in range(20):
        stage.run()
        waiting = stage.read(delivery)
        assert (waiting.state, waiting.error_code, waiting.try_at) == (S.SCHEDULED, "throttled", place)
        stage.clock.advance(seconds=60)
    stage.sandbox.faults.add("error", "linkedin", status=503, accepted=False, count=1)
    stage.run()
    stage.settle()
    stage.run()

    done = stage.read(delivery)
    assert (done.state, done.attempt_count, done.attempt_count - done.attempts_forgiven) == (S.PUBLISHED, 22, 2)
    assert Counter(a.error_code for a in stage.attempts(delivery))["throttled"] == 20


def test_what_waits_for_a_limit_beyond_its_own_is_missed(stage: Stage) -> None:
    stage.sandbox.world.limits.set("twitter.publish", Window(2, DAY, "app"))
    fed, hungry = stage.channel("twitter"), stage.channel("twitter")
    waiting = backlog(stage, fed, 4)
    stage.clock.advance(minutes=1)
    kept = stage.planned(hungry, text="später", after=timedelta(hours=6))
    stage.run()
    assert live(stage, fed) == [1]

    stage.clock.advance(hours=2, seconds=1)
    stage.run()
    missed.sweep(stage.platform)

    assert Counter(stage.state(d) for d in waiting) == {S.PUBLISHED: 1, S.MISSED: 3}
    assert stage.state(kept) is S.SCHEDULED
    stage.clock.advance(hours=4)
    stage.run()
    assert stage.state(kept) is S.PUBLISHED


def test_most_deliveries_write_nothing_about_limits(stage: Stage) -> None:
    stage.sandbox.world.limits.set("twitter.publish", Window(100, QUARTER), Window(10_000, DAY, "app"))
    stage.sandbox.world.limits.set("facebook", Window(1000, DAY), Window(1000, HOUR, "app"))
    for network in ("twitter", "facebook", "linkedin", "xing"):
        stage.due(stage.channel(network))
    stage.run()
    assert rows(stage) == []


def test_figures_leave_the_last_of_a_shared_limit_to_publishing(stage: Stage) -> None:
    stage.sandbox.world.limits.set("facebook", Window(10, HOUR))
    channel = stage.channel("facebook")
    published = stage.due(channel, text="die ersten Figuren")
    stage.run()
    backlog(stage, channel, 7)
    stage.clock.advance(minutes=16)
    stage.run()
    assert len(stage.live(channel)) == 8
    assert stage.read(published).metrics_due_at is not None

    pulled = pull_due(stage.platform)

    assert (pulled.waiting, pulled.channels) == (1, 0)
    assert stage.sandbox.requests("facebook", "metrics") == []
    last = stage.due(channel, text="Platz für einen")
    stage.run()
    assert stage.state(last) is S.PUBLISHED
    stage.sandbox.world.limits.set("facebook")
    due_again = stage.read(published).metrics_due_at
    assert due_again is not None
    stage.clock.set(max(due_again, stage.clock.now() + timedelta(hours=1)))
    assert pull_due(stage.platform).snapshots > 0


@pytest.mark.parametrize(("window", "state"), [(QUARTER, S.PUBLISHED), (DAY, S.NEEDS_PERSON)])
def test_a_look_for_an_unconfirmed_post_waits_for_the_limit_unless_that_takes_too_long(
    stage: Stage, window: int, state: DeliveryState
) -> None:
    channel = stage.channel("twitter")
    lost(stage, "twitter", accepted=True)
    delivery = stage.due(channel)
    stage.run()
    stage.sandbox.world.limits.set("twitter.list", Window(0, window))

    stage.reconcile()
    asked = len(stage.sandbox.requests("twitter", "list"))
    stage.clock.advance(minutes=5)
    stage.reconcile()
    assert len(stage.sandbox.requests("twitter", "list")) == asked == 1

    stage.sandbox.world.limits.set("twitter.list")
    stage.clock.advance(seconds=QUARTER)
    stage.reconcile()
    assert stage.state(delivery) is state


def test_what_stands_near_its_end_is_listed(stage: Stage) -> None:
    stage.sandbox.world.limits.set("twitter.publish", Window(3, QUARTER), Window(1000, DAY, "app"))
    channel = stage.channel("twitter")
    stage.due(channel)
    stage.run()
    with stage.platform.database.read() as session:
        mine = limits.current(session, stage.clock.now(), stage.company.workspace.id)
        [limit] = limits.current(session, stage.clock.now())
        assert limits.current(session, stage.moment(hours=1)) == []
    assert mine == [limit]
    assert (limit.network, limit.channel_id, limit.calls, limit.left, limit.held_until) == (
        "twitter",
        channel.id,
        "publish",
        2,
        None,
    )
    stage.clock.advance(days=3)
    limits.forget(stage.platform)
    assert rows(stage) == []
