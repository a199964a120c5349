"""A network that shows a text otherwise than it was sent: a post in doubt is asked about, and not sent again."""

from __future__ import annotations

import unicodedata

import pytest

from planner.domain import retry
from planner.domain.states import DeliveryState as S
from planner.services.publishing.send import Step
from tests.services.publishing.stage import SETTLE, Stage, at_step, lost
from tests.support.databases import on_one_kind

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


#: One text, and how a network may spell it.
ADDRESSED = "Größer und schneller: alles unter https://brandt.example/neu?utm_source=seite"
SPELLINGS = {
    "letters in two parts": unicodedata.normalize("NFD", ADDRESSED),
    "other white space": ADDRESSED.replace(" ", "\u00a0 ").replace(": ", ":\n\n"),
    "characters without width": ADDRESSED.replace("schneller", "schnel\u00adler\u200b"),
    "the address otherwise": ADDRESSED.replace("https://brandt.example/neu", "HTTPS://Brandt.Example/neu/"),
}


@on_one_kind
def test_our_text_in_another_spelling_is_found_and_nobody_is_asked(stage: Stage) -> None:
    for name, spelling in SPELLINGS.items():
        lost(stage, "facebook", accepted=True)
        delivery = stage.due(stage.channel("facebook"), text=ADDRESSED)
        stage.run()
        (post,) = (post for post in stage.sandbox.world.store.accepted("facebook") if post.text == ADDRESSED)
        assert spelling != post.text
        post.text = spelling

        stage.reconcile()

        found = stage.read(delivery)
        assert (found.state, found.remote_id) == (S.PUBLISHED, post.id), name
    assert stage.sent() == len(SPELLINGS)


FIRST, SECOND = "Beitrag 1 aus dem Werk Süd", "Beitrag 2 aus dem Werk Süd"


def test_a_text_nearly_ours_that_is_being_sent_just_now_is_that_ones_and_nobody_is_asked(stage: Stage) -> None:
    channel = stage.channel("xing")
    lost(stage, "xing", accepted=False)
    one = stage.due(channel, text=FIRST)
    stage.run()
    for _ in range(retry.LOOKS - 1):
        stage.clock.advance(seconds=2 * SETTLE)
        stage.reconcile()
    two = stage.due(channel, text=SECOND)
    stage.clock.advance(seconds=2 * SETTLE)

    stage.run(at_step(Step.CALLED, stage.reconcile))

    assert (stage.state(one), stage.state(two)) == (S.UNKNOWN, S.PUBLISHED)
    stage.settle()
    stage.run()
    assert (stage.state(one), len(stage.live())) == (S.PUBLISHED, 2)


def test_of_two_nearly_alike_that_are_both_in_doubt_the_one_that_is_live_is_found_and_the_other_sent_again(
    stage: Stage,
) -> None:
    channel = stage.channel("xing", missed_after_seconds=7 * 24 * 3600)
    lost(stage, "xing", accepted=False)
    lost(stage, "xing", accepted=True)
    one, two = stage.due(channel, text=FIRST), stage.due(channel, text=SECOND)
    stage.run()
    assert [stage.state(each) for each in (one, two)] == [S.UNKNOWN, S.UNKNOWN]
    later = stage.moment(seconds=10 * SETTLE)
    stage.change(two, look_at=later)
    for _ in range(retry.LOOKS):
        stage.clock.advance(seconds=2 * SETTLE)
        stage.reconcile()
    assert stage.state(one) is S.UNKNOWN

    for _ in range(5):
        stage.settle()
    stage.run()

    assert [stage.state(each) for each in (one, two)] == [S.PUBLISHED, S.PUBLISHED]
    assert {stage.read(each).remote_id for each in (one, two)} == {post["id"] for post in stage.live()}
