"""Answers go out exactly once, whatever the network says and whoever dies."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from planner.domain.answers import AnswerState
from planner.models import Channel, Event, Workspace
from planner.services import dialogue, spending
from planner.services.dialogue import answering
from planner.services.dialogue.answering import Step
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from publishers.sandbox import Sandbox
from tests.services.dialogue.talk import ANSWERED, Talk

A = AnswerState
WRITING = {"facebook": "reply", "linkedin": "reply", "xing": "reply", "twitter": "publish"}


class Killed(BaseException):
    """What a process leaves undone that dies here."""


def asked(talk: Talk, key: str = "facebook") -> tuple[int, str]:
    """A conversation that waits for an answer, and the post that it is under."""
    _, post = talk.post(key)
    talk.said(key, post)
    talk.hear()
    return talk.conversations()[-1].id, post


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin", "xing"])
def test_an_answer_stands_at_the_network_once_and_closes_the_question(talk: Talk, key: str) -> None:
    conversation, post = asked(talk, key)
    written = talk.write(conversation)
    talk.settle()

    answer = talk.answer(written)
    assert (answer.state, answer.created_by, answer.attempt_count) == (A.ANSWERED, "Charlie", 1)
    assert len(talk.ours(key, post)) == 1
    assert [c.state for c in talk.conversations()] == ["answered"]
    assert [(m.own, m.text) for m in talk.messages(conversation)][-1] == (True, ANSWERED)
    talk.hear(minutes=40)
    assert len(talk.messages(conversation)) == 2, "what is heard of it is the same"


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin", "xing"])
@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_whose_fate_is_unknown_is_looked_up_and_never_doubled(
    talk: Talk, sandbox: Sandbox, key: str, accepted: bool
) -> None:
    conversation, post = asked(talk, key)
    sandbox.faults.add("error", key, WRITING[key], accepted=accepted, count=1)
    written = talk.write(conversation)
    dialogue.send_due(talk.platform)
    assert talk.answer(written).state is A.UNKNOWN

    talk.settle()
    assert talk.answer(written).state is A.ANSWERED
    assert len(talk.ours(key, post)) == 1
    assert talk.answer(written).attempt_count == (1 if accepted else 2)


def test_an_answer_that_went_out_before_our_clock_was_put_back_is_not_said_again_but_shown_to_a_person(
    talk: Talk, sandbox: Sandbox
) -> None:
    conversation, post = asked(talk)
    sandbox.faults.add("error", "facebook", "reply", accepted=True, count=1)
    written = talk.write(conversation)
    dialogue.send_due(talk.platform)
    sandbox.offset_seconds += 3600.0  # an hour passes there, while ours is put back by as much
    talk.settle()

    asked_about = talk.answer(written)
    assert (asked_about.state, asked_about.error_code) == (A.NEEDS_PERSON, "ambiguous")
    assert len(talk.ours("facebook", post)) == 1


@pytest.mark.parametrize("step", [Step.CLAIMED, Step.CALLED])
def test_a_process_that_dies_at_any_step_neither_doubles_nor_loses(talk: Talk, step: Step) -> None:
    conversation, post = asked(talk)
    written = talk.write(conversation)

    def die(at: Step, _answer: int) -> None:
        if at is step:
            raise Killed

    with pytest.raises(Killed):
        dialogue.send_due(talk.platform, observe=die)
    assert talk.answer(written).state is A.SENDING
    talk.settle()
    assert talk.answer(written).state is A.ANSWERED
    assert len(talk.ours("facebook", post)) == 1


FAULTS = ("error", "html", "malformed", "empty", "reset", "throttled", "duplicate", "timeout", "rejected")


@pytest.mark.parametrize("seed", range(12))
def test_histories_of_faults_and_deaths_never_double_and_never_lose(talk: Talk, sandbox: Sandbox, seed: int) -> None:
    """Several answers at once on every network, some with the same words; faults and deaths by dice."""
    dice = random.Random(seed)
    key = ("facebook", "twitter", "linkedin", "xing")[seed % 4]
    _, post = talk.post(key)
    for number in range(4):
        talk.said(key, post, f"Frage {number}")
    talk.hear()
    talks = [c.id for c in talk.conversations()]
    for _ in range(4):
        kind = dice.choice(FAULTS)
        options = {"seconds": 5.2} if kind == "timeout" and dice.random() < 0.2 else {}
        kind = kind if kind != "timeout" or options else "error"
        lost = kind not in ("throttled", "duplicate", "rejected") and dice.random() < 0.5
        sandbox.faults.add(kind, key, WRITING[key], accepted=lost, count=1, probability=0.7, seed=seed, **options)
    sandbox.faults.add("error", key, "comments" if key != "twitter" else "list", count=2, probability=0.5, seed=seed)
    written = [talk.write(c, "Danke!" if number % 2 else f"Antwort {number}") for number, c in enumerate(talks)]

    def maybe_die(_at: Step, _answer: int) -> None:
        if dice.random() < 0.15:
            raise Killed

    for _ in range(40):
        try:
            dialogue.send_due(talk.platform, observe=maybe_die)
            dialogue.check_due(talk.platform)
        except Killed:
            pass
        talk.clock.advance(minutes=dice.choice([1, 4, 20]))
    sandbox.faults.clear()
    talk.settle()

    states = [talk.answer(i).state for i in written]
    standing = len(talk.ours(key, post))
    assert set(states) <= {A.ANSWERED, A.FAILED, A.NEEDS_PERSON}
    surely, asked_of_people = states.count(A.ANSWERED), states.count(A.NEEDS_PERSON)
    assert surely <= standing <= surely + asked_of_people, (states, sandbox.faults.struck)
    remote = [talk.answer(i).remote_id for i in written if talk.answer(i).state is A.ANSWERED]
    assert len(set(remote)) == len(remote)


def test_two_answers_with_the_same_words_are_never_under_way_at_once(talk: Talk, sandbox: Sandbox) -> None:
    _, post = talk.post()
    for number in range(2):
        talk.said("facebook", post, f"Frage {number}")
    talk.hear()
    first, second = (talk.write(c.id, "Danke!") for c in talk.conversations())
    sandbox.faults.add("error", "facebook", "reply", accepted=True, count=1)
    dialogue.send_due(talk.platform)
    assert [talk.answer(i).state for i in (first, second)] == [A.UNKNOWN, A.WAITING]
    talk.settle()
    assert talk.ours("facebook", post) == ["Danke!", "Danke!"]


def test_a_refusal_fails_in_the_networks_words_and_may_be_tried_again_or_withdrawn(
    talk: Talk, sandbox: Sandbox
) -> None:
    conversation, post = asked(talk, "linkedin")
    sandbox.faults.add("rejected", "linkedin", "reply", count=1)
    written = talk.write(conversation)
    talk.settle()
    answer = talk.answer(written)
    assert (answer.state, answer.error_code, answer.network_message) == (
        A.FAILED,
        "rejected",
        "The content is not allowed",
    )

    with talk.platform.database.write() as session:
        dialogue.retry(session, talk.company.charlie, written, now=talk.clock.now())
    talk.settle()
    assert len(talk.ours("linkedin", post)) == 1
    with talk.platform.database.write() as session, pytest.raises(Conflict, match="answer_moved_on"):
        dialogue.withdraw(session, talk.company.charlie, written, now=talk.clock.now())


def test_where_the_workspace_wants_a_leads_yes_it_waits_for_it(talk: Talk) -> None:
    conversation, post = asked(talk)
    with talk.platform.database.write() as session:
        session.get_one(Workspace, talk.company.workspace.id).answers_need_approval = True
    by_editor = talk.write(conversation)
    talk.settle()
    assert talk.answer(by_editor).state is A.ASKED
    assert talk.ours("facebook", post) == []
    assert {n.user_id for n in talk.notices("answer_asked")} >= {talk.company.bob.user_id}

    with talk.platform.database.write() as session:
        with pytest.raises(Forbidden):
            dialogue.approve(session, talk.company.charlie, by_editor, now=talk.clock.now())
        dialogue.approve(session, talk.company.bob, by_editor, now=talk.clock.now())
    talk.settle()
    assert talk.ours("facebook", post) == [ANSWERED]
    assert talk.answer(by_editor).approved_by == "Bob"


def test_what_cannot_be_answered_is_said_before_anything_is_sent(talk: Talk, sandbox: Sandbox) -> None:
    _, post = talk.post("twitter")
    to_us = talk.said("twitter", post)
    talk.said("twitter", post, "Das frage ich mich auch.", parent=to_us)
    talk.hear()
    talk.hear()
    ours = talk.conversations()[0]
    among_them = next(m for m in talk.messages(ours.id) if not m.to_us)
    with pytest.raises(Conflict, match="answer_only_to_us"):
        talk.write(ours.id, to=among_them.id)
    for text, code in (("", "answer_missing"), ("x" * 281, "answer_too_long")):
        with pytest.raises(Invalid, match="invalid") as error:
            talk.write(ours.id, text)
        assert [e.code for e in error.value.errors] == [code]
    with pytest.raises(Forbidden):
        talk.write(ours.id, actor=talk.company.rita)
    with pytest.raises(NotFound):
        talk.write(ours.id, actor=talk.company.oscar)
    talk.write(ours.id)
    with pytest.raises(Conflict, match="answer_twice"):
        talk.write(ours.id)
    talk.settle()
    assert len(talk.ours("twitter", post)) == 1


def test_a_pause_of_publishing_does_not_hold_an_answer_back_and_a_lost_connection_does(
    talk: Talk, sandbox: Sandbox
) -> None:
    conversation, post = asked(talk)
    with talk.platform.database.write() as session:
        session.get_one(Workspace, talk.company.workspace.id).paused_at = talk.clock.now()
    sandbox.faults.add("expired_token", "facebook", "reply")
    written = talk.write(conversation)
    dialogue.send_due(talk.platform)
    talk.clock.advance(hours=1)
    dialogue.send_due(talk.platform)
    assert (talk.answer(written).state, talk.answer(written).attempt_count) == (A.WAITING, 1)

    sandbox.faults.clear()
    with talk.platform.database.write() as session:
        session.get_one(Channel, talk.channels["facebook"].id).reconnect_since = None
    talk.settle()
    assert talk.ours("facebook", post) == [ANSWERED]


def test_a_person_decides_where_the_network_cannot_be_asked(talk: Talk, sandbox: Sandbox) -> None:
    conversation, post = asked(talk)
    sandbox.faults.add("error", "facebook", "reply", accepted=True, count=1)
    sandbox.faults.add("error", "facebook", "comments")
    written = talk.write(conversation)
    talk.settle()
    assert talk.answer(written).state is A.NEEDS_PERSON
    assert talk.notices("answer_needs_person")
    with talk.platform.database.write() as session:
        dialogue.resolve(session, talk.company.charlie, written, live=True, now=talk.clock.now())
    assert talk.answer(written).state is A.ANSWERED
    assert talk.ours("facebook", post) == [ANSWERED]


def test_after_a_restore_what_waited_is_looked_for_first(talk: Talk, tmp_path: Path) -> None:
    conversation, post = asked(talk)
    written = talk.write(conversation)
    dialogue.send_due(talk.platform)
    with talk.platform.database.write() as session:  # as a backup from before it went out has it
        answer = session.get_one(type(talk.answer(written)), written)
        answer.state, answer.remote_id, answer.doubt_since = A.WAITING, None, None
        answer.answered_at = None
    answering.after_restore(talk.platform)
    talk.settle()
    assert talk.answer(written).state is A.ANSWERED
    assert talk.ours("facebook", post) == [ANSWERED]


def test_after_a_restore_what_is_approved_or_tried_again_is_looked_for_first(talk: Talk) -> None:
    """In the backup it waits for a yes, has failed, or was nearly counted as absent; since then it went out."""
    conversation, post = asked(talk)
    written = talk.write(conversation)
    dialogue.send_due(talk.platform)
    for before in ({"state": A.ASKED}, {"state": A.FAILED}, {"state": A.UNKNOWN, "looks": 2}):
        with talk.platform.database.write() as session:
            answer = session.get_one(type(talk.answer(written)), written)
            answer.remote_id = answer.answered_at = answer.deadline_at = answer.doubt_since = answer.look_at = None
            for name, value in before.items():
                setattr(answer, name, value)
        answering.after_restore(talk.platform)
        with talk.platform.database.write() as session:
            if before["state"] is A.ASKED:
                dialogue.approve(session, talk.company.bob, written, now=talk.clock.now())
            elif before["state"] is A.FAILED:
                dialogue.retry(session, talk.company.bob, written, now=talk.clock.now())
        assert talk.answer(written).looks == 0
        talk.settle()
        assert talk.answer(written).state is A.ANSWERED
        assert talk.ours("facebook", post) == [ANSWERED]


def test_hiding_liking_and_deleting_reach_the_network_and_the_history(talk: Talk, sandbox: Sandbox) -> None:
    conversation, post = asked(talk)
    message = talk.messages(conversation)[0].id
    for on in (True, False):
        dialogue.hide(talk.platform, talk.company.charlie, message, hidden=on)
        dialogue.like(talk.platform, talk.company.charlie, message, liked=on)
        (shown,) = sandbox.comments("facebook", post)
        stored = talk.messages(conversation)[0]
        assert (shown["hidden"], shown["liked"], stored.hidden, stored.liked) == (on, on, on, on)
    talk.write(conversation)
    talk.settle()
    own = talk.messages(conversation)[-1].id
    with pytest.raises(Conflict, match="cannot_remove_message"):
        dialogue.remove(talk.platform, talk.company.charlie, message)
    with pytest.raises(Forbidden):
        dialogue.remove(talk.platform, talk.company.rita, own)
    dialogue.remove(talk.platform, talk.company.charlie, own)
    assert talk.ours("facebook", post) == []
    assert talk.messages(conversation)[-1].gone_at == talk.clock.now()
    with talk.platform.database.read() as session:
        kinds = [e.kind for e in session.query(Event).filter_by(subject="message").order_by(Event.id)]
    assert kinds == ["hidden", "liked", "shown", "unliked", "removed"]


def test_answers_on_x_are_paid_posts_of_the_month_and_elsewhere_they_cost_nothing(talk: Talk) -> None:
    for key, text in (("facebook", "Ja."), ("twitter", "Ja."), ("twitter", "Ja, gern: brandt.de")):
        talk.write(asked(talk, key)[0], text)
        talk.settle()
    talk.write(asked(talk, "twitter")[0], "Noch nicht draußen.")

    with talk.platform.database.read() as session:
        workspace, now = talk.company.workspace.id, talk.clock.now()
        spent = spending.this_month(session, workspace, now=now)
        one = spent[talk.channels["twitter"].id]
        assert (one.posts, one.answers, one.answer_micros) == (0, 2, 15_000 + 200_000)
        assert one.micros == one.read_micros + 215_000
        assert talk.channels["facebook"].id not in spent
        assert spending.this_month(session, workspace, now=now + timedelta(days=40)) == {}
