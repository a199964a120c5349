"""An answer whose network refuses the token: only access that has ended for good is a person's matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from planner.domain.answers import AnswerState
from planner.models import Channel
from planner.services import dialogue
from publishers.sandbox import Sandbox
from tests.services.dialogue.talk import Talk
from tests.support import sandboxed
from tests.support.clock import FakeClock

A = AnswerState


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """With the developer apps, without which no access is renewed."""
    platform = sandboxed.wired(tmp_path / "instance", any_url, clock, sandbox, apps=sandboxed.APPS)
    yield platform
    platform.close()


def refused(talk: Talk, sandbox: Sandbox) -> tuple[int, str]:
    """An answer whose token the network will refuse, once, and the post that it is under."""
    _, post = talk.post("twitter")
    talk.said("twitter", post)
    talk.hear()
    sandbox.faults.add("expired_token", "twitter", "publish", count=1)
    return talk.write(talk.conversations()[-1].id), post


def channel(talk: Talk) -> Channel:
    with talk.platform.database.read() as session:
        return session.get_one(Channel, talk.channels["twitter"].id)


def test_while_another_process_renews_the_access_the_answer_waits_and_no_attempt_is_counted(
    talk: Talk, sandbox: Sandbox
) -> None:
    answer, post = refused(talk, sandbox)
    with talk.platform.database.write() as session:
        session.get_one(Channel, talk.channels["twitter"].id).refreshing_until = talk.clock.now() + timedelta(minutes=1)

    dialogue.send_due(talk.platform)

    waiting = talk.answer(answer)
    assert (waiting.state, waiting.error_code, waiting.attempt_count) == (A.WAITING, "token_renewing", 0)
    assert waiting.doubt_since is None
    assert waiting.try_at == talk.clock.now() + timedelta(seconds=30)
    assert channel(talk).reconnect_since is None
    talk.settle()
    assert (talk.answer(answer).state, len(talk.ours("twitter", post))) == (A.ANSWERED, 1)


@pytest.mark.parametrize(("fault", "code", "counted"), [("error", "refused", 1), ("throttled", "throttled", 0)])
def test_a_network_that_cannot_renew_right_now_is_asked_again_and_keeps_its_connection(
    talk: Talk, sandbox: Sandbox, fault: str, code: str, counted: int
) -> None:
    answer, post = refused(talk, sandbox)
    sandbox.faults.add(fault, "twitter", "refresh", count=1)

    dialogue.send_due(talk.platform)

    waiting = talk.answer(answer)
    assert (waiting.state, waiting.error_code, waiting.attempt_count) == (A.WAITING, code, counted)
    assert channel(talk).reconnect_since is None
    talk.settle()
    assert (talk.answer(answer).state, len(talk.ours("twitter", post))) == (A.ANSWERED, 1)


def test_access_that_has_ended_for_good_holds_the_channel_and_the_answer_waits_for_it(
    talk: Talk, sandbox: Sandbox
) -> None:
    answer, _ = refused(talk, sandbox)
    sandbox.faults.add("expired_token", "twitter", "refresh")

    dialogue.send_due(talk.platform)

    assert (talk.answer(answer).state, talk.answer(answer).error_code) == (A.WAITING, "reconnect")
    assert channel(talk).reconnect_since is not None
