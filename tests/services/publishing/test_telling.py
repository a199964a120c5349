"""What the log says of a delivery: its whole life, by its number alone."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import structlog
from sqlalchemy.orm import Session

from planner import create_app, logs
from planner.domain.states import DeliveryState
from planner.services import metrics
from planner.services.publishing import missed, moves
from planner.services.publishing.recover import recover
from planner.services.publishing.send import Step
from tests.services.publishing.stage import Stage, at_step, lost
from tests.support.web import Browsing

Line = dict[str, Any]

#: What is said does not depend on the kind of database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def written(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[Line]]]:
    """The lines so far, each of them parsed; the process's own logging comes back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(replace(stage.platform.settings, log_format="json", log_level="INFO"))
    yield lambda: [json.loads(line, parse_constant=_no_constant) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def about(lines: list[Line], delivery_id: int) -> list[Line]:
    return [line for line in lines if line.get("delivery") == delivery_id]


def test_one_deliverys_life_through_faults_is_read_from_the_lines_alone(
    stage: Stage, written: Callable[[], list[Line]]
) -> None:
    channel = stage.channel("linkedin")
    delivery = stage.due(channel)
    other = stage.due(stage.channel("linkedin"))
    lost(stage, "linkedin", accepted=False, count=1, account=channel.remote_account_id)
    stage.run()
    stage.settle()
    stage.run()
    story = about(written(), delivery.id)
    told = [(line["event"], line.get("attempt")) for line in story]
    assert told == [
        ("draft → scheduled", 0),
        ("scheduled → claimed", 1),
        ("claimed → sending", 1),
        ("sending → unknown", 1),
        ("Looked for it on the network: absent", 1),
        ("Looked for it on the network: absent", 1),
        ("Looked for it on the network: absent", 1),
        ("unknown → scheduled", 1),
        ("Looked for it on the network: absent", 1),
        ("scheduled → claimed", 2),
        ("claimed → sending", 2),
        ("sending → published", 2),
    ]
    assert {(line["workspace"], line["channel"]) for line in story} == {(delivery.workspace_id, channel.id)}
    assert [line["code"] for line in story if "code" in line] == ["unconfirmed", "not_found"]
    assert [line["event"] for line in about(written(), other.id)][-1] == "sending → published"


def test_no_line_about_a_delivery_is_without_its_ids_whatever_goes_wrong(
    stage: Stage, written: Callable[[], list[Line]]
) -> None:
    """Claim, preparation, sending, looks, recovery, missing, figures: each with a failure of its own."""
    faults = stage.sandbox.faults
    unlisted = stage.channel("linkedin", missed_after_seconds=86_400)
    stage.due(unlisted)
    lost(stage, "linkedin", accepted=False, account=unlisted.remote_account_id)
    faults.add("error", "linkedin", operation="list", status=503, count=1)
    stage.run(observe=at_step(Step.PREPARED, _fail))
    stage.clock.advance(minutes=5)
    stage.run(observe=at_step(Step.SENDING, _fail))
    stage.settle()
    stage.due(stage.channel("linkedin"))
    stage.claim()
    late = stage.due(waiting := stage.channel("linkedin"))
    stage.change(waiting, reconnect_since=stage.clock.now())
    stage.clock.advance(hours=3)
    recover(stage.platform)
    missed.sweep(stage.platform)
    for _ in range(2):
        stage.run()
        stage.settle()
    stage.run()
    faults.add("error", "linkedin", operation=None, status=500, count=None)
    metrics.pull_due(stage.platform, all_due=True)

    lines = [line for line in written() if line["logger"].startswith(("planner", "publishers"))]
    nameless = [line for line in lines if not {"delivery", "channel", "workspace"} <= line.keys()]
    assert not nameless
    of_one = [line for line in lines if isinstance(line["delivery"], int)]
    assert not [line for line in of_one if "attempt" not in line]
    events = " ".join(line["event"] for line in lines)
    for said in (
        "could not be prepared",
        "could not be listed",
        "gives no figures",
        "claimed → scheduled",
        "sending → unknown",
        "scheduled → missed",
        "unknown → scheduled",
        "sending → published",
    ):
        assert said in events
    assert [line["to"] for line in lines if line["delivery"] == late.id][-1] == "missed"


def test_what_a_person_does_carries_the_number_of_the_request(stage: Stage, written: Callable[[], list[Line]]) -> None:
    delivery = stage.due(stage.channel("linkedin"))
    stage.change(delivery, state=DeliveryState.NEEDS_PERSON, error_code="cannot_list")
    alice = Browsing(create_app(stage.platform))
    alice.sign_in(stage.company.alice)
    answer = alice.send(f"/deliveries/{delivery.id}/resolution", live="no")
    assert answer.status_code == 303
    line = about(written(), delivery.id)[-1]
    assert line["event"] == "needs_person → scheduled"
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["user"], line["workspace"]) == (stage.company.alice.user_id, delivery.workspace_id)
    given = {"X-Request-ID": "proxy-7"}
    assert alice.get("/healthz", headers=given).headers["X-Request-ID"] == "proxy-7"
    assert alice.get("/healthz", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"


def test_what_is_rolled_back_is_not_told(stage: Stage, written: Callable[[], list[Line]]) -> None:
    delivery = stage.due(stage.channel("linkedin"))
    before = len(written())

    def cancel_and_fail(session: Session) -> None:
        states = DeliveryState.SCHEDULED, DeliveryState.CANCELLED
        assert moves.move(session, moves.Ref.of(delivery), *states, stage.clock.now())
        _fail()

    with pytest.raises(RuntimeError):
        stage.platform.database.write_together(cancel_and_fail)
    assert len(written()) == before


def _fail() -> None:
    raise RuntimeError("the disk is full")
