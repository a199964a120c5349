"""What surely did not go out can be published by a person in place of the program, and nothing else can."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planner.domain.states import DeliveryState
from planner.models import Delivery, Workspace
from planner.services import taking
from planner.services.actor import Actor
from planner.services.by_hand import CODE
from planner.services.errors import Conflict, Forbidden
from planner.services.publishing import decide
from tests.services.publishing.stage import Stage

S = DeliveryState


def handed_over(stage: Stage, delivery: Delivery, actor: Actor | None = None) -> Delivery:
    folder = stage.platform.settings.media_folder
    with stage.platform.database.write() as session:
        who = actor or stage.company.charlie
        return decide.hand_over(session, who, delivery.id, now=stage.clock.now(), folder=folder)


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (S.FAILED, {"error_code": "rejected"}),
        (S.MISSED, {"error_code": "missed"}),
        (S.NEEDS_PERSON, {"error_code": "reconnect"}),
    ],
)
def test_what_surely_did_not_go_out_is_handed_to_whoever_asks(
    stage: Stage, state: DeliveryState, values: dict[str, Any]
) -> None:
    delivery = stage.due(stage.channel())
    stage.change(delivery, state=state, attempt_count=1, **values)
    stage.clock.advance(hours=3)

    handed_over(stage, delivery)
    stage.run()

    found = stage.read(delivery)
    assert (found.state, found.error_code, stage.sent()) == (S.NEEDS_PERSON, CODE, 0)
    assert (found.taken_by_id, found.publish_at) == (stage.company.charlie.user_id, stage.clock.now())
    assert (found.payload or {})["text"] == "Neue Fräse im Werk Süd."


def test_what_waits_for_a_connection_past_its_time_is_handed_over_and_before_it_is_not(stage: Stage) -> None:
    channel = stage.channel()
    delivery = stage.due(channel)
    later = stage.planned(channel, text="Später", after=timedelta(days=1))
    with pytest.raises(Conflict, match="cannot_decide"):
        handed_over(stage, delivery)
    stage.change(channel, reconnect_since=stage.clock.now())

    handed_over(stage, delivery)
    with pytest.raises(Conflict, match="cannot_decide"):
        handed_over(stage, later)

    assert stage.read(delivery).error_code == CODE


@pytest.mark.parametrize(
    ("state", "code"),
    [(S.NEEDS_PERSON, "cannot_list"), (S.NEEDS_PERSON, "ambiguous"), (S.UNKNOWN, None), (S.SENDING, None)],
)
def test_what_may_be_live_is_never_handed_over(stage: Stage, state: DeliveryState, code: str | None) -> None:
    delivery = stage.due(stage.channel())
    stage.change(delivery, state=state, error_code=code)
    with pytest.raises(Conflict, match="cannot_decide"):
        handed_over(stage, delivery)


def test_a_pause_holds_people_too(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    stage.change(delivery, state=S.FAILED)
    with stage.platform.database.write() as session:
        session.get_one(Workspace, delivery.workspace_id).paused_at = stage.clock.now()
    with pytest.raises(Conflict, match="held_back"):
        handed_over(stage, delivery)
    assert stage.state(delivery) is S.FAILED


def test_readers_are_handed_nothing(stage: Stage) -> None:
    delivery = stage.due(stage.channel())
    stage.change(delivery, state=S.FAILED)
    with pytest.raises(Forbidden):
        handed_over(stage, delivery, stage.company.rita)


def test_of_two_who_take_it_the_second_hears_the_firsts_name(stage: Stage) -> None:
    delivery = stage.due(stage.by_hand())
    stage.run()
    now, bob, charlie = stage.clock.now(), stage.company.bob, stage.company.charlie
    with stage.platform.database.write() as session:
        taking.take(session, charlie, delivery.id, now=now)
    with pytest.raises(Conflict) as refused, stage.platform.database.write() as session:
        taking.take(session, bob, delivery.id, now=now)
    assert (refused.value.code, refused.value.params["by"]) == ("taken_already", "Charlie")

    with stage.platform.database.write() as session:
        taking.take(session, bob, delivery.id, now=now, over=True)

    assert stage.read(delivery).taken_by_id == bob.user_id
    assert stage.events(delivery).count("taken") == 2
