"""Sending: all is checked once more, the attempt is on record before the call, late writers are fenced out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from planner.domain import fingerprint
from planner.domain.states import DeliveryState, Outcome, PostStatus
from planner.models import Attempt, Campaign, Delivery
from planner.services import posts
from planner.services.errors import NotFound
from planner.services.publishing import finish, pause
from planner.services.publishing.classify import Verdict
from planner.services.publishing.send import Step, deliver
from tests.services.publishing.conftest import NETWORKS
from tests.services.publishing.stage import SEND_TIMEOUT, Stage, at_step
from tests.support.factories import make_media

S = DeliveryState


@pytest.mark.parametrize("network", NETWORKS)
def test_a_due_delivery_is_published_once_and_noted_with_its_id_and_address(stage: Stage, network: str) -> None:
    channel = stage.channel(network)
    delivery = stage.due(channel, text="Neue Fräse im Werk Süd.", link="https://brandt.example/neu")

    assert stage.run() == 1

    (live,) = stage.live()
    noted = stage.read(delivery)
    assert (noted.state, noted.remote_id) == (S.PUBLISHED, live["id"])
    assert noted.published_at == stage.clock.now()
    assert (noted.claim_owner, noted.lease_until, noted.error_code) == (None, None, None)
    assert noted.metrics_due_at is not None
    assert stage.post(delivery).status is PostStatus.PUBLISHED
    assert stage.events(delivery)[-3:] == ["claimed", "sending", "published"]
    (attempt,) = stage.attempts(delivery)
    assert (attempt.number, attempt.outcome, attempt.remote_id) == (1, Outcome.PUBLISHED, live["id"])
    assert stage.run() == 0
    assert stage.sent() == 1


def test_the_attempt_is_on_record_before_the_network_hears_of_it(stage: Stage) -> None:
    delivery = stage.due(stage.channel(), text="Neue Fräse.")
    seen: list[tuple[DeliveryState, int, int]] = []

    def look() -> None:
        (attempt,) = stage.attempts(delivery)
        assert attempt.outcome is None
        assert attempt.fingerprint == fingerprint.digest("Neue Fräse.")
        assert attempt.deadline_at == stage.moment(seconds=1.5 * SEND_TIMEOUT)
        seen.append((stage.state(delivery), stage.read(delivery).attempt_count, stage.sent()))

    stage.run(at_step(Step.SENDING, look))

    assert seen == [(S.SENDING, 1, 0)]


def test_images_are_with_the_network_before_the_delivery_is_being_sent(stage: Stage) -> None:
    image = make_media(stage.platform, stage.company.alice)
    delivery = stage.due(stage.channel(), media=(image,))
    seen: list[tuple[DeliveryState, bool, int]] = []

    def look() -> None:
        seen.append((stage.state(delivery), bool(stage.sandbox.requests(operation="upload")), stage.sent()))

    stage.run(at_step(Step.PREPARED, look))

    assert seen == [(S.CLAIMED, True, 0)]
    assert len(stage.live()[0]["media"]) == 1


# --- what is checked again ---------------------------------------------------------------------------------


def _pause_workspace(stage: Stage, _delivery: Delivery) -> None:
    with stage.platform.database.write() as session:
        pause.pause_workspace(session, stage.company.charlie, "Störfall im Werk", now=stage.clock.now())


def _pause_channel(stage: Stage, delivery: Delivery) -> None:
    with stage.platform.database.write() as session:
        pause.pause_channel(session, stage.company.charlie, delivery.channel_id, "Umbau", now=stage.clock.now())


def _pause_campaign(stage: Stage, delivery: Delivery) -> None:
    campaign = Campaign(workspace_id=delivery.workspace_id, name="Messe", paused_at=stage.clock.now())
    with stage.platform.database.write() as session:
        session.add(campaign)
    stage.change(stage.post(delivery), campaign_id=campaign.id)


def _void_the_yes(stage: Stage, delivery: Delivery) -> None:
    stage.change(stage.post(delivery), approved_at=None)


def _throttle(stage: Stage, delivery: Delivery) -> None:
    stage.change(stage.read(delivery).channel, throttled_until=stage.moment(seconds=30))


def _end_access(stage: Stage, delivery: Delivery) -> None:
    stage.change(stage.read(delivery).channel, reconnect_since=stage.clock.now())


def _move_ahead(stage: Stage, delivery: Delivery) -> None:
    stage.change(delivery, try_at=stage.moment(seconds=30))


@pytest.mark.parametrize(
    "change",
    [_pause_workspace, _pause_channel, _pause_campaign, _void_the_yes, _throttle, _end_access, _move_ahead],
    ids=lambda function: function.__name__[1:],
)
def test_what_changed_since_the_claim_stops_the_sending(
    stage: Stage, change: Callable[[Stage, Delivery], None]
) -> None:
    delivery = stage.due(stage.channel())

    stage.run(at_step(Step.PREPARED, lambda: change(stage, delivery)))

    held = stage.read(delivery)
    assert held.state is S.SCHEDULED
    assert (held.claim_owner, held.payload, held.attempt_count) == (None, None, 0)
    assert stage.sent() == 0


def test_what_became_too_late_since_the_claim_is_missed(stage: Stage) -> None:
    delivery = stage.due(stage.channel(missed_after_seconds=600))

    stage.run(at_step(Step.PREPARED, lambda: stage.clock.advance(seconds=601)))

    assert stage.state(delivery) is S.MISSED
    assert stage.sent() == 0


def test_a_pause_that_comes_during_the_call_does_not_hide_its_result(stage: Stage) -> None:
    delivery = stage.due(stage.channel())

    stage.run(at_step(Step.SENDING, lambda: _pause_workspace(stage, delivery)))

    assert stage.state(delivery) is S.PUBLISHED


def test_a_claim_that_was_lost_sends_nothing(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    lease = stage.platform.settings.lease_seconds

    def lose() -> None:
        stage.clock.advance(seconds=lease)
        stage.recover()
        stage.claim(owner="another-process")

    stage.run(at_step(Step.PREPARED, lose))

    assert stage.sent() == 0
    assert stage.read(delivery).claim_owner == "another-process"


def test_the_same_owner_with_an_older_epoch_is_fenced_out_too(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    lease = stage.platform.settings.lease_seconds

    def lose_and_claim_again() -> None:
        stage.clock.advance(seconds=lease)
        stage.recover()
        stage.claim()

    stage.run(at_step(Step.PREPARED, lose_and_claim_again))

    assert stage.sent() == 0
    assert (stage.state(delivery), stage.read(delivery).epoch) == (S.CLAIMED, 2)


def test_a_process_that_stood_still_between_check_and_call_does_not_call(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    seen: list[int] = []

    def stand_still() -> None:
        stage.clock.advance(seconds=SEND_TIMEOUT / 2)
        seen.append(stage.sent())

    stage.run(at_step(Step.SENDING, stand_still))

    first, second = stage.attempts(delivery)
    assert (first.outcome, first.error_code) == (Outcome.REFUSED, "too_slow")
    assert second.outcome is Outcome.PUBLISHED
    assert stage.sent() == 1


def test_an_error_of_our_own_before_the_call_costs_a_try_and_holds_nobody_else(stage: Stage) -> None:
    delivery = stage.due(stage.channel())

    def fail() -> None:
        raise ZeroDivisionError

    stage.run(at_step(Step.PREPARED, fail))

    failed = stage.read(delivery)
    assert (failed.state, failed.error_code) == (S.SCHEDULED, "refused")
    assert failed.try_at == stage.moment(seconds=30)
    assert stage.read(delivery).channel.throttled_until is None
    assert stage.sent() == 0


def test_an_error_of_our_own_after_the_call_leaves_it_to_the_lease(stage: Stage) -> None:
    delivery = stage.due(stage.channel())

    def fail() -> None:
        raise ZeroDivisionError

    stage.run(at_step(Step.CALLED, fail))
    assert stage.state(delivery) is S.SENDING
    stage.clock.advance(seconds=1.5 * SEND_TIMEOUT)
    stage.recover()
    stage.reconcile()

    assert (stage.state(delivery), stage.sent()) == (S.PUBLISHED, 1)


def test_an_image_that_was_changed_on_the_disk_is_not_sent(stage: Stage) -> None:
    image = make_media(stage.platform, stage.company.alice)
    delivery = stage.due(stage.channel(), media=(image,))

    def change() -> None:
        for path in stage.platform.settings.media_folder.glob("*.png"):
            path.write_bytes(b"something else")

    stage.run(at_step(Step.CLAIMED, change))

    failed = stage.read(delivery)
    assert (failed.state, failed.error_code) == (S.FAILED, "media_changed")
    assert stage.sent() == 0
    assert stage.told("delivery_failed")


def test_an_image_that_is_gone_from_the_disk_is_named(stage: Stage) -> None:
    image = make_media(stage.platform, stage.company.alice)
    delivery = stage.due(stage.channel(), media=(image,))

    def remove() -> None:
        for path in stage.platform.settings.media_folder.glob("*.png"):
            path.unlink()

    stage.run(at_step(Step.CLAIMED, remove))

    assert stage.read(delivery).error_code == "media_missing"


def test_a_process_that_is_asked_to_stop_begins_nothing_more(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    (work,) = stage.claim()

    deliver(stage.platform, work, stopping=lambda: True)

    assert (stage.state(delivery), stage.read(delivery).attempt_count, stage.sent()) == (S.SCHEDULED, 0, 0)


def test_an_attempt_that_cannot_be_put_on_record_is_not_made(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    (work,) = stage.claim()
    now = stage.clock.now()
    with stage.platform.database.write() as session:
        session.add(
            Attempt(
                delivery_id=delivery.id, number=1, epoch=0, owner="", fingerprint="", started_at=now, deadline_at=now
            )
        )

    deliver(stage.platform, work)

    assert (stage.state(delivery), stage.read(delivery).attempt_count, stage.sent()) == (S.SCHEDULED, 0, 0)


def test_an_error_of_ours_during_the_call_leaves_it_unconfirmed(stage: Stage) -> None:
    delivery = stage.due(stage.channel("facebook"))
    (work,) = stage.claim()
    unsendable = replace(work.payload.post, text="\ud800")  # half a character, which no form can hold

    deliver(stage.platform, replace(work, payload=replace(work.payload, post=unsendable)))

    assert (stage.state(delivery), stage.attempts(delivery)[0].outcome) == (S.UNKNOWN, Outcome.UNCERTAIN)


# --- late writers -----------------------------------------------------------------------------------------


def _give_up(stage: Stage, delivery: Delivery, **values: Any) -> Callable[[], None]:
    """The sender is taken for dead while its answer is on the way, and the delivery goes on without it."""

    def act() -> None:
        stage.clock.advance(seconds=1.5 * SEND_TIMEOUT)
        stage.recover()
        assert stage.state(delivery) is S.UNKNOWN
        if values:
            stage.change(delivery, epoch=delivery.epoch + 2, claim_owner=None, **values)

    return act


@pytest.mark.parametrize("state", [S.UNKNOWN, S.SCHEDULED, S.NEEDS_PERSON, S.FAILED, S.MISSED, S.CANCELLED, S.DRAFT])
def test_a_late_success_is_adopted_in_whatever_state_it_finds_the_delivery(stage: Stage, state: DeliveryState) -> None:
    delivery = stage.due(stage.channel())

    stage.run(at_step(Step.CALLED, _give_up(stage, delivery, state=state, try_at=stage.moment(days=1))))

    noted = stage.read(delivery)
    assert (noted.state, noted.remote_id) == (S.PUBLISHED, stage.live()[0]["id"])
    assert stage.post(delivery).status is PostStatus.PUBLISHED
    assert stage.attempts(delivery)[0].outcome is Outcome.PUBLISHED


def test_a_late_success_is_adopted_while_another_sender_has_claimed_the_delivery(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    stage.run(at_step(Step.CALLED, _give_up(stage, delivery, state=S.CLAIMED, lease_until=stage.moment(days=1))))

    assert stage.state(delivery) is S.PUBLISHED
    assert stage.sent() == 1


def test_a_late_success_brings_back_a_post_that_was_deleted_meanwhile(stage: Stage) -> None:
    """Brought back by a person, it would have gone out again."""
    delivery = stage.due(stage.channel())

    def delete() -> None:
        _give_up(stage, delivery, state=S.SCHEDULED, try_at=stage.moment(days=1))()
        with stage.platform.database.write() as session:
            posts.delete(session, stage.company.alice, delivery.post_id, now=stage.clock.now())

    stage.run(at_step(Step.CALLED, delete))

    assert (stage.state(delivery), stage.post(delivery).deleted_at) == (S.PUBLISHED, None)
    with stage.platform.database.write() as session, pytest.raises(NotFound):
        posts.restore(session, stage.company.alice, delivery.post_id, now=stage.clock.now())


def test_two_posts_of_one_delivery_are_admitted_and_a_person_is_told(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    values = {"state": S.PUBLISHED, "remote_id": "urn:li:share:1", "remote_url": "https://x.example/1"}

    stage.run(at_step(Step.CALLED, _give_up(stage, delivery, **values)))

    assert stage.read(delivery).remote_id == "urn:li:share:1"
    assert stage.events(delivery)[-1] == "published_twice"
    assert stage.told("delivery_published_twice")


def test_an_answer_that_comes_after_the_delivery_was_given_up_still_counts_as_long_as_nobody_claimed_it(
    stage: Stage,
) -> None:
    stage.sandbox.faults.add("throttled", retry_after=90, count=1)
    delivery = stage.due(stage.channel())

    stage.run(at_step(Step.CALLED, _give_up(stage, delivery)))

    assert stage.state(delivery) is S.SCHEDULED
    assert stage.attempts(delivery)[0].outcome is Outcome.REFUSED


@pytest.mark.parametrize("state", [S.SCHEDULED, S.CLAIMED, S.CANCELLED, S.PUBLISHED])
def test_a_late_failure_never_overwrites_what_happened_since(stage: Stage, state: DeliveryState) -> None:
    stage.sandbox.faults.add("rejected", count=1)
    delivery = stage.due(stage.channel())
    later = stage.moment(days=1)

    stage.run(at_step(Step.CALLED, _give_up(stage, delivery, state=state, try_at=later, lease_until=later)))

    assert stage.state(delivery) is state
    assert stage.attempts(delivery)[0].outcome is Outcome.REJECTED


def test_a_result_of_an_older_epoch_does_not_touch_a_newer_sending(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    (work,) = stage.claim()
    stage.change(delivery, state=S.SENDING, epoch=work.fence.epoch + 1)
    order = finish.Order(work, work.access, 0, 1, *[stage.clock.now()] * 3)

    finish.note(stage.platform, order, Verdict(Outcome.REFUSED, S.SCHEDULED, "refused", try_at=stage.clock.now()))

    assert stage.state(delivery) is S.SENDING


def test_an_id_that_another_delivery_has_is_not_taken_for_ours(stage: Stage) -> None:
    channel = stage.channel()
    other = stage.planned(channel, text="Ein anderer Beitrag", after=timedelta(days=1))
    delivery = stage.due(channel)

    def take() -> None:
        stage.change(other, state=S.PUBLISHED, remote_id=stage.live()[0]["id"])

    stage.run(at_step(Step.CALLED, take))

    doubted = stage.read(delivery)
    assert (doubted.state, doubted.error_code, doubted.remote_id) == (S.UNKNOWN, "id_taken", None)
