"""What a network says, and what becomes of the delivery: every fault by a real answer over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.bootstrap import bootstrap
from planner.config import NetworkSettings
from planner.domain.states import DeliveryState, Outcome
from planner.services import alerts
from planner.services.api_versions import in_use
from planner.services.publishing import pool
from planner.services.publishing.status import held
from tests.services.publishing.conftest import NETWORKS
from tests.services.publishing.stage import OWNER, Stage

S = DeliveryState


@pytest.fixture
def database_url(any_url: str) -> str:
    """What a network says is the same to both kinds of database: once is enough here."""
    return any_url


UNSURE: list[dict[str, Any]] = [
    {"kind": "timeout", "accepted": True, "seconds": 3},
    {"kind": "timeout", "accepted": False, "seconds": 3},
    {"kind": "reset", "accepted": True},
    {"kind": "reset", "accepted": False},
    {"kind": "error", "status": 500, "accepted": True},
    {"kind": "error", "status": 503, "accepted": False},
    {"kind": "html", "status": 502, "accepted": True},
    {"kind": "malformed"},
    {"kind": "truncated"},
    {"kind": "empty"},
]


@pytest.mark.parametrize("fault", UNSURE, ids=lambda f: f"{f['kind']}-{f.get('accepted', True)}")
def test_an_answer_that_does_not_say_for_sure_makes_it_unconfirmed_and_it_is_never_sent_again_directly(
    stage: Stage, fault: dict[str, Any]
) -> None:
    stage.sandbox.faults.add(network="twitter", count=1, **fault)
    delivery = stage.due(stage.channel("twitter"))
    impatient = bootstrap(replace(stage.platform.settings, send_timeout_seconds=1.0), clock=stage.clock)

    pool.run_due(impatient, OWNER)
    stage.run()
    stage.clock.advance(minutes=5)
    stage.run()
    impatient.close()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.UNKNOWN, "unconfirmed")
    assert stage.attempts(delivery)[0].outcome is Outcome.UNCERTAIN
    assert stage.sent() == 1
    assert stage.post(delivery).status == "publishing"


@pytest.mark.parametrize("network", NETWORKS)
def test_a_refusal_is_tried_again_when_the_network_says_and_only_its_channel_waits(stage: Stage, network: str) -> None:
    throttled, other = stage.channel(network), stage.channel(network)
    stage.sandbox.faults.add(
        "throttled", network, account=throttled.remote_account_id, retry_after=90, reset_in=500, count=1
    )
    first, waiting = stage.due(throttled, text="Eins"), stage.due(throttled, text="Zwei")
    free = stage.due(other, text="Drei")

    stage.run()

    refused = stage.read(first)
    assert (refused.state, refused.error_code) == (S.SCHEDULED, "throttled")
    until = stage.channel_now(throttled).throttled_until
    assert until is not None
    assert (stage.state(waiting), stage.state(free)) == (S.SCHEDULED, S.PUBLISHED)

    stage.clock.set(until)
    stage.run()
    assert (stage.state(first), stage.state(waiting)) == (S.PUBLISHED, S.PUBLISHED)


def test_retry_after_goes_before_the_reset_header(stage: Stage) -> None:
    stage.sandbox.faults.add("throttled", "twitter", retry_after=90, reset_in=500, count=1)
    delivery = stage.due(stage.channel("twitter"))

    stage.run()

    assert stage.channel_now(stage.read(delivery).channel).throttled_until == stage.moment(seconds=90)


def test_a_throttle_without_a_time_waits_longer_each_time_and_is_missed_in_the_end(stage: Stage) -> None:
    stage.sandbox.faults.add("throttled", "linkedin")
    channel = stage.channel(missed_after_seconds=7200)
    delivery = stage.due(channel)

    for seconds in (30, 120, 600, 3600, 3600):
        stage.run()
        assert stage.channel_now(channel).throttled_until == stage.moment(seconds=seconds)
        stage.clock.advance(seconds=seconds)
    stage.run()

    missed = stage.read(delivery)
    assert (missed.state, missed.attempt_count, missed.attempts_forgiven) == (S.MISSED, 5, 5)
    assert stage.told("delivery_missed")


def test_a_network_out_of_reach_is_tried_again_and_fails_after_five_attempts(stage: Stage) -> None:
    channel = stage.channel("twitter", missed_after_seconds=86400)
    delivery = stage.due(channel)
    nowhere = replace(stage.platform.settings, networks={"twitter": NetworkSettings("http://127.0.0.1:9/twitter")})
    elsewhere = bootstrap(nowhere, clock=stage.clock)

    for seconds in (30, 120, 600, 3600):
        pool.run_due(elsewhere, OWNER)
        assert stage.read(delivery).try_at == stage.moment(seconds=seconds)
        assert stage.channel_now(channel).throttled_until == stage.moment(seconds=seconds)
        with stage.platform.database.read() as session:
            assert held(session, stage.read(delivery), stage.clock.now()) is None  # it is not due before that
        stage.clock.advance(seconds=seconds)
    pool.run_due(elsewhere, OWNER)
    elsewhere.close()

    failed = stage.read(delivery)
    assert (failed.state, failed.error_code, failed.attempt_count) == (S.FAILED, "attempts_exhausted", 5)
    assert stage.told("delivery_failed")


def test_a_connection_that_never_opened_is_a_refusal(stage: Stage) -> None:
    delivery = stage.due(stage.channel("twitter"))
    nowhere = replace(stage.platform.settings, networks={"twitter": NetworkSettings("http://127.0.0.1:9/twitter")})
    elsewhere = bootstrap(nowhere, clock=stage.clock)

    pool.run_due(elsewhere, OWNER)
    elsewhere.close()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.SCHEDULED, "refused")
    assert stage.read(delivery).try_at == stage.moment(seconds=30)


@pytest.mark.parametrize("network", ["facebook", "linkedin", "twitter"])
def test_a_clear_rejection_fails_in_the_networks_own_words(stage: Stage, network: str) -> None:
    stage.sandbox.faults.add("rejected", network, count=1)
    delivery = stage.due(stage.channel(network))

    stage.run()

    failed = stage.read(delivery)
    assert (failed.state, failed.error_code) == (S.FAILED, "rejected")
    assert failed.network_message
    assert stage.attempts(delivery)[0].outcome is Outcome.REJECTED
    assert stage.told("delivery_failed") == stage.owners()
    assert stage.post(delivery).status == "failed"


def test_a_payment_that_is_due_at_the_network_fails_under_its_own_name(stage: Stage) -> None:
    stage.sandbox.faults.add("payment_required", "twitter", count=1)
    delivery = stage.due(stage.channel("twitter"))

    stage.run()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.FAILED, "payment_required")


def test_a_spent_quota_pauses_the_channel_and_holds_what_waits(stage: Stage) -> None:
    stage.sandbox.faults.add("usage_capped", "twitter", count=1)
    channel = stage.channel("twitter")
    delivery = stage.due(channel)

    stage.run()

    assert stage.channel_now(channel).paused_at is not None
    assert stage.state(delivery) is S.SCHEDULED
    with stage.platform.database.read() as session:
        assert held(session, stage.read(delivery), stage.clock.now()) == "channel_paused"
    assert stage.told("channel_paused")
    assert stage.run() == 0


def test_a_version_that_the_network_no_longer_serves_holds_the_channel_and_keeps_what_the_operator_sets(
    stage: Stage,
) -> None:
    """At once an alert names it too, and what the check-up reads."""
    stage.sandbox.faults.add("version_retired", "linkedin", count=1)
    channel = stage.channel("linkedin")
    delivery = stage.due(channel)

    stage.run()

    held_now = stage.read(delivery)
    assert (held_now.state, held_now.error_code) == (S.SCHEDULED, "version_over")
    told = stage.channel_now(channel).pause_advice
    assert told == held_now.error_params
    assert told == {
        "advice": "version",
        "network": "LinkedIn",
        "setting": "SENDEPLAN_LINKEDIN_API_VERSION",
        "version": "202608",
        "newer": "",
        "listed_at": "https://learn.microsoft.com/linkedin/marketing/versioning",
    }
    alerts.check(stage.platform)
    with stage.platform.database.read() as session:
        assert [(a.kind, a.data["version"], a.data["ends"]) for a in alerts.open_alerts(session)] == [
            ("version", "202608", None)
        ]
        assert [one.refused for one in in_use(session, stage.platform.settings)] == [True]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_token_that_ended_for_good_asks_for_a_reconnection_and_holds_the_channel(stage: Stage, network: str) -> None:
    channel = stage.channel(network)
    stage.sandbox.faults.add("expired_token", network, account=channel.remote_account_id)
    stage.sandbox.faults.add("expired_token", network, "refresh")
    first, second = stage.due(channel, text="Eins"), stage.due(channel, text="Zwei")

    stage.run()

    asked = stage.read(first)
    assert (asked.state, asked.error_code) == (S.NEEDS_PERSON, "reconnect")
    marked = stage.channel_now(channel)
    assert marked.reconnect_since == stage.clock.now()
    assert marked.reconnect_reason
    assert stage.state(second) is S.SCHEDULED
    assert stage.told("channel_reconnect")
    assert stage.run() == 0


@pytest.mark.parametrize("fault", ["missing_permission", "account_gone"])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_permission_that_was_revoked_and_an_account_that_vanished_hold_the_channel_and_no_post_is_lost(
    stage: Stage, network: str, fault: str
) -> None:
    channel = stage.channel(network)
    stage.sandbox.faults.add(fault, network, account=channel.remote_account_id)
    stage.sandbox.faults.add("expired_token", network, "refresh")
    first, second = stage.due(channel, text="Eins"), stage.due(channel, text="Zwei")

    stage.run()

    assert (stage.state(first), stage.read(first).error_code) == (S.NEEDS_PERSON, "reconnect")
    assert stage.state(second) is S.SCHEDULED
    assert stage.channel_now(channel).reconnect_since is not None
    assert stage.told("channel_reconnect")
    assert stage.run() == 0
    assert stage.live(channel) == []


@pytest.mark.parametrize("network", ["facebook", "linkedin", "twitter"])
def test_a_duplicate_rejection_without_a_post_of_ours_fails_and_is_never_sent_again(stage: Stage, network: str) -> None:
    channel = stage.channel(network)
    account = channel.remote_account_id or ""
    stage.sandbox.backfill(network, account, "Neue Fräse im Werk Süd.", stage.moment(minutes=-9))
    delivery = stage.due(channel)

    stage.run()
    stage.reconcile()

    failed = stage.read(delivery)
    assert (failed.state, failed.error_code, failed.remote_id) == (S.FAILED, "duplicate", None)
    stage.settle()
    stage.run()
    assert stage.sent() == 1
    assert stage.told("delivery_failed")
