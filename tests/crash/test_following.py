"""What follows a post goes out exactly once, under it and after it, whoever is killed in between."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services.publishing.send import Step
from tests.crash.scene import PATIENCE, Scene, scene
from tests.crash.test_crash import assert_nothing_is_doubled

pytestmark = pytest.mark.crash

ROOTS = 8
#: By network: how many deliveries follow each post, as parts of a thread or as its first comment.
FOLLOWED_BY = {"twitter": 2, "facebook": 1, "linkedin": 1, "xing": 1}


def test_killed_between_a_post_and_what_follows_and_in_the_middle_of_that_with_two_schedulers_nothing_is_doubled(
    tmp_path: Path, any_url: str
) -> None:
    with scene(tmp_path, any_url) as here:
        here.schedule(ROOTS, followed=True)
        last = str(ROOTS)
        first = here.start("scheduler", Step.NOTED.value, "1")
        assert first.wait(PATIENCE) == -signal.SIGKILL
        assert waiting_to_follow(here), "a post is out, and what follows it is not"
        two = [here.start("scheduler", step.value, "1", "kill", last) for step in (Step.SENDING, Step.CALLED)]
        assert [process.wait(PATIENCE) for process in two] == [-signal.SIGKILL] * 2
        here.start()
        here.start()
        here.wait_until_at_rest()

        assert here.stop() == 0
        followed = ROOTS // len(FOLLOWED_BY) * sum(FOLLOWED_BY.values())
        assert here.states() == {DeliveryState.PUBLISHED: ROOTS + followed}
        assert_nothing_is_doubled(here)
        for root in here.deliveries()[:ROOTS]:
            assert_followed(here, root)


def waiting_to_follow(here: Scene) -> list[Delivery]:
    return [d for d in here.deliveries() if d.step and d.state is not DeliveryState.PUBLISHED]


def assert_followed(here: Scene, root: Delivery) -> None:
    """Once each, in order, under it."""
    steps = [d for d in here.deliveries() if d.parent_id == root.id]
    number = root.id - 1
    by_id = {post["id"]: post for post in here.accepted()}
    network = by_id[root.remote_id]["network"]
    assert [d.step for d in steps] == list(range(1, FOLLOWED_BY[network] + 1))
    if network == "twitter":
        live = [by_id[d.remote_id] for d in steps]
        assert [p["text"] for p in live] == [f"Teil {part} zu Beitrag {number}" for part in (2, 3)]
        assert [p["reply_to"] for p in live] == [root.remote_id, steps[0].remote_id]
        assert [p for p in here.accepted() if p.get("reply_to") == root.remote_id] == live[:1]
    else:
        said = here.comments(network, str(root.remote_id))
        assert [c["text"] for c in said] == [f"Kommentar zu Beitrag {number}"]
        assert said[0]["id"] in str(steps[0].remote_id), "LinkedIn names a comment with its post"
