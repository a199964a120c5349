"""Two workspaces may post for one account: what the network shows there belongs to one delivery of either."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery
from planner.services.errors import Conflict
from planner.services.posts.inputs import When
from planner.services.publishing import decide
from planner.services.publishing.send import Step
from tests.services.publishing.stage import SEND_TIMEOUT, Stage, at_step, lost
from tests.support.factories import make_post

S = DeliveryState
TEXT = "Neue Fräse im Werk Süd."


def due_there(stage: Stage, channel: Channel) -> Delivery:
    when = When(at=stage.clock.now() + timedelta(minutes=1))
    post = make_post(stage.platform, stage.company.oscar, [channel], when, text=TEXT, approve=True)
    stage.clock.advance(minutes=1)
    return stage.deliveries(post.id)[0]


def test_what_one_workspace_published_is_not_taken_for_the_lost_post_of_another(
    stage: Stage, ours: Channel, theirs: Channel
) -> None:
    lost(stage, "xing", accepted=False)
    mine = stage.due(ours, text=TEXT)
    stage.run()
    their_own = due_there(stage, theirs)
    stage.run()
    assert (stage.state(mine), stage.state(their_own)) == (S.UNKNOWN, S.PUBLISHED)

    stage.settle()
    stage.run()

    assert stage.state(mine) is S.PUBLISHED
    ids = {stage.read(mine).remote_id, stage.read(their_own).remote_id}
    assert ids == {post["id"] for post in stage.live()}
    assert len(ids) == 2


def test_of_two_workspaces_that_both_look_one_has_what_is_found_and_the_other_sends_again(
    stage: Stage, ours: Channel, theirs: Channel
) -> None:
    lost(stage, "xing", accepted=True)
    lost(stage, "xing", accepted=False)
    both = stage.due(ours, text=TEXT), due_there(stage, theirs)
    stage.run()
    assert [stage.state(one) for one in both] == [S.UNKNOWN, S.UNKNOWN]

    stage.settle()
    stage.run()

    assert {stage.read(one).remote_id for one in both} == {post["id"] for post in stage.live()}
    assert len(stage.live()) == 2


def test_a_late_yes_to_a_post_that_a_look_gave_to_another_workspace_is_not_believed_a_second_time(
    stage: Stage, ours: Channel, theirs: Channel
) -> None:
    """Its sender stood still past its lease; the look for the other one, which had been lost, found its post."""
    lost(stage, "xing", accepted=False)
    lost_there = due_there(stage, theirs)
    stage.run()
    mine = stage.due(ours, text=TEXT)

    def stand_still() -> None:
        stage.clock.advance(seconds=2 * SEND_TIMEOUT)
        stage.recover()
        stage.change(mine, look_at=stage.moment(seconds=60))
        stage.reconcile()

    stage.run(at_step(Step.CALLED, stand_still))
    assert stage.read(lost_there).remote_id == stage.live()[0]["id"]
    assert stage.state(mine) is not S.PUBLISHED

    stage.settle()
    stage.run()
    ids = {stage.read(mine).remote_id, stage.read(lost_there).remote_id}
    assert ids == {post["id"] for post in stage.live()}
    assert len(ids) == 2


def test_a_person_cannot_choose_a_post_that_another_workspace_has(stage: Stage, ours: Channel, theirs: Channel) -> None:
    their_own = due_there(stage, theirs)
    stage.run()
    address = "https://www.xing.com/17"
    candidate = {"remote_id": stage.read(their_own).remote_id, "url": address}
    mine = stage.due(ours, text=TEXT)
    stage.change(mine, state=S.NEEDS_PERSON, error_code="ambiguous", error_params={"candidates": [candidate]})

    with stage.platform.database.write() as session, pytest.raises(Conflict, match="id_taken"):
        decide.is_live(session, stage.company.alice, mine.id, address, now=stage.clock.now())

    assert stage.state(mine) is S.NEEDS_PERSON
