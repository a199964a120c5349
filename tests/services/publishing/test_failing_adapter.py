"""An adapter that fails where nobody foresaw it, as a stranger's may: one post waits for a person, all others go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from planner.domain import fingerprint
from planner.domain.states import DeliveryState as S
from publishers import registry
from publishers.base import OutgoingPost, Publisher
from tests.services.publishing.stage import SETTLE, Stage, lost

POISON = "Gift"


def failing_at(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, but it fails at a post with this word."""

    def fails(post: OutgoingPost, *rest: object, **options: object) -> Any:
        if POISON in post.text:
            raise ZeroDivisionError("nobody thought of this")
        return function(post, *rest, **options)

    return fails


@pytest.mark.parametrize(("method", "becomes"), [("expected_text", S.NEEDS_PERSON), ("cost", S.PUBLISHED)])
def test_a_post_that_its_adapter_cannot_make_ready_stops_no_other_and_a_person_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, method: str, becomes: S
) -> None:
    bad = stage.planned(stage.channel("xing"), text=f"{POISON} im Text", after=timedelta(minutes=1))
    good = stage.planned(stage.channel("linkedin"), text="Gut", after=timedelta(minutes=2))
    network = registry.network("xing")
    if method == "cost":
        broken = replace(network, cost=failing_at(network.cost))
    else:
        broken = replace(network, expected_text=failing_at(network.expected_text))
    installed = {**registry.networks(), "xing": broken}
    monkeypatch.setattr(registry, "_networks", lambda: installed)
    stage.clock.advance(minutes=3)

    stage.run()

    assert [stage.state(bad), stage.state(good)] == [becomes, S.PUBLISHED]
    if becomes is S.NEEDS_PERSON:
        assert stage.read(bad).error_code == "cannot_prepare"
        assert stage.told("delivery_needs_person") == stage.owners()


class Sulking:
    """Does as it is told, and fails at whatever is asked of it besides."""

    def __init__(self, willing: Publisher) -> None:
        self._willing = willing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._willing, name)

    def _fails(self) -> Any:
        raise ZeroDivisionError("nobody thought of this")

    limits = charges = close = _fails


def test_an_adapter_that_fails_to_tell_of_limits_and_charges_takes_no_answer_of_its_network_along(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = registry.network("xing")
    sulking = replace(network, connect=lambda *given: Sulking(network.connect(*given)))
    installed = {**registry.networks(), "xing": sulking}
    monkeypatch.setattr(registry, "_networks", lambda: installed)
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=True)
    unclear = stage.due(channel, text="Fliegt nicht")
    stage.run()
    clear = stage.due(stage.channel("xing"), text="Fliegt")

    stage.run()
    assert [stage.state(unclear), stage.state(clear)] == [S.UNKNOWN, S.PUBLISHED]
    stage.settle()

    assert [stage.state(unclear), len(stage.attempts(unclear))] == [S.PUBLISHED, 1]


def test_a_network_that_is_not_installed_any_more_is_told_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = stage.due(stage.channel("xing"))
    left = {key: network for key, network in registry.networks().items() if key != "xing"}
    monkeypatch.setattr(registry, "_networks", lambda: left)

    stage.run()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "network_missing")
    assert stage.told("delivery_needs_person") == stage.owners()


def test_a_doubt_that_cannot_be_decided_hides_no_other_and_is_asked_about_in_the_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=True, count=2)
    bad = stage.planned(channel, text=f"{POISON} im Text", after=timedelta(minutes=1))
    good = stage.planned(channel, text="Gut", after=timedelta(minutes=2))
    stage.clock.advance(minutes=3)
    stage.run()
    assert [stage.state(bad), stage.state(good)] == [S.UNKNOWN, S.UNKNOWN]
    match, poisoned = fingerprint.match, fingerprint.digest(f"{POISON} im Text")

    def fails(sought: Sequence[fingerprint.Sought], *rest: Any, **options: Any) -> Any:
        if any(one.fingerprint == poisoned for one in sought):
            raise ZeroDivisionError("nobody thought of this")
        return match(sought, *rest, **options)

    monkeypatch.setattr(fingerprint, "match", fails)

    looked = 0
    while stage.state(bad) is S.UNKNOWN and looked < 200:
        stage.clock.advance(seconds=SETTLE)
        stage.reconcile()
        looked += 1

    assert [stage.state(bad), stage.state(good)] == [S.NEEDS_PERSON, S.PUBLISHED]
    assert _texts(stage) == sorted([f"{POISON} im Text", "Gut"])


def _texts(stage: Stage) -> list[str]:
    return sorted(post["text"] for post in stage.sandbox.posts("xing"))
