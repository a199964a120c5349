"""A network that shows a text otherwise than it was sent: a post in doubt is asked about, and not sent again."""

from __future__ import annotations

import pytest

from planner.domain.states import DeliveryState as S
from tests.services.publishing.stage import Stage, lost

TEXT = "Neue Fräse im Werk Süd... ab morgen!"


@pytest.mark.parametrize("network", ["facebook", "xing"])
def test_a_text_that_is_nearly_ours_is_shown_to_a_person_before_it_is_sent_again(stage: Stage, network: str) -> None:
    stage.sandbox.world.store.takes_twins = True
    channel = stage.channel(network)
    lost(stage, network, accepted=True)
    delivery = stage.due(channel, text=TEXT)
    stage.run()
    for post in stage.sandbox.world.store.accepted(network):
        post.text = post.text.replace("...", "…")

    stage.settle()
    stage.run()

    assert (stage.state(delivery), stage.read(delivery).error_code) == (S.NEEDS_PERSON, "ambiguous")
    (live,) = stage.live(channel)
    (candidate,) = (stage.read(delivery).error_params or {})["candidates"]
    assert candidate["remote_id"] == live["id"]
