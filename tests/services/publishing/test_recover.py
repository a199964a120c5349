"""What a dead process left behind, and what a restore brings back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.domain.states import DeliveryState, Outcome
from planner.services.errors import Conflict
from planner.services.publishing import pause
from planner.services.publishing.recover import after_restore
from planner.services.publishing.send import Step
from tests.services.publishing.stage import SEND_TIMEOUT, Stage, at_step

S = DeliveryState


class Killed(BaseException):
    """The process ends here."""


def die() -> None:
    raise Killed


def test_a_claim_whose_lease_ran_out_is_scheduled_again_and_sent_by_another(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    with pytest.raises(Killed):
        stage.run(at_step(Step.CLAIMED, die))
    lease = timedelta(seconds=stage.platform.settings.lease_seconds)

    stage.clock.advance(lease - timedelta(milliseconds=1))
    assert stage.recover() == 0
    stage.clock.advance(milliseconds=1)
    assert stage.recover() == 1

    assert stage.state(delivery) is S.SCHEDULED
    stage.run(owner="another-process")
    assert (stage.state(delivery), stage.sent()) == (S.PUBLISHED, 1)


@pytest.mark.parametrize("step", [Step.SENDING, Step.CALLED])
def test_a_sending_whose_lease_ran_out_is_unconfirmed_and_never_sent_again_directly(stage: Stage, step: Step) -> None:
    delivery = stage.due(stage.channel())
    with pytest.raises(Killed):
        stage.run(at_step(step, die))

    stage.clock.advance(seconds=1.5 * SEND_TIMEOUT)
    stage.recover()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.UNKNOWN, "interrupted")
    assert stage.attempts(delivery)[0].outcome is Outcome.UNCERTAIN
    assert stage.run() == 0


@pytest.mark.parametrize("step", [Step.CLAIMED, Step.PREPARED, Step.SENDING, Step.CALLED, Step.NOTED])
def test_a_process_that_dies_at_any_step_loses_and_doubles_nothing(stage: Stage, step: Step) -> None:
    delivery = stage.due(stage.channel("xing"))
    with pytest.raises(Killed):
        stage.run(at_step(step, die))

    for _ in range(3):
        stage.clock.advance(seconds=stage.platform.settings.lease_seconds)
        stage.recover()
        stage.settle()
        stage.run(owner="another-process")

    assert stage.state(delivery) is S.PUBLISHED
    assert [post["id"] for post in stage.live()] == [stage.read(delivery).remote_id]


# --- after a restore ------------------------------------------------------------------------------------


def test_after_a_restore_everything_is_paused_and_what_was_due_is_in_doubt(stage: Stage) -> None:
    channel = stage.channel()
    due, claimed = stage.planned(channel, text="Fällig", after=timedelta(minutes=1)), stage.due(stage.channel())
    later = stage.planned(channel, text="Später", after=timedelta(hours=1))
    stage.change(claimed, state=S.CLAIMED)

    assert after_restore(stage.platform) == 2

    assert stage.workspace().paused_at is not None
    assert [stage.state(d) for d in (due, claimed, later)] == [S.UNKNOWN, S.UNKNOWN, S.SCHEDULED]


def test_a_restored_delivery_that_went_out_after_the_backup_is_found_and_not_sent_again(stage: Stage) -> None:
    channel = stage.channel()
    out, not_out = stage.due(channel, text="Ging noch hinaus"), stage.due(channel, text="Ging nicht mehr hinaus")
    stage.sandbox.backfill("linkedin", channel.remote_account_id or "", "Ging noch hinaus", stage.moment(seconds=1))
    stage.clock.advance(minutes=10)

    after_restore(stage.platform)
    stage.settle()

    assert (stage.state(out), stage.state(not_out)) == (S.PUBLISHED, S.SCHEDULED)
    assert stage.run() == 0


def test_the_pause_of_a_restore_cannot_be_released_before_everything_is_reconciled(stage: Stage) -> None:
    channel = stage.channel()
    delivery = stage.due(channel)
    stage.clock.advance(minutes=10)
    after_restore(stage.platform)
    bob, database = stage.company.bob, stage.platform.database

    with database.write() as session, pytest.raises(Conflict, match="unconfirmed_after_restore"):
        pause.release_workspace(session, bob, now=stage.clock.now())
    stage.settle()
    with database.write() as session:
        pause.release_workspace(session, bob, now=stage.clock.now())
    stage.run()

    assert stage.state(delivery) is S.PUBLISHED


def test_what_a_person_publishes_is_not_in_doubt_after_a_restore(stage: Stage) -> None:
    delivery = stage.due(stage.by_hand())

    assert after_restore(stage.platform) == 0
    assert stage.state(delivery) is S.SCHEDULED
