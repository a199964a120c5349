"""An adapter that fails where nobody foresaw it: what is surely not sent is tried again, and no other answer waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from planner.domain.answers import AnswerState
from planner.services import dialogue
from planner.services.errors import Conflict
from publishers import registry
from publishers.dialogue import Remarks
from publishers.sandbox import Sandbox
from tests.services.dialogue.talk import ANSWERED, Talk

A = AnswerState


def networks_time(said: Remarks) -> Remarks:
    assert said.network_time is not None
    return replace(said, network_time=said.network_time.replace(tzinfo=None))


def when_it_was_said(said: Remarks) -> Remarks:
    return replace(said, remarks=tuple(replace(one, said_at=one.said_at.replace(tzinfo=None)) for one in said.remarks))


class Strange:
    """Tells what we answered in a way of its own."""

    def __init__(self, sound: Any, tells: Callable[[Remarks], Remarks]) -> None:
        self._sound, self._tells = sound, tells

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sound, name)

    def answers(self, *asked: Any) -> Remarks:
        return self._tells(self._sound.answers(*asked))


def fails(*_: object) -> Any:
    raise ZeroDivisionError("nobody thought of this")


def install(talk: Talk, monkeypatch: pytest.MonkeyPatch, key: str, **changes: Any) -> None:
    """Let a network's adapter be another from now on."""
    talk.platform.connections.close()
    installed = {**registry.networks(), key: replace(registry.network(key), **changes)}
    monkeypatch.setattr(registry, "_networks", lambda: installed)


def written(talk: Talk, key: str) -> tuple[int, str]:
    """An answer that waits to go out, and the post that it is under."""
    _, post = talk.post(key)
    talk.said(key, post)
    talk.hear()
    return talk.write(talk.conversations()[-1].id), post


def test_an_answer_whose_connection_cannot_be_opened_is_surely_not_sent_and_tried_again(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, post = written(talk, "facebook")
    with monkeypatch.context() as broken:
        install(talk, broken, "facebook", connect=fails)
        dialogue.send_due(talk.platform)

    waiting = talk.answer(answer)
    assert (waiting.state, waiting.error_code, waiting.attempt_count) == (A.WAITING, "refused", 1)
    assert waiting.doubt_since is None
    assert waiting.try_at == talk.clock.now() + timedelta(seconds=30)
    talk.settle()
    assert (talk.answer(answer).attempt_count, talk.ours("facebook", post)) == (2, [ANSWERED])


@pytest.mark.parametrize("without_zone", [networks_time, when_it_was_said])
def test_a_doubt_that_cannot_be_read_is_looked_for_in_vain_and_hides_no_other(
    talk: Talk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, without_zone: Callable[[Remarks], Remarks]
) -> None:
    (strange, _), (sound, _) = written(talk, "linkedin"), written(talk, "facebook")
    for key in ("linkedin", "facebook"):
        sandbox.faults.add("error", key, "reply", accepted=True, count=1)
    dialogue.send_due(talk.platform)
    assert [talk.answer(one).state for one in (strange, sound)] == [A.UNKNOWN, A.UNKNOWN]
    whole = registry.network("linkedin")
    install(talk, monkeypatch, "linkedin", connect=lambda *given: Strange(whole.connect(*given), without_zone))

    talk.settle()

    assert [talk.answer(one).state for one in (strange, sound)] == [A.NEEDS_PERSON, A.ANSWERED]
    assert talk.answer(strange).error_code == "cannot_list"


def test_where_an_adapter_cannot_say_what_it_can_do_a_person_hears_that_there_is_no_connection(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, post = talk.post("facebook")
    talk.said("facebook", post)
    talk.hear()
    install(talk, monkeypatch, "facebook", narrowed_capabilities=fails)

    with pytest.raises(Conflict, match="no_connection"):
        talk.write(talk.conversations()[-1].id)
