"""XING's partner API: what is sent, how a post without an id is found, which answers mean what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from publishers.base import (
    Medium,
    NetworkError,
    OutgoingPost,
    Prepared,
    Publisher,
    ReconnectNeeded,
    Refused,
    Rejected,
    Throttled,
    Uncertain,
    Unsupported,
)
from publishers.errors import Answer
from publishers.sandbox import Sandbox
from publishers.xing.activities import remote_post
from publishers.xing.errors import judge
from tests.publishers.accounts import LINK, connect as connect_account
from tests.publishers.raw import RawServer, Received, Reply, json_reply


def connect(server: RawServer) -> Publisher:
    return connect_account("xing", server.url)


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(json_reply({"ids": ["26_a"]}, 201)) as running:
        yield running


def test_a_text_is_a_status_message_signed_plaintext_in_the_header(server: RawServer) -> None:
    published = connect(server).publish(Prepared(OutgoingPost("Größe zählt")))
    assert (server.last.method, server.last.path) == ("POST", "/v1/users/me/status_message")
    assert server.last.form == {"message": "Größe zählt"}
    signed = server.last.headers["authorization"]
    assert 'oauth_signature_method="PLAINTEXT"' in signed
    assert 'oauth_signature="consumer-secret-9%26token-secret-9"' in signed
    assert published.remote_id == "26_a"


def test_a_link_is_shared_beside_its_text(server: RawServer) -> None:
    connect(server).publish(Prepared(OutgoingPost("Hallo", LINK)))
    assert server.last.path == "/v1/users/me/share/link"
    assert server.last.form == {"uri": LINK, "text": "Hallo"}


def test_an_image_is_refused_before_anything_is_sent(server: RawServer, picture: Medium) -> None:
    with pytest.raises(Unsupported):
        connect(server).prepare(OutgoingPost("Hallo", None, (picture,)))
    assert server.requests == []


def test_the_id_may_come_as_an_address(server: RawServer) -> None:
    server.answer = Reply(201, b"Created", {"Location": "https://api.xing.com/v1/activities/26_b"})
    assert connect(server).publish(Prepared(OutgoingPost("Hallo"))).remote_id == "26_b"


def activity(number: str, text: str, made: str) -> dict[str, object]:
    return {"ids": [number], "created_at": made, "objects": [{"type": "status", "content": text}]}


def answer_with(*activities: dict[str, object]) -> object:
    def answer(received: Received) -> Reply:
        if received.method == "POST":
            return Reply(201, b"Status update has been posted", {"Date": "Mon, 16 Mar 2026 09:00:00 GMT"})
        return json_reply({"network_activities": list(activities)})

    return answer


def test_a_post_that_was_accepted_without_an_id_is_looked_up(server: RawServer) -> None:
    server.answer = answer_with(  # type: ignore[assignment]
        activity("3", "Etwas anderes", "2026-03-16T09:00:00Z"),
        activity("2", "Hallo", "2026-03-16T09:00:00Z"),
        activity("1", "Hallo", "2026-03-16T08:00:00Z"),
    )
    assert connect(server).publish(Prepared(OutgoingPost("Hallo"))).remote_id == "2"


@pytest.mark.parametrize("twice", [True, False], ids=["two that fit", "none that fits"])
def test_where_the_look_up_is_not_plain_it_stays_uncertain(server: RawServer, twice: bool) -> None:
    found = [activity(n, "Hallo", "2026-03-16T09:00:00Z") for n in ("1", "2")] if twice else []
    server.answer = answer_with(*found)  # type: ignore[assignment]
    with pytest.raises(Uncertain):
        connect(server).publish(Prepared(OutgoingPost("Hallo")))
    assert [r.method for r in server.requests].count("POST") == 1


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_a_look_up_that_is_refused_says_nothing_about_the_post_that_was_accepted(
    server: RawServer, status: int
) -> None:
    def answer(received: Received) -> Reply:
        if received.method == "POST":
            return Reply(201, b"Status update has been posted")
        name = {401: "INVALID_OAUTH_TOKEN", 403: "RATE_LIMIT_EXCEEDED"}.get(status, "OTHER")
        return json_reply({"error_name": name, "message": "No"}, status)

    server.answer = answer
    with pytest.raises(Uncertain) as raised:
        connect(server).publish(Prepared(OutgoingPost("Hallo")))
    assert raised.value.status == status


def test_while_the_listing_lags_the_post_is_uncertain_and_turns_up_later(sandbox: Sandbox, begun: datetime) -> None:
    publisher = connect_account("xing", sandbox.api_url("xing"))
    sandbox.faults.add("listing_lag", "xing", "publish", seconds=60, count=1)
    with pytest.raises(Uncertain):
        publisher.publish(Prepared(OutgoingPost("Kommt später")))
    assert publisher.find_recent(begun).posts == ()
    sandbox.offset_seconds += 120
    try:
        assert [p.text for p in publisher.find_recent(begun - timedelta(seconds=1)).posts] == ["Kommt später"]
    finally:
        sandbox.offset_seconds -= 120
        publisher.close()


def test_an_activity_that_does_not_say_when_makes_a_listing_incomplete(server: RawServer, begun: datetime) -> None:
    server.answer = json_reply({"network_activities": [{"ids": ["1"]}]})
    assert not connect(server).find_recent(begun).complete


def test_a_shared_link_is_read_from_an_activity() -> None:
    shared = {"type": "bookmark", "url": "https://e.de", "content": " Hallo "}
    post = remote_post({"ids": ["1"], "created_at": "2026-03-16T09:00:00Z", "objects": [shared]})
    assert post is not None
    assert (post.text, post.links) == ("Hallo", ("https://e.de",))


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (403, "RATE_LIMIT_EXCEEDED", Throttled),
        (401, "INVALID_OAUTH_TOKEN", ReconnectNeeded),
        (401, "NONCE_ALREADY_USED", Uncertain),
        (401, "TIMESTAMP_EXPIRED", Refused),
        (403, "INSUFFICIENT_PRIVILEGES", ReconnectNeeded),
        (400, "INVALID_PARAMETERS", Rejected),
        (404, "ACTIVITY_NOT_FOUND", Rejected),
    ],
)
def test_the_table_of_xing(status: int, name: str, kind: type[NetworkError]) -> None:
    body = json.dumps({"error_name": name, "message": "words"}).encode()
    error = judge(Answer(status, {}, body))
    assert type(error) is kind
    assert error is not None
    assert (error.code, error.network_message) == (name, "words")
