"""What a person decides, and which decisions a state leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from planner.bootstrap import bootstrap
from planner.config import NetworkSettings
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.publishing import decide, pool
from tests.services.publishing.stage import OWNER, Stage
from tests.support.databases import on_one_kind

S = DeliveryState

PAYLOAD: dict[str, Any] = {"text": "…", "link": None, "key": "k", "expected": "…", "media": []}


def stuck(stage: Stage, state: DeliveryState, **values: Any) -> Delivery:
    """A delivery that came to stand in ``state`` three hours ago, after its last attempt."""
    delivery = stage.due(stage.channel())
    stage.change(delivery, state=state, attempt_count=5, payload=PAYLOAD, **values)
    stage.clock.advance(hours=3)
    return delivery


def decided(
    stage: Stage, decision: Callable[..., Delivery], delivery: Delivery, *given: Any, **options: Any
) -> Delivery:
    with stage.platform.database.write() as session:
        return decision(session, stage.company.charlie, delivery.id, *given, now=stage.clock.now(), **options)


def test_it_is_live_makes_it_published_at_the_address_given(stage: Stage) -> None:
    delivery = stuck(stage, S.NEEDS_PERSON, error_code="cannot_list")

    done = decided(stage, decide.is_live, delivery, "https://www.linkedin.example/p/17")

    assert (done.state, done.remote_url, done.error_code) == (S.PUBLISHED, "https://www.linkedin.example/p/17", None)
    assert stage.post(delivery).status is PostStatus.PUBLISHED


def test_choosing_one_of_the_posts_found_takes_its_id(stage: Stage) -> None:
    candidates = [
        {"remote_id": "17", "url": "https://x.example/17"},
        {"remote_id": "18", "url": "https://x.example/18"},
    ]
    delivery = stuck(stage, S.NEEDS_PERSON, error_code="ambiguous", error_params={"candidates": candidates})

    assert decided(stage, decide.is_live, delivery, "https://X.example/18/").remote_id == "18"


def test_a_post_that_another_delivery_has_cannot_be_chosen(stage: Stage) -> None:
    candidates = [{"remote_id": "17", "url": "https://x.example/17"}]
    delivery = stuck(stage, S.NEEDS_PERSON, error_code="ambiguous", error_params={"candidates": candidates})
    other = stage.due(stage.read(delivery).channel, text="Ein anderer")
    stage.change(other, state=S.PUBLISHED, remote_id="17")

    with pytest.raises(Conflict, match="id_taken"):
        decided(stage, decide.is_live, delivery, "https://x.example/17")


def test_an_address_that_is_none_is_refused_at_its_field(stage: Stage) -> None:
    delivery = stuck(stage, S.NEEDS_PERSON)

    with pytest.raises(Invalid) as refused:
        decided(stage, decide.is_live, delivery, "kein link")

    assert [(e.field, e.code) for e in refused.value.errors] == [("url", "link_invalid")]
    assert stage.state(delivery) is S.NEEDS_PERSON


def test_it_is_not_live_sends_it_again_with_five_new_attempts(stage: Stage) -> None:
    delivery = stuck(stage, S.NEEDS_PERSON, error_code="attempts_exhausted")
    nowhere = replace(stage.platform.settings, networks={"linkedin": NetworkSettings("http://127.0.0.1:9/linkedin")})
    elsewhere = bootstrap(nowhere, clock=stage.clock)

    decided(stage, decide.is_not_live, delivery)
    for seconds in (30, 120, 600, 3600):
        pool.run_due(elsewhere, OWNER)
        stage.clock.advance(seconds=seconds)
    elsewhere.close()
    stage.run()

    assert (stage.state(delivery), stage.sent()) == (S.PUBLISHED, 1)


def test_it_is_not_live_can_cancel_it(stage: Stage) -> None:
    delivery = stuck(stage, S.NEEDS_PERSON)

    assert decided(stage, decide.is_not_live, delivery, send=False).state is S.CANCELLED
    assert stage.run() == 0


@pytest.mark.parametrize("state", [S.MISSED, S.FAILED])
def test_a_missed_or_failed_one_goes_out_now_although_its_promised_time_is_long_past(
    stage: Stage, state: DeliveryState
) -> None:
    delivery = stuck(stage, state)

    decided(stage, decide.send_now, delivery)
    stage.run()

    assert stage.state(delivery) is S.PUBLISHED


def test_a_missed_one_takes_the_next_free_slot(stage: Stage) -> None:
    channel = stage.channel(slots=[(1, "09:00")])
    delivery = stage.due(channel)
    stage.change(delivery, state=S.MISSED)

    moved = decided(stage, decide.send_in_next_slot, delivery)

    assert (moved.state, moved.wall_time, moved.queued) == (S.SCHEDULED, "2026-03-17T09:00", True)


def test_a_channel_without_slots_says_so(stage: Stage) -> None:
    delivery = stuck(stage, S.MISSED)

    with pytest.raises(Invalid):
        decided(stage, decide.send_in_next_slot, delivery)

    assert stage.state(delivery) is S.MISSED


@pytest.mark.parametrize("state", [S.NEEDS_PERSON, S.MISSED, S.FAILED])
def test_what_is_stuck_can_be_dropped(stage: Stage, state: DeliveryState) -> None:
    assert decided(stage, decide.drop, stuck(stage, state)).state is S.CANCELLED


@on_one_kind
@pytest.mark.parametrize("state", [S.SCHEDULED, S.CLAIMED, S.SENDING, S.UNKNOWN, S.PUBLISHED, S.CANCELLED])
@pytest.mark.parametrize("decision", [decide.is_not_live, decide.send_now, decide.send_in_next_slot, decide.drop])
def test_what_goes_on_by_itself_or_is_done_leaves_nothing_to_decide(
    stage: Stage, state: DeliveryState, decision: Callable[..., Delivery]
) -> None:
    delivery = stuck(stage, state)

    with pytest.raises(Conflict, match="cannot_decide"):
        decided(stage, decision, delivery)

    assert stage.state(delivery) is state


def test_an_editor_decides_a_reader_does_not_and_an_outsider_finds_nothing(stage: Stage) -> None:
    delivery = stuck(stage, S.MISSED)
    now = stage.clock.now()

    with stage.platform.database.write() as session, pytest.raises(Forbidden):
        decide.drop(session, stage.company.rita, delivery.id, now=now)
    with stage.platform.database.write() as session, pytest.raises(NotFound):
        decide.drop(session, stage.company.oscar, delivery.id, now=now)
    assert decided(stage, decide.drop, delivery).state is S.CANCELLED


def test_the_decision_is_in_the_history_with_who_made_it(stage: Stage) -> None:
    delivery = stuck(stage, S.MISSED)

    decided(stage, decide.drop, delivery)

    assert stage.events(delivery)[-1] == "cancelled"
