"""What reconciling cannot find out is asked of a person, and never guessed."""

from __future__ import annotations

from datetime import timedelta

from planner.bootstrap import bootstrap
from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services.publishing.reconcile import reconcile
from planner.services.publishing.unconfirmed import MOST_FAILED_LOOKS
from tests.services.publishing.stage import SEND_TIMEOUT, Stage, lost

S = DeliveryState
TEXT = "Neue Fräse im Werk Süd."
DEADLINE = timedelta(seconds=1.5 * SEND_TIMEOUT)


def test_where_the_channel_must_be_reconnected_to_look_a_person_is_asked(stage: Stage) -> None:
    channel = stage.channel()
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(channel)
    stage.run()
    stage.sandbox.faults.add("expired_token", "linkedin", "list")

    stage.reconcile()

    asked = stage.read(delivery)
    assert (asked.state, asked.error_code) == (S.NEEDS_PERSON, "cannot_list")
    assert stage.channel_now(channel).reconnect_since is not None
    assert stage.told("delivery_needs_person")


def test_where_a_connection_cannot_list_a_person_is_asked_at_once(stage: Stage) -> None:
    channel = stage.channel()
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(channel)
    stage.run()
    stage.change(channel, network="xing", credentials=None)

    stage.reconcile()

    assert stage.read(delivery).error_code == "cannot_list"


def test_where_a_network_is_not_installed_any_more_a_person_is_asked(stage: Stage) -> None:
    channel = stage.channel()
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(channel)
    stage.run()
    stage.change(channel, network="somewhere")

    stage.reconcile()

    assert stage.read(delivery).error_code == "cannot_list"


def test_looks_that_failed_do_not_count_as_absence(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=False)
    delivery = stage.due(stage.channel())
    stage.run()
    stage.clock.advance(seconds=60)
    stage.sandbox.faults.add("error", "linkedin", "list", status=503, count=3)

    for _ in range(3):
        _look(stage, delivery)

    assert (stage.state(delivery), stage.read(delivery).looks) == (S.UNKNOWN, 0)
    stage.settle()
    stage.settle()
    assert stage.state(delivery) is S.SCHEDULED


def test_a_listing_that_was_cut_short_proves_no_absence(stage: Stage) -> None:
    channel = stage.channel("twitter")
    lost(stage, "twitter", accepted=True)
    delivery = stage.due(channel)
    stage.run()
    stage.clock.advance(seconds=2)
    for number in range(820):  # more than X lists, all younger than ours
        stage.sandbox.backfill("twitter", channel.remote_account_id or "", f"Beitrag {number}", stage.clock.now())

    for _ in range(MOST_FAILED_LOOKS):
        assert (stage.state(delivery), stage.read(delivery).looks) == (S.UNKNOWN, 0)
        _look(stage, delivery)

    assert (stage.state(delivery), stage.sent()) == (S.NEEDS_PERSON, 1)


def test_after_many_failed_looks_a_person_is_asked_and_nothing_is_sent_again(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=True)
    delivery = stage.due(stage.channel())
    stage.run()
    stage.sandbox.faults.add("error", "linkedin", "list", status=503)

    for _ in range(MOST_FAILED_LOOKS):
        assert stage.state(delivery) is S.UNKNOWN
        _look(stage, delivery)

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "cannot_list")
    assert stage.sent() == 1


def test_after_five_attempts_that_all_vanished_a_person_is_asked(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=False, count=None)
    delivery = stage.due(stage.channel(missed_after_seconds=7 * 86400))

    for _ in range(6):
        stage.run()
        stage.settle()

    asked = stage.read(delivery)
    assert (asked.state, asked.error_code, stage.sent()) == (S.NEEDS_PERSON, "attempts_exhausted", 5)


def test_only_one_of_two_processes_looks(stage: Stage) -> None:
    lost(stage, "linkedin", accepted=False)
    stage.due(stage.channel())
    stage.run()
    other = bootstrap(stage.platform.settings, clock=stage.clock)

    assert (stage.reconcile(), reconcile(other)) == (1, 0)
    other.close()


# --- duplicates -------------------------------------------------------------------------------------------


def _look(stage: Stage, delivery: Delivery) -> None:
    """Let time pass until the next look, and look."""
    at = stage.read(delivery).look_at
    assert at is not None
    stage.clock.set(max(at, stage.clock.now()))
    stage.reconcile()
