"""What a dead process left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.domain.states import DeliveryState, Outcome
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
