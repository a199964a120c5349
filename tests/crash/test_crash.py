"""A scheduler that is killed at any moment loses nothing and doubles nothing; the networks' recorder is the witness."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from planner.domain.states import DeliveryState
from planner.services.publishing.send import Step
from tests.crash.scene import PATIENCE, Scene, scene

pytestmark = pytest.mark.crash


def test_killed_at_every_step_in_turn_nothing_is_lost_and_nothing_is_doubled(tmp_path: Path, any_url: str) -> None:
    with scene(tmp_path, any_url) as here:
        here.schedule(48)
        for step in Step:
            process = here.start("scheduler", step.value, "4")
            assert process.wait(PATIENCE) == -signal.SIGKILL, f"it was not killed at {step}"
        here.start()
        here.wait_until_at_rest()

        assert here.stop() == 0
        assert here.states() == {DeliveryState.PUBLISHED: 48}
        assert_nothing_is_doubled(here)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_killed_at_random_moments_while_the_networks_fail_nothing_is_lost_and_nothing_is_doubled(
    tmp_path: Path, any_url: str, share: float
) -> None:
    dice = random.Random(share)
    with scene(tmp_path, any_url) as here:
        here.schedule(80)
        here.break_networks(
            *(
                {"operation": "publish", "probability": share / 5, "seed": number, **fault}
                for number, fault in enumerate(
                    (
                        {"kind": "error", "status": 503, "accepted": True},
                        {"kind": "error", "status": 500, "accepted": False},
                        {"kind": "reset", "accepted": True},
                        {"kind": "timeout", "seconds": 3, "accepted": True},
                        {"kind": "throttled", "retry_after": 1},
                    )
                )
            ),
            {"kind": "error", "operation": "list", "probability": share / 2, "seed": 9, "status": 503},
        )
        for _ in range(3):
            here.start()
            time.sleep(dice.uniform(0.8, 2.4))  # not a wait for anything: the moment of death
            here.kill()
        here.start()
        here.wait_until_at_rest()

        assert here.stop() == 0
        assert_nothing_is_doubled(here)
        assert_nothing_is_lost(here)


def assert_nothing_is_doubled(here: Scene) -> None:
    copies = Counter(post["text"] for post in here.accepted())
    assert {text: count for text, count in copies.items() if count > 1} == {}
    ids = Counter(delivery.remote_id for delivery in here.deliveries() if delivery.remote_id)
    assert set(ids.values()) <= {1}


def assert_nothing_is_lost(here: Scene) -> None:
    """Every delivery is live under the id that its row says, or a person was asked; few are."""
    live = {post["id"] for post in here.accepted()}
    deliveries = here.deliveries()
    published = [d for d in deliveries if d.state is DeliveryState.PUBLISHED]
    assert {d.remote_id for d in published} <= live
    assert len(published) >= 0.9 * len(deliveries), here.states()
    # What is live belongs to a row that says so, or to one of those that a person was asked about.
    assert len(live) - len(published) <= len(deliveries) - len(published)
