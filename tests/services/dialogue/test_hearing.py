"""What people say comes in: once each, in its conversation, at a sensible rhythm, and goes again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.models import Delivery, Webhook, WebhookCall
from planner.services import dialogue
from planner.services.dialogue import Heard
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS
from tests.services.dialogue.talk import ASKED, Talk
from tests.support.clock import FakeClock


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin", "xing"])
def test_a_comment_begins_a_conversation_once_and_people_hear_of_it(talk: Talk, key: str) -> None:
    delivery, post = talk.post(key)
    talk.said(key, post, author="Eva Ruf")

    assert talk.hear().messages == 1
    assert talk.hear().messages == 0
    (found,) = talk.conversations()
    assert (found.delivery_id, found.kind, found.state, found.text) == (delivery, "comment", "open", ASKED)
    assert found.author == ("" if key == "linkedin" else "Eva Ruf")
    (message,) = talk.messages(found.id)
    assert (message.text, message.own, message.to_us) == (ASKED, False, True)
    assert [(n.user_id, n.data["count"]) for n in talk.notices()] == [(talk.company.charlie.user_id, 1)]

    for number in range(3):
        talk.said(key, post, f"Frage {number}")
    talk.hear(minutes=200)
    assert len(talk.conversations()) == 4
    assert [n.data["count"] for n in talk.notices()] == [4], "one notice that grows"


@pytest.mark.parametrize("key", ["facebook", "linkedin"])
def test_who_answers_at_the_network_itself_answers_the_conversation_and_a_new_remark_opens_it_again(
    talk: Talk, key: str, sandbox: Sandbox
) -> None:
    _, post = talk.post(key)
    comment = talk.said(key, post)
    talk.hear()
    (found,) = talk.conversations()
    stored = sandbox.world.store.find(key, post)
    assert stored is not None
    talk.clock.advance(minutes=1)
    with sandbox.world.store.lock:
        from publishers.sandbox import talk as network

        network.answer(sandbox.world, stored, stored.account, "Steht auf unserer Seite.", comment)
    talk.hear()
    assert [c.state for c in talk.conversations()] == ["answered"]
    assert [m.own for m in talk.messages(found.id)] == [False, True]

    with talk.platform.database.write() as session:
        dialogue.update(
            session, talk.company.charlie, found.id, state="closed",
            assignee_id=talk.company.bob.user_id, now=talk.clock.now(),
        )  # fmt: skip
    talk.clock.advance(minutes=1)
    talk.said(key, post, "Danke! Und für Halle 2?", parent=comment)
    talk.hear()
    assert [c.state for c in talk.conversations()] == ["open"]
    assert talk.notices()[-1].user_id == talk.company.bob.user_id, "the assignee hears of it"


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin"])
def test_a_mention_elsewhere_is_a_conversation_without_a_post_of_ours(talk: Talk, key: str) -> None:
    talk.post(key)
    account = CREDENTIALS[key][{"facebook": "page_id", "linkedin": "author"}.get(key, "user_id")]
    talk.sandbox.mention(key, account, "Waren heute bei @Brandt")
    assert talk.hear().messages == 1
    assert talk.hear().messages == 0
    (found,) = talk.conversations()
    assert (found.kind, found.delivery_id, found.text) == ("mention", None, "Waren heute bei @Brandt")


def test_what_is_gone_at_the_network_and_what_is_old_is_forgotten(talk: Talk, clock: FakeClock) -> None:
    _, post = talk.post()
    comment = talk.said("facebook", post, author="Eva Ruf")
    talk.said("facebook", post, "Bleibt stehen.", author="Jens")
    talk.hear()
    talk.sandbox.remove_comment("facebook", post, comment)
    talk.hear(minutes=40)
    gone, there = talk.conversations()
    assert (gone.author, gone.text, gone.forgotten_at) == ("", "", clock.now())
    (message,) = talk.messages(gone.id)
    assert (message.author, message.author_url, message.text, message.gone_at) == ("", None, "", clock.now())
    assert there.author == "Jens"

    assert dialogue.forget_old(talk.platform) == 0
    clock.advance(days=366)
    assert dialogue.forget_old(talk.platform) == 1
    assert [(c.author, c.text) for c in talk.conversations()] == [("", ""), ("", "")]


def test_old_posts_are_asked_about_rarely_and_history_comes_in_closed(talk: Talk, clock: FakeClock) -> None:
    delivery, post = talk.post(age=timedelta(days=20))
    talk.said("facebook", post, created_at=clock.now() - timedelta(days=19))
    talk.said("facebook", post, "Und heute?", created_at=clock.now())
    talk.hear()
    states = {c.said_at > clock.now() - timedelta(days=14): c.state for c in talk.conversations()}
    assert states == {False: "closed", True: "open"}
    assert [n.data["count"] for n in talk.notices()] == [1]
    with talk.platform.database.read() as session:
        assert session.get_one(Delivery, delivery).remarks_due_at == clock.now() + timedelta(days=1)
    assert talk.hear().posts == 0
    assert dialogue.hear_due(talk.platform, all_due=True).posts == 1


def test_a_channel_that_fails_is_asked_later_and_the_others_go_on(talk: Talk, sandbox: Sandbox) -> None:
    for key in ("facebook", "xing"):
        _, post = talk.post(key)
        talk.said(key, post)
    sandbox.faults.add("throttled", "xing", "comments", retry_after=7200, count=1)

    assert talk.hear() == Heard(channels=1, posts=2, messages=1, failed=1)
    assert talk.hear(minutes=60).messages == 0
    assert talk.hear(minutes=90).messages == 1


def test_nobody_is_asked_once_the_process_ends(talk: Talk, sandbox: Sandbox) -> None:
    _, post = talk.post("facebook")
    talk.said("facebook", post)
    talk.clock.advance(hours=2)
    before = len(sandbox.requests())
    talk.platform.stopping.set()

    assert dialogue.hear_due(talk.platform) == Heard()
    assert len(sandbox.requests()) == before

    talk.platform.stopping.clear()
    assert dialogue.hear_due(talk.platform).messages == 1


def test_where_who_names_the_account_is_not_told_comments_are_heard_all_the_same(talk: Talk, sandbox: Sandbox) -> None:
    _, post = talk.post("linkedin")
    talk.said("linkedin", post)
    sandbox.faults.add("missing_permission", "linkedin", "comments", count=1)
    assert talk.hear() == Heard(channels=1, posts=1, messages=1)


def test_a_post_that_is_gone_is_noticed_by_listening(talk: Talk, sandbox: Sandbox) -> None:
    delivery, post = talk.post("linkedin")
    talk.post("linkedin")
    sandbox.remove("linkedin", post)
    talk.hear()
    with talk.platform.database.read() as session:
        found = session.get_one(Delivery, delivery)
        assert (found.removed_at, found.remarks_due_at) == (talk.clock.now(), None)


def test_a_webhook_tells_of_a_remark_once(talk: Talk) -> None:
    with talk.platform.database.write() as session:
        session.add(
            Webhook(
                workspace_id=talk.company.workspace.id, url="https://hook.example/", secret="x", active=True,
                events=["conversation.message"], created_at=talk.clock.now(),
            )
        )  # fmt: skip
    _, post = talk.post()
    talk.said("facebook", post)
    talk.hear()
    talk.hear()
    with talk.platform.database.read() as session:
        (call,) = session.query(WebhookCall).all()
        assert ASKED in call.body
