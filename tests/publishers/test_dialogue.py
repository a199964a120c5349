"""Comments and mentions over HTTP: heard, answered, hidden, liked, removed, by what each network allows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

import pytest

from publishers.base import DialogueRules, NetworkError, Publisher, Rejected, Uncertain, Unsupported
from publishers.dialogue import Remark, RemarkKind, RemarkRef
from publishers.optional import Talking
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, NetworkClock, connect, send, text_post

ASKED = "Gibt es ein Datenblatt? Größe > 5 & Gewicht < 3"


def talking(publisher: Publisher) -> Talking:
    return cast("Talking", publisher)


def rules(key: str) -> DialogueRules:
    return network(key).capabilities.dialogue


def heard(publisher: Publisher, key: str, post_ids: list[str], since: datetime) -> dict[str, Remark]:
    """All remarks that can be heard now, by their text."""
    found = list(talking(publisher).remarks(post_ids, since).remarks)
    if rules(key).mentions:
        found += talking(publisher).mentions(since).remarks
    return {remark.text: remark for remark in found}


def test_a_comment_is_heard_with_who_said_it_when_and_where(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    post = send(publisher, text_post()).remote_id
    sandbox.comment(key, post, ASKED, author="Eva Ruf", author_id="4711")

    remark = heard(publisher, key, [post], begun - timedelta(seconds=2))[ASKED]
    assert (remark.ref.kind, remark.ref.post_id) == (RemarkKind.COMMENT, post)
    assert remark.author_name == ("" if key == "linkedin" else "Eva Ruf")
    assert remark.author_id.endswith("4711")
    assert abs(remark.said_at - begun) < timedelta(minutes=1)
    assert (remark.own, remark.hidden, remark.liked, remark.to_us) == (False, False, False, True)


def test_an_answer_stands_under_what_it_answers_and_is_found_again(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    post = send(publisher, text_post()).remote_id
    sandbox.comment(key, post, ASKED)
    asked = heard(publisher, key, [post], begun - timedelta(seconds=2))[ASKED]

    answer = talking(publisher).answer(asked.ref, "Ja, gern: siehe brandt.example")
    (found,) = talking(publisher).answers(asked.ref, begun).remarks
    assert (found.ref.remote_id, found.own) == (answer.remote_id, True)
    assert found.text.startswith("Ja, gern: siehe ")
    assert talking(publisher).answers(asked.ref, begun + timedelta(hours=1)).remarks == ()

    # One to the answer itself goes into the same thread.
    talking(publisher).answer(found.ref, "Und das Maßblatt dazu.")
    if key != "twitter":
        assert len(talking(publisher).answers(asked.ref, begun).remarks) == 2

    talking(publisher).remove(found.ref)
    talking(publisher).remove(found.ref)
    left = [r.ref.remote_id for r in talking(publisher).answers(asked.ref, begun).remarks]
    assert answer.remote_id not in left


def test_hiding_and_liking_can_be_taken_back_and_repeated(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    post = send(publisher, text_post()).remote_id
    sandbox.comment(key, post, ASKED)
    ref = heard(publisher, key, [post], begun - timedelta(seconds=2))[ASKED].ref

    for on in (True, True, False, False):
        if rules(key).hide:
            talking(publisher).hide(ref, hidden=on)
        if rules(key).like:
            talking(publisher).like(ref, liked=on)
        (shown,) = sandbox.comments(key, post)
        assert (shown["hidden"], shown["liked"]) == (on and rules(key).hide, on and rules(key).like)
    if not rules(key).hide:
        with pytest.raises(Unsupported):
            talking(publisher).hide(ref, hidden=True)
    if not rules(key).like:
        with pytest.raises(Unsupported):
            talking(publisher).like(ref, liked=True)


def test_a_remark_that_is_gone_is_missing_where_the_whole_is_listed_and_a_post_that_is_gone_is_named(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    there, gone = (send(publisher, text_post(text)).remote_id for text in ("Bleibt", "Geht"))
    comment = sandbox.comment(key, there, ASKED)
    sandbox.remove_comment(key, there, comment)
    sandbox.remove(key, gone)

    listed = talking(publisher).remarks([there, gone], begun)
    assert listed.remarks == ()
    if key == "twitter":  # a search tells of neither
        assert (listed.whole, listed.gone) == (frozenset(), frozenset())
    else:
        assert (listed.whole, listed.gone) == (frozenset({there}), frozenset({gone}))


@pytest.mark.parametrize("key", ["facebook", "twitter", "linkedin"])
def test_a_mention_elsewhere_is_heard_once_and_can_be_answered(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    send(publisher, text_post())
    account = CREDENTIALS[key][{"facebook": "page_id", "linkedin": "author"}.get(key, "user_id")]
    text = "Waren heute bei @Brandt in Chemnitz"
    remote_id = sandbox.mention(key, account, text)

    listed = talking(publisher).mentions(begun - timedelta(seconds=2))
    (remark,) = listed.remarks
    assert remark.ref == RemarkRef(remote_id, RemarkKind.MENTION)
    assert (remark.text, remark.author_name) == (text, "" if key == "linkedin" else "Sabine Rother")
    answer = talking(publisher).answer(remark.ref, "Danke für den Besuch!")
    if key == "linkedin":  # what stands under posts of others is not shown to us
        with pytest.raises(Unsupported):
            talking(publisher).answers(remark.ref, begun)
        talking(publisher).like(remark.ref, liked=True)
        talking(publisher).remove(RemarkRef(answer.remote_id))
        assert [(c["text"], c["own"]) for c in sandbox.comments(key, remote_id)] == []
        return
    assert [r.ref.remote_id for r in talking(publisher).answers(remark.ref, begun).remarks] == [answer.remote_id]

    if key == "twitter":
        assert talking(publisher).mentions(begun, listed.cursor).remarks == ()
        assert talking(publisher).mentions(begun, listed.cursor).cursor == listed.cursor


@pytest.mark.parametrize("key", ["linkedin"])
def test_linkedin_tells_of_all_who_named_the_organisation_in_sixty_days_and_of_members_nothing(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    account = CREDENTIALS[key]["author"]
    for days in range(150):
        sandbox.mention(key, account, f"Vor {days} Tagen", created_at=begun - timedelta(days=days / 2, seconds=1))
    listed = talking(publisher).mentions(begun - timedelta(days=365))
    assert [r.text for r in listed.remarks] == [f"Vor {days} Tagen" for days in reversed(range(120))]
    assert listed.complete

    assert rules(key).mentions
    member = {**CREDENTIALS[key], "author": "urn:li:person:Ab-9_x"}
    assert not network(key).capabilities_of(member).dialogue.mentions
    with pytest.raises(Unsupported):
        talking(connect(key, sandbox.api_url(key), credentials=member)).mentions(begun)


@pytest.mark.parametrize("key", ["twitter"])
def test_x_tells_what_people_say_among_themselves_apart_and_pays_for_nothing_twice(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime, network_clock: NetworkClock
) -> None:
    posts = [send(publisher, text_post(f"Beitrag {number}")).remote_id for number in range(12)]
    to_us = sandbox.comment(key, posts[0], ASKED)
    sandbox.comment(key, posts[0], "Das frage ich mich auch.", parent=to_us)

    searched = talking(publisher).remarks(posts, begun - timedelta(days=30)).remarks
    named = talking(publisher).mentions(begun - timedelta(seconds=2)).remarks
    assert [(r.text, r.to_us, r.ref.post_id) for r in searched] == [("Das frage ich mich auch.", False, posts[0])]
    assert [(r.text, r.to_us, r.ref.post_id) for r in named] == [(ASKED, True, posts[0])]
    answered = [r["status"] for r in sandbox.requests(key, "comments") if "search" in r["path"]]
    assert answered == [400, 200, 400, 200], "what X does not search so far back costs nothing"
    with pytest.raises(Rejected):
        talking(publisher).answer(searched[0].ref, "Wir antworten gern.")


@pytest.mark.parametrize("fault", ["timeout", "error", "reset", "html", "malformed", "empty", "truncated"])
def test_an_answer_without_a_clear_word_is_uncertain_and_sent_once(
    key: str, sandbox: Sandbox, begun: datetime, fault: str
) -> None:
    publisher = connect(key, sandbox.api_url(key), timeout=0.6)
    post = send(publisher, text_post()).remote_id
    sandbox.comment(key, post, ASKED)
    ref = heard(publisher, key, [post], begun - timedelta(seconds=2))[ASKED].ref
    sandbox.faults.add(fault, key, "publish" if key == "twitter" else "reply", accepted=True, count=1)

    with pytest.raises(Uncertain):
        talking(publisher).answer(ref, "Ja, gern.")
    assert len(talking(publisher).answers(ref, begun).remarks) == 1
    publisher.close()


def test_what_fails_at_the_network_is_an_error_of_the_contract(key: str, sandbox: Sandbox, begun: datetime) -> None:
    publisher = connect(key, sandbox.api_url(key), timeout=0.6)
    post = send(publisher, text_post()).remote_id
    for fault in ("malformed", "html", "empty", "error", "throttled", "expired_token"):
        sandbox.faults.clear()
        sandbox.faults.add(fault, key, "comments")
        try:
            listed = talking(publisher).remarks([post], begun)
        except NetworkError:
            pass
        else:  # one part of Facebook's batch may be spoilt: then it does not count as told
            assert (key, listed.complete, listed.whole) == ("facebook", False, frozenset()), fault
        if rules(key).mentions:
            with pytest.raises(NetworkError):
                talking(publisher).mentions(begun)
    publisher.close()
