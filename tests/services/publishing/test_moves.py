"""The one way in which a delivery changes its state."""

from __future__ import annotations

import pytest

from planner.domain.states import DeliveryState, PostStatus
from planner.services.publishing.moves import Fence, Ref, move
from tests.services.publishing.stage import OWNER, Stage

S = DeliveryState


def test_a_move_from_a_state_that_is_over_changes_nothing(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    stage.change(delivery, state=S.CANCELLED)
    before = stage.events(delivery)

    with stage.platform.database.write() as session:
        assert not move(session, Ref.of(delivery), S.SCHEDULED, S.CLAIMED, stage.clock.now())

    assert (stage.state(delivery), stage.events(delivery)) == (S.CANCELLED, before)


@pytest.mark.parametrize("fence", [Fence(OWNER, 1), Fence("another-process", 2), Fence(OWNER, 3)])
def test_a_move_by_another_owner_or_of_another_epoch_changes_nothing(stage: Stage, fence: Fence) -> None:
    delivery = stage.due(stage.channel())
    stage.change(delivery, state=S.SENDING, claim_owner=OWNER, epoch=2)

    with stage.platform.database.write() as session:
        assert not move(session, Ref.of(delivery), S.SENDING, S.FAILED, stage.clock.now(), fence=fence)

    assert stage.state(delivery) is S.SENDING


def test_a_move_that_the_state_machine_does_not_have_is_an_error_of_ours(stage: Stage) -> None:
    delivery = stage.due(stage.channel())

    with stage.platform.database.write() as session, pytest.raises(ValueError, match="no delivery goes"):
        move(session, Ref.of(delivery), S.PUBLISHED, S.SCHEDULED, stage.clock.now())


def test_state_history_and_the_posts_status_change_together_or_not_at_all(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    before = stage.events(delivery)

    with pytest.raises(ZeroDivisionError):
        _move_and_fail(stage, Ref.of(delivery))
    assert (stage.state(delivery), stage.events(delivery)) == (S.SCHEDULED, before)

    with stage.platform.database.write() as session:
        move(session, Ref.of(delivery), S.SCHEDULED, S.CANCELLED, stage.clock.now())
    assert (stage.state(delivery), stage.events(delivery)) == (S.CANCELLED, [*before, "cancelled"])
    assert stage.post(delivery).status is PostStatus.CANCELLED


def _move_and_fail(stage: Stage, ref: Ref) -> None:
    with stage.platform.database.write() as session:
        assert move(session, ref, S.SCHEDULED, S.CANCELLED, stage.clock.now())
        raise ZeroDivisionError
