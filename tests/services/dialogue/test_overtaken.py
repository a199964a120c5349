"""Whoever sends an answer may have been overtaken meanwhile: by time, by another process, by a person."""

from __future__ import annotations

import pytest

from planner.domain.answers import AnswerState
from planner.models import Channel
from planner.services import dialogue
from planner.services.dialogue import answering
from planner.services.dialogue.answering import Sending, Step
from publishers import registry
from publishers.base import Published, Refused
from tests.services.dialogue.talk import ANSWERED, Talk

A = AnswerState


def waiting(talk: Talk) -> tuple[int, str]:
    """An answer that waits to go out, and the post that it is under."""
    _, post = talk.post()
    talk.said("facebook", post)
    talk.hear()
    return talk.write(talk.conversations()[-1].id), post


def claimed(talk: Talk) -> Sending:
    work = answering.claim(talk.platform)
    assert work is not None
    return work


def test_a_late_no_of_a_sender_that_was_overtaken_changes_nothing_and_a_late_yes_counts(talk: Talk) -> None:
    written, _ = waiting(talk)
    first = claimed(talk)
    talk.clock.advance(minutes=1)
    answering.recover(talk.platform)
    answering.note(talk.platform, first, Refused("Try again."))
    assert talk.answer(written).state is A.UNKNOWN, "it was given up"

    while talk.answer(written).state is A.UNKNOWN:
        talk.clock.advance(minutes=4)
        dialogue.check_due(talk.platform)
    second = claimed(talk)
    answering.note(talk.platform, first, Refused("Try again."))
    assert (talk.answer(written).state, talk.answer(written).epoch) == (A.SENDING, second.epoch), "it is another's"

    talk.clock.advance(minutes=1)
    answering.recover(talk.platform)
    answering.note(talk.platform, second, Published("1_2", "https://facebook.example/1_2"))
    assert (talk.answer(written).state, talk.answer(written).remote_id) == (A.ANSWERED, "1_2")


def test_a_process_that_stood_still_before_the_call_sends_nothing(talk: Talk) -> None:
    written, post = waiting(talk)

    def stand_still(step: Step, _answer: int) -> None:
        if step is Step.CLAIMED:
            talk.clock.advance(seconds=talk.platform.settings.send_timeout_seconds)

    dialogue.send_due(talk.platform, observe=stand_still)

    assert (talk.answer(written).state, talk.ours("facebook", post)) == (A.WAITING, [])
    talk.settle()
    assert talk.ours("facebook", post) == [ANSWERED]


@pytest.mark.parametrize("held", ["by_hand_since", "rehearsing_since", "archived_at"])
def test_nothing_is_answered_on_a_channel_that_was_switched_meanwhile(talk: Talk, held: str) -> None:
    written, post = waiting(talk)
    with talk.platform.database.write() as session:
        setattr(session.get_one(Channel, talk.channels["facebook"].id), held, talk.clock.now())

    dialogue.send_due(talk.platform)

    assert (talk.answer(written).state, talk.ours("facebook", post)) == (A.WAITING, [])


def test_an_answer_to_a_network_that_is_not_installed_any_more_waits_for_its_access(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, _ = waiting(talk)
    left = {key: network for key, network in registry.networks().items() if key != "facebook"}
    talk.platform.connections.close()
    monkeypatch.setattr(registry, "_networks", lambda: left)

    dialogue.send_due(talk.platform)

    answer = talk.answer(written)
    assert (answer.state, answer.error_code) == (A.WAITING, "reconnect")
