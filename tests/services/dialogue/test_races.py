"""Two at once about one conversation, with real threads on PostgreSQL, where they really meet.

On SQLite writers come one at a time, so there are no such moments.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Select, select, text

from planner.bootstrap import Platform
from planner.domain.answers import AnswerState
from planner.models import Answer, Channel, Conversation, Listening, Message, Workspace
from planner.services import dialogue
from planner.services.dialogue import answering, answers
from planner.services.errors import Conflict
from tests.services.dialogue.talk import ANSWERED, Talk

A = AnswerState
PATIENCE = 30.0
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def any_url(postgresql_url: str) -> str:
    """All that is wired here is wired to PostgreSQL."""
    return postgresql_url


@pytest.fixture
def talk(talk: Talk) -> Talk:
    assert talk.platform.database.engine.dialect.name == "postgresql"
    return talk


def questions(talk: Talk, count: int = 1) -> tuple[list[int], str]:
    """Conversations that wait for an answer, begun by people of their own under one post, and the post."""
    _, post = talk.post()
    for number in range(count):
        talk.said("facebook", post, f"Frage {number}")
    talk.hear()
    return [conversation.id for conversation in talk.conversations()], post


def at_once(platform: Platform, held: Select[Any], *works: Callable[[], object]) -> list[object]:
    """Let one after the other come to the rows that ``held`` names, or to who waits for them, before any gets past;
    what each returned or raised."""

    def told(work: Callable[[], object]) -> object:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - what it is, the test says
            return error

    with ThreadPoolExecutor(len(works)) as threads:
        with platform.database.write() as session:
            session.execute(held.with_for_update())
            coming = []
            for number, work in enumerate(works, 1):
                coming.append(threads.submit(told, work))
                wait_until_blocked(platform, number, *coming)
        return [one.result(PATIENCE) for one in coming]


def wait_until_blocked(platform: Platform, count: int, *working: Future[Any]) -> None:
    """Until so many transactions wait for a lock of another."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert not any(one.done() for one in working), "it did not wait"
        with platform.database.read() as session:
            if session.scalar(WAITING) == count:
                return
        time.sleep(0.01)
    raise AssertionError("they did not meet")


def test_two_workers_never_have_two_answers_with_the_same_words_under_way_nor_one_answer_twice(talk: Talk) -> None:
    conversations, post = questions(talk, 2)
    first, second = (talk.write(conversation, "Danke!") for conversation in conversations)

    taken = at_once(
        talk.platform, select(Answer.id).where(Answer.id == first), *[lambda: answering.claim(talk.platform)] * 2
    )

    assert sorted(work.id for work in taken if isinstance(work, answering.Sending)) == [first]
    assert [talk.answer(i).state for i in (first, second)] == [A.SENDING, A.WAITING]
    talk.clock.advance(minutes=5)  # the process that had it died
    talk.settle()
    assert talk.ours("facebook", post) == ["Danke!", "Danke!"]


def test_an_answer_that_is_approved_while_a_worker_takes_its_twin_waits_for_that(talk: Talk) -> None:
    conversations, post = questions(talk, 2)
    with talk.platform.database.write() as session:
        session.get_one(Workspace, talk.company.workspace.id).answers_need_approval = True
    first = talk.write(conversations[0], "Danke!", actor=talk.company.charlie)
    second = talk.write(conversations[1], "Danke!", actor=talk.company.bob)

    def approve_and_claim() -> object:
        with talk.platform.database.write() as session:
            answers.approve(session, talk.company.bob, first, now=talk.clock.now())
        return answering.claim(talk.platform)

    at_once(
        talk.platform,
        select(Answer.id).where(Answer.id == second),
        lambda: answering.claim(talk.platform),
        approve_and_claim,
    )

    assert [talk.answer(i).state for i in (first, second)] == [A.WAITING, A.SENDING]
    talk.clock.advance(minutes=5)  # the process that had it died
    talk.settle()
    assert talk.ours("facebook", post) == ["Danke!", "Danke!"]


def test_an_answer_that_is_withdrawn_while_a_worker_reaches_for_it_is_not_sent(talk: Talk) -> None:
    (conversation,), post = questions(talk)
    written = talk.write(conversation)

    with ThreadPoolExecutor(1) as thread:
        with talk.platform.database.write() as session:
            answers.withdraw(session, talk.company.charlie, written, now=talk.clock.now())
            reaching = thread.submit(answering.claim, talk.platform)
            wait_until_blocked(talk.platform, 1, reaching)
        assert reaching.result(PATIENCE) is None

    talk.settle()
    assert (talk.answer(written).state, talk.ours("facebook", post)) == (A.WITHDRAWN, [])


def test_a_double_click_or_a_repeated_call_says_the_same_to_one_remark_once(talk: Talk) -> None:
    (conversation,), post = questions(talk)
    to = talk.messages(conversation)[0].id

    made = at_once(talk.platform, select(Message.id).where(Message.id == to), *[lambda: talk.write(conversation)] * 2)

    assert [m.code for m in made if isinstance(m, Conflict)] == ["answer_twice"]
    talk.settle()
    assert talk.ours("facebook", post) == [ANSWERED]


def test_what_failed_is_not_tried_again_beside_the_same_words_that_were_written_anew(talk: Talk) -> None:
    (conversation,), post = questions(talk)
    failed = talk.write(conversation)
    talk.sandbox.faults.add("rejected", "facebook", "reply", count=1)
    dialogue.send_due(talk.platform)
    assert talk.answer(failed).state is A.FAILED
    to = talk.messages(conversation)[0].id

    def again() -> None:
        with talk.platform.database.write() as session:
            answers.retry(session, talk.company.charlie, failed, now=talk.clock.now())

    done = at_once(talk.platform, select(Message.id).where(Message.id == to), lambda: talk.write(conversation), again)

    assert [d.code for d in done if isinstance(d, Conflict)] == ["answer_twice"]
    talk.settle()
    assert talk.ours("facebook", post) == [ANSWERED]


def test_two_processes_hear_an_account_for_the_first_time_and_each_remark_once(talk: Talk) -> None:
    _, post = talk.post()
    talk.said("facebook", post)
    channel = talk.channels["facebook"].id

    heard = at_once(
        talk.platform, select(Channel.id).where(Channel.id == channel), *[lambda: dialogue.hear_due(talk.platform)] * 2
    )

    assert all(isinstance(h, dialogue.Heard) and h.failed == 0 for h in heard), heard
    assert sum(h.messages for h in heard if isinstance(h, dialogue.Heard)) == 1
    assert len(talk.conversations()) == len(talk.notices()) == 1
    with talk.platform.database.read() as session:
        assert len(session.scalars(select(Listening)).all()) == 1


def test_what_two_processes_hear_at_once_is_there_once_and_what_only_one_heard_is_not_lost(talk: Talk) -> None:
    _, post = talk.post("xing")
    talk.said("xing", post, "Frage 0")
    talk.clock.advance(minutes=20)

    def hear_more() -> dialogue.Heard:
        talk.said("xing", post, "Frage 1")
        return dialogue.hear_due(talk.platform, all_due=True)

    channel = talk.channels["xing"].id
    held = select(Channel.id).where(Channel.id == channel)
    heard = at_once(talk.platform, held, lambda: dialogue.hear_due(talk.platform), hear_more)

    assert [h.messages for h in heard if isinstance(h, dialogue.Heard)] == [1, 1], heard
    assert [c.text for c in talk.conversations()] == ["Frage 0", "Frage 1"]


@pytest.mark.parametrize("first", ["heard", "noted"])
def test_an_answer_that_is_heard_at_the_moment_when_it_is_noted_is_one_message_and_nobody_begins_again(
    talk: Talk, first: str, caplog: pytest.LogCaptureFixture
) -> None:
    (conversation,), post = questions(talk)
    written = talk.write(conversation)
    work = answering.claim(talk.platform)
    assert work is not None
    said = answering._call(talk.platform, work)
    talk.said("facebook", post, "Und auf Englisch?")
    talk.clock.advance(minutes=40)
    works = [lambda: dialogue.hear_due(talk.platform), lambda: answering.note(talk.platform, work, said)]

    done = at_once(
        talk.platform,
        select(Conversation.id).where(Conversation.id == conversation),
        *(works if first == "heard" else reversed(works)),
    )

    assert not [d for d in done if isinstance(d, Exception)], done
    assert not caplog.messages, "they waited for each other in one order"
    assert talk.answer(written).state is A.ANSWERED
    assert [(m.own, m.text) for m in talk.messages(conversation)][1:] == [(True, ANSWERED)]
    assert [(c.text, c.state) for c in talk.conversations()] == [("Frage 0", "answered"), ("Und auf Englisch?", "open")]


def test_what_is_old_is_forgotten_once_by_two_at_once(talk: Talk) -> None:
    (conversation,), _ = questions(talk)
    to = talk.messages(conversation)[0].id
    talk.clock.advance(days=talk.platform.settings.dialogue_kept_days + 1)

    done = at_once(
        talk.platform, select(Message.id).where(Message.id == to), *[lambda: dialogue.forget_old(talk.platform)] * 2
    )

    assert not [d for d in done if isinstance(d, Exception)], done
    assert [(m.author, m.text) for m in talk.messages(conversation)] == [("", "")]
