"""An alert tells of what is due and taken by nobody, though a clock gives signs; of nothing that waits on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from planner.domain.alarms import AlertKind
from planner.domain.states import DeliveryState
from planner.models import Alert, Campaign, Channel, Delivery
from planner.services import alerts, heartbeats, limits
from planner.services.connections import ChannelAccess
from publishers.limits import Calls, LimitReading, Scope, spent
from tests.services.publishing.stage import Stage

S = DeliveryState


def watch(stage: Stage, minutes: int, *, every: int = 1, clock_beats: bool = True) -> list[AlertKind]:
    """Look again and again, as long as that; the alerts that are open then."""
    for _ in range(minutes // every):
        stage.clock.advance(minutes=every)
        look(stage, clock_beats=clock_beats)
    return [alert.kind for alert in now_open(stage)]


def look(stage: Stage, *, clock_beats: bool = True) -> None:
    if clock_beats:
        heartbeats.beat(stage.platform, "scheduler", "me")
    alerts.check(stage.platform, watching_since=stage.clock.now() - timedelta(days=1))


def now_open(stage: Stage) -> Sequence[Alert]:
    with stage.platform.database.read() as session:
        return alerts.open_alerts(session)


def test_what_is_due_and_taken_by_nobody_is_told_after_five_minutes_until_somebody_takes_it(stage: Stage) -> None:
    first, second, by_hand = stage.channel(), stage.channel("twitter"), stage.by_hand()
    waiting = stage.due(first, second, by_hand)
    look(stage)
    assert watch(stage, 4) == []
    assert watch(stage, 1) == [AlertKind.OVERDUE]
    (alert,) = now_open(stage)
    assert alert.workspace_id == stage.company.workspace.id
    assert alert.data == {"count": 3, "delivery": str(waiting.id), "minutes": 5}
    assert watch(stage, 2) == [AlertKind.OVERDUE], "told once"

    stage.run()
    assert watch(stage, 1) == [], "two are published, and a person was asked for the third"
    watch(stage, 10)
    with stage.platform.database.read() as session:
        (over,) = alerts.past_alerts(session, stage.company.workspace.id)
    assert over.cleared_at is not None


@contextmanager
def changed(stage: Stage, what: Any, back: dict[str, Any] | None = None, **values: Any) -> Iterator[None]:
    stage.change(what, **values)
    yield
    stage.change(what, **(back or dict.fromkeys(values)))


def test_what_waits_on_purpose_raises_none_nor_does_what_may_go_again_since_a_moment(stage: Stage) -> None:
    channel, now = stage.channel(missed_after_seconds=86_400), stage.clock.now()
    with stage.platform.database.write() as session:
        campaign = Campaign(workspace_id=stage.company.workspace.id, name="Messe")
        session.add(campaign)
    delivery = stage.due(channel, campaign_id=campaign.id)
    post, later = stage.post(delivery), now + timedelta(days=1)
    holds = (
        changed(stage, stage.company.workspace, paused_at=now),
        changed(stage, campaign, paused_at=now),
        changed(stage, channel, paused_at=now),
        changed(stage, channel, reconnect_since=now),
        changed(stage, channel, archived_at=now),
        changed(stage, channel, throttled_until=later),
        changed(stage, channel, throttled_until=later, throttle_reason="unreachable"),
        changed(stage, post, {"approved_at": post.approved_at}, needs_approval=True, approved_at=None),
        changed(stage, delivery, {"state": S.SCHEDULED}, state=S.MISSED),
        changed(stage, delivery, {"state": S.SCHEDULED}, state=S.NEEDS_PERSON),
        changed(stage, delivery, {"state": S.SCHEDULED}, state=S.CLAIMED, lease_until=later),
    )
    for number, hold in enumerate(holds):
        with hold:
            assert watch(stage, 10, every=5) == [], number
        assert watch(stage, 1) == [], "the next look comes before anybody could take it"
    note(stage, channel, spent(Scope.APP, Calls.PUBLISH, "24hour", 400.0))
    assert watch(stage, 5) == [], "all that the app may send is sent"
    assert watch(stage, 10, every=5) == [AlertKind.OVERDUE], "and then nothing holds it"


def test_a_channel_that_leaves_the_last_calls_of_its_app_to_others_waits_on_purpose(stage: Stage) -> None:
    waits, others = stage.channel("twitter"), [stage.channel("twitter") for _ in range(2)]
    stage.due(waits)
    for other in others:
        stage.change(stage.due(other), try_at=stage.clock.now() - timedelta(hours=1))
    note(stage, waits, LimitReading(Scope.APP, Calls.PUBLISH, "24hour", left=2, resets_in=86_400.0))
    watch(stage, 10, every=5)
    assert [alert.data["count"] for alert in now_open(stage)] == [2], "the share of the third comes later"


def note(stage: Stage, channel: Channel, reading: LimitReading) -> None:
    with stage.platform.database.write() as session:
        limits.note(session, "", ChannelAccess.of(channel), [reading], stage.clock.now())


def test_a_queue_that_is_worked_off_raises_none_and_one_that_stands_still_keeps_its_alert(stage: Stage) -> None:
    channel = stage.channel()
    queue = [stage.due(channel, text=f"Nummer {number}") for number in range(9)]
    look(stage)
    for delivery in queue[:6]:
        take(stage, delivery)
        assert watch(stage, 2) == [], "each waited longer than five minutes, but the first in line is always another"
    assert watch(stage, 4) == [AlertKind.OVERDUE]
    take(stage, queue[6])
    assert watch(stage, 1) == [AlertKind.OVERDUE], "the next is as late, and nobody knows yet whether it is taken"
    take(stage, queue[7])
    take(stage, queue[8])
    assert watch(stage, 1) == []


def take(stage: Stage, delivery: Delivery) -> None:
    stage.change(delivery, state=S.PUBLISHED)


def test_of_a_dead_clock_only_its_own_alert_tells_and_what_was_told_before_is_not_over(stage: Stage) -> None:
    stage.due(stage.channel())
    look(stage)
    assert watch(stage, 5) == [AlertKind.OVERDUE]
    assert watch(stage, 15, every=3, clock_beats=False) == [AlertKind.OVERDUE, AlertKind.CLOCK]
    assert watch(stage, 6) == [AlertKind.OVERDUE]
    stage.run()
    assert watch(stage, 1) == []
    stage.due(stage.channel())
    assert watch(stage, 12, every=3, clock_beats=False) == [AlertKind.CLOCK]


def test_a_machine_that_slept_or_was_told_to_tell_nothing_of_it_raises_none(stage: Stage) -> None:
    stage.due(stage.channel(missed_after_seconds=86_400))
    look(stage)
    stage.clock.advance(hours=8)
    look(stage)
    assert now_open(stage) == [], "nobody looked meanwhile"
    silent = replace(stage, platform=replace(stage.platform, settings=replace(
        stage.platform.settings, alert_overdue_seconds=0.0,
    )))  # fmt: skip
    assert watch(silent, 10, every=5) == []
