"""Polls, threads, first comments, languages and mentions, over HTTP against the sandbox networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publishers.base import (
    FollowUp,
    Mention,
    OutgoingPost,
    Poll,
    Prepared,
    Published,
    Publisher,
    Rejected,
    ThreadPart,
    Uncertain,
    Under,
    Unsupported,
)
from publishers.optional import AfterPublishing
from publishers.outgoing import follow_ups
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, LINK, NetworkClock, connect, register, send, skipping
from tests.publishers.files import film

POLL = Poll(("Ja, schon heute", "Noch nicht"), 24, "Nutzen Sie Greifer mit Sensor?")
COMMENTING = ("facebook", "linkedin", "xing")
polling = pytest.mark.parametrize("key", ["twitter", "linkedin"], indirect=True)
commenting = pytest.mark.parametrize("key", COMMENTING, indirect=True)


def under(root: Published, kind: FollowUp = FollowUp.COMMENT, parent: Published | None = None) -> Under:
    return Under(kind, root.remote_id, (parent or root).remote_id)


# --- polls ---------------------------------------------------------------------------------------------------


@polling
def test_a_poll_is_published_with_its_options_and_length(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    post = OutgoingPost("Eine Frage an alle in der Fertigung", LINK, poll=POLL)
    assert network(key).check(post) == []
    published = send(publisher, post)
    [stored] = sandbox.posts(key)
    question = "" if key == "twitter" else POLL.question
    assert stored["poll"] == {"question": question, "options": list(POLL.options), "minutes": 24 * 60}
    [listed] = publisher.find_recent(begun).posts
    assert listed.remote_id == published.remote_id
    assert listed.text == network(key).expected_text(post)
    assert LINK in listed.text


@polling
@pytest.mark.parametrize(
    "poll",
    [
        Poll(("Nur eine",), 24, "Frage?"),
        Poll(("a", "b", "c", "d", "e"), 24, "Frage?"),
        Poll(("x" * 31, "b"), 24, "Frage?"),
        Poll(("gleich", "gleich"), 24, "Frage?"),
        Poll(("a", "b"), 9000, "Frage?"),
        Poll(("a", "   "), 24, "Frage?"),
    ],
    ids=["one option", "five options", "long option", "the same twice", "too long", "empty option"],
)
def test_a_poll_that_a_network_does_not_take_is_found_before_sending_and_by_the_network(
    publisher: Publisher, key: str, sandbox: Sandbox, poll: Poll
) -> None:
    post = OutgoingPost("Was meinen Sie?", poll=poll)
    assert [problem.field for problem in network(key).check(post)] == ["poll"]
    with pytest.raises(Rejected):
        send(publisher, post)
    assert sandbox.posts(key) == []


@pytest.mark.parametrize("key", ["facebook", "xing", "instagram", "threads"])
def test_a_network_without_polls_takes_no_post_with_one(key: str) -> None:
    codes = [problem.code for problem in network(key).check(OutgoingPost("Was meinen Sie?", poll=POLL))]
    assert "poll_unsupported" in codes


# --- threads -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["twitter"], indirect=True)
def test_the_parts_of_a_thread_stand_one_under_the_other_and_are_found_there(
    publisher: Publisher, sandbox: Sandbox, begun: datetime
) -> None:
    post = OutgoingPost("Eins", thread=(ThreadPart("Zwei"), ThreadPart("Drei")), key="d-1")
    root = last = send(publisher, post)
    for kind, part in follow_ups(post):
        last = send(publisher, replace(part, under=under(root, kind, last)))
    first, second, third = sandbox.posts("twitter")
    assert [first["reply_to"], second["reply_to"], third["reply_to"]] == [None, first["id"], second["id"]]
    assert [p.text for p in publisher.find_recent(begun).posts] == ["Eins"], "parts are no posts of their own"
    found = publisher.find_recent(begun, Under(FollowUp.REPLY, first["id"], second["id"]))
    assert [(p.remote_id, p.text) for p in found.posts] == [(third["id"], "Drei")]
    assert found.complete


@pytest.mark.parametrize("key", ["twitter"], indirect=True)
def test_a_part_under_a_post_that_is_gone_is_rejected(publisher: Publisher, sandbox: Sandbox) -> None:
    root = send(publisher, OutgoingPost("Eins"))
    publisher.delete(root.remote_id)
    with pytest.raises(Rejected) as caught:
        send(publisher, OutgoingPost("Zwei", under=under(root, FollowUp.REPLY)))
    assert "deleted" in caught.value.network_message
    assert len(sandbox.posts("twitter")) == 1


@commenting
def test_a_network_without_threads_sends_no_part_of_one(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    root = send(publisher, OutgoingPost("Eins"))
    before = len(sandbox.requests(key))
    with pytest.raises(Unsupported):
        publisher.publish(Prepared(OutgoingPost("Zwei", under=under(root, FollowUp.REPLY))))
    assert len(sandbox.requests(key)) == before


# --- first comments ------------------------------------------------------------------------------------------


@commenting
def test_a_first_comment_stands_under_its_post_and_is_found_there(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    root, other = send(publisher, OutgoingPost("Neu im Programm")), send(publisher, OutgoingPost("Etwas anderes"))
    sandbox.comment(key, root.remote_id, "Das sagt jemand anderes")
    post = OutgoingPost("Mehr dazu: (Datenblatt) #G7 " + LINK, under=under(root))
    comment = send(publisher, post)
    found = publisher.find_recent(begun, under(root))
    assert [(p.remote_id, p.text) for p in found.posts] == [(comment.remote_id, network(key).expected_text(post))]
    assert found.complete
    assert publisher.find_recent(begun, under(other)).posts == ()
    assert len(publisher.find_recent(begun).posts) == 2, "a comment is no post"


@commenting
@pytest.mark.parametrize(
    ("kind", "accepted"),
    [("error", True), ("error", False), ("reset", True), ("reset", False), ("malformed", True), ("truncated", True)],
)
def test_a_comment_with_a_lost_answer_is_uncertain_and_is_found_if_it_is_there(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime, kind: str, accepted: bool
) -> None:
    root = send(publisher, OutgoingPost("Neu im Programm"))
    sandbox.faults.add(kind, key, "reply", accepted=accepted, count=1, status=500)
    with pytest.raises(Uncertain):
        send(publisher, OutgoingPost("Mehr dazu", under=under(root)))
    assert [p.text for p in publisher.find_recent(begun, under(root)).posts] == (["Mehr dazu"] if accepted else [])
    assert len(sandbox.requests(key, "reply")) == 1, "it is never repeated by itself"


@commenting
def test_a_comment_that_the_listing_lags_behind_shows_later(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime, network_clock: NetworkClock
) -> None:
    root = send(publisher, OutgoingPost("Neu im Programm"))
    sandbox.faults.add("listing_lag", key, "reply", seconds=90, count=1)
    send(publisher, OutgoingPost("Mehr dazu", under=under(root)))
    assert publisher.find_recent(begun, under(root)).posts == ()
    network_clock.move(timedelta(seconds=91))
    assert len(publisher.find_recent(begun, under(root)).posts) == 1


@commenting
def test_many_comments_are_followed_to_the_end(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    root = send(publisher, OutgoingPost("Neu im Programm"))
    comment = send(publisher, OutgoingPost("Der erste", under=under(root)))
    for number in range(230):
        sandbox.comment(key, root.remote_id, f"Frage {number}")
    found = publisher.find_recent(begun, under(root))
    assert [p.remote_id for p in found.posts] == [comment.remote_id]
    assert found.complete


@commenting
def test_a_first_comment_can_be_taken_down(publisher: Publisher, sandbox: Sandbox, begun: datetime, key: str) -> None:
    root = send(publisher, OutgoingPost("Neu im Programm"))
    comment = send(publisher, OutgoingPost("Mit Tippfehler", under=under(root)))
    assert isinstance(publisher, AfterPublishing)
    seen = publisher.look(comment.remote_id)
    assert seen is not None
    assert (seen.remote_id, seen.text) == (comment.remote_id, "Mit Tippfehler")
    publisher.delete(comment.remote_id)
    publisher.delete(comment.remote_id)
    assert publisher.look(comment.remote_id) is None
    assert publisher.find_recent(begun, under(root)).posts == ()
    assert [p["deleted"] for p in sandbox.posts(key)] == [False]


@commenting
def test_a_comment_over_the_limit_is_found_before_sending_and_by_the_network(publisher: Publisher, key: str) -> None:
    limit = network(key).content_rules.first_comment
    assert limit is not None
    assert network(key).check(OutgoingPost("Neu", first_comment="x" * limit)) == []
    [problem] = network(key).check(OutgoingPost("Neu", first_comment="x" * (limit + 1)))
    assert (problem.field, problem.params) == ("first_comment", {"length": limit + 1, "limit": limit})
    root = send(publisher, OutgoingPost("Neu im Programm"))
    with pytest.raises(Rejected):
        send(publisher, OutgoingPost("x" * (limit + 1), under=under(root)))


# --- languages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "kept"), [("facebook", ["German", "English (All)"]), ("linkedin", ["de", "en"])], indirect=["key"]
)
@pytest.mark.parametrize("with_film", [False, True], ids=["text", "film"])
def test_a_post_may_be_narrowed_to_languages(
    publisher: Publisher, key: str, sandbox: Sandbox, kept: list[str], with_film: bool, tmp_path: Path
) -> None:
    media = (film(tmp_path),) if with_film else ()
    send(publisher, OutgoingPost("Nur für manche", media=media, languages=("de", "en")))
    send(publisher, OutgoingPost("Für alle"))
    assert [p["languages"] for p in sandbox.posts(key)] == [kept, []]


@pytest.mark.parametrize("key", ["facebook", "linkedin"])
def test_a_language_that_a_network_does_not_know_is_found_before_sending(key: str) -> None:
    [problem] = network(key).check(OutgoingPost("Saluton", languages=("de", "eo")))
    assert (problem.code, problem.params) == ("language_unsupported", {"language": "eo"})


@pytest.mark.parametrize("key", ["facebook"], indirect=True)
def test_a_language_that_the_search_of_facebook_does_not_find_is_rejected_before_the_post(
    publisher: Publisher, sandbox: Sandbox
) -> None:
    with pytest.raises(Rejected):
        publisher.prepare(OutgoingPost("Hei", languages=("fi",)))
    assert sandbox.posts("facebook") == []


MEMBER = {"author": "urn:li:person:Ab-9_x", "access_token": "linkedin-member-access"}


@pytest.fixture
def member(sandbox: Sandbox, network_clock: NetworkClock) -> Iterator[Publisher]:
    register(sandbox, "linkedin", MEMBER)
    waiting = skipping(network_clock)
    publisher = connect("linkedin", sandbox.api_url("linkedin"), credentials=MEMBER, waiting=waiting)
    yield publisher
    publisher.close()


def test_a_member_of_linkedin_cannot_narrow_and_posts_to_all(member: Publisher, sandbox: Sandbox) -> None:
    linkedin = network("linkedin")
    assert linkedin.content_rules_of(CREDENTIALS["linkedin"]).languages
    assert not linkedin.content_rules_of(MEMBER).languages
    send(member, OutgoingPost("Für alle", languages=("de",)))
    assert [p["languages"] for p in sandbox.posts("linkedin")] == [[]]


def test_a_member_of_linkedin_comments_in_his_own_name(member: Publisher, sandbox: Sandbox, begun: datetime) -> None:
    root = send(member, OutgoingPost("Von mir"))
    comment = send(member, OutgoingPost("Auch von mir", under=under(root)))
    assert [p.remote_id for p in member.find_recent(begun, under(root)).posts] == [comment.remote_id]
    assert len(sandbox.posts("linkedin")) == 1


# --- mentions ------------------------------------------------------------------------------------------------


def test_linkedin_links_a_mention_and_lists_it_as_it_was_sent(sandbox: Sandbox, begun: datetime) -> None:
    publisher = connect("linkedin", sandbox.api_url("linkedin"))
    partner = Mention("@Keller & Söhne (Ulm) [DE]", "urn:li:organization:77")
    post = OutgoingPost("Danke, @Keller & Söhne (Ulm) [DE]! #Messe @Kellerei", mentions=(partner,))
    send(publisher, post)
    [stored] = sandbox.posts("linkedin")
    assert stored["text"] == "Danke, Keller & Söhne (Ulm) (DE)! #Messe @Kellerei"
    [listed] = publisher.find_recent(begun).posts
    assert listed.text == network("linkedin").expected_text(post)
    assert network("linkedin").length(post) == len(post.text)
    publisher.close()


@pytest.mark.parametrize("key", ["facebook"], indirect=True)
def test_facebook_tags_a_page_and_lists_it_under_whatever_name_it_has(
    publisher: Publisher, sandbox: Sandbox, begun: datetime
) -> None:
    sandbox.add_account("facebook", "555001", "Keller Pumpen GmbH", "keller-page-token")
    post = OutgoingPost("Danke, @Keller und @Keller!", mentions=(Mention("@Keller", "555001"),))
    published = send(publisher, post)
    [stored] = sandbox.posts("facebook")
    assert stored["text"] == "Danke, Keller Pumpen GmbH und Keller Pumpen GmbH!"
    [listed] = publisher.find_recent(begun).posts
    assert (listed.remote_id, listed.text) == (published.remote_id, network("facebook").expected_text(post))
