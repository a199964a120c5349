"""Whatever a network answers, nothing but a NetworkError comes out, and no token is in it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from publishers.base import FollowUp, NetworkError, OutgoingPost, Prepared, Publisher, Uncertain, Under
from tests.publishers.accounts import APP, SECRETS, connect, text_post
from tests.publishers.files import animation, film
from tests.publishers.raw import RawServer, Reply

CALLS: dict[str, Callable[[Publisher], object]] = {
    "verify": lambda p: p.verify(),
    "publish": lambda p: p.publish(Prepared(text_post())),
    "find_recent": lambda p: p.find_recent(datetime(2026, 3, 1, tzinfo=UTC)),
    "metrics": lambda p: p.metrics(["7000000000000000001", "urn:li:share:7000000000000000001"]),
    "delete": lambda p: p.delete("urn:li:share:7000000000000000001"),
}

ANSWERS = {
    "a page": Reply(200, b"<!DOCTYPE html><html><body>Hallo</body></html>", {"Content-Type": "text/html"}),
    "nothing": Reply(200, b"", {"Content-Type": "application/json"}),
    "no type": Reply(200, b'{"data": 7}'),
    "null": Reply(200, b"null", {"Content-Type": "application/json"}),
    "a list": Reply(200, b"[]", {"Content-Type": "application/json"}),
    "a string": Reply(200, b'"done"', {"Content-Type": "application/json"}),
    "a number": Reply(200, b"12345678901234567890", {"Content-Type": "application/json"}),
    "a picture": Reply(200, b"\x89PNG\r\n", {"Content-Type": "image/png"}),
    "wrong types": Reply(200, b'{"data": [1, null, {"id": {}}], "elements": {}, "id": [], "ids": 3}',
                         {"Content-Type": "application/json"}),
    "deep": Reply(200, b"[" * 100_000, {"Content-Type": "application/json"}),
    "broken letters": Reply(200, b'{"data": "\xff\xfe"}', {"Content-Type": "application/json; charset=utf-8"}),
    "an unknown charset": Reply(200, b'{"data": "x"}', {"Content-Type": "application/json; charset=klingon"}),
    "a bare 500": Reply(500), "a page with 403": Reply(403, b"<html>no</html>", {"Content-Type": "text/html"}),
    "a list with 400": Reply(400, b"[1]", {"Content-Type": "application/json"}),
    "a string as the error": Reply(
        400, b'{"error": "no", "errors": "no", "message": 7}', {"Content-Type": "application/json"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_nothing_but_network_errors_comes_out_of_a_strange_answer(
    key: str, call: Callable[[Publisher], object], answer: Reply
) -> None:
    with RawServer(answer) as server:
        publisher = connect(key, server.url, timeout=5)
        with suppress(NetworkError):
            call(publisher)
        assert server.requests
        publisher.close()


@pytest.mark.parametrize(
    "answer", [a for a in ANSWERS.values() if a.status == 200], ids=[n for n, a in ANSWERS.items() if a.status == 200]
)
def test_a_strange_answer_to_a_publish_is_uncertain(key: str, answer: Reply) -> None:
    with RawServer(answer) as server:
        publisher = connect(key, server.url, timeout=5)
        with pytest.raises(Uncertain):
            publisher.publish(Prepared(text_post()))
        publisher.close()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_no_token_is_in_an_address_or_an_error(key: str, call: Callable[[Publisher], object]) -> None:
    def repeat_everything(received: object) -> Reply:
        return Reply(400, repr(received).encode(), {"Content-Type": "text/plain"})

    with RawServer(repeat_everything) as server:
        publisher = connect(key, server.url, app=APP)
        with pytest.raises(NetworkError) as caught:
            call(publisher)
        shown = "".join(traceback.format_exception(caught.value)) + caught.value.network_message
        addresses = "".join(r.path for r in server.requests)
        assert not [s for s in SECRETS if s in shown or s in addresses]
        publisher.close()


# --- what only some networks have ----------------------------------------------------------------------------

#: Enough of them: what is common to all calls is tried above with all.
SOME = {name: ANSWERS[name] for name in ("a page", "nothing", "a list", "wrong types", "deep", "a bare 500")}
WITH_FILMS = ("twitter", "facebook", "linkedin")
ROOT = {"twitter": "1900000000000000001", "facebook": "104872951638204_1", "linkedin": "urn:li:share:7"}


def comment(key: str) -> OutgoingPost:
    kind = FollowUp.REPLY if key == "twitter" else FollowUp.COMMENT
    return OutgoingPost("Mehr dazu", under=Under(kind, ROOT[key], ROOT[key]))


@pytest.mark.parametrize("key", WITH_FILMS)
@pytest.mark.parametrize("answer", SOME.values(), ids=SOME.keys())
def test_a_preparation_makes_nothing_but_network_errors_of_a_strange_answer(
    key: str, answer: Reply, tmp_path: Path
) -> None:
    post = OutgoingPost("Ein Rundgang", media=(film(tmp_path), animation(tmp_path)), languages=("de",))
    with RawServer(answer) as server:
        publisher = connect(key, server.url, timeout=5)
        with pytest.raises(NetworkError) as caught:
            publisher.prepare(post)
        assert not isinstance(caught.value, Uncertain), "nothing is visible, so nothing is uncertain"
        publisher.close()


@pytest.mark.parametrize("key", WITH_FILMS)
@pytest.mark.parametrize("answer", SOME.values(), ids=SOME.keys())
def test_what_goes_out_under_a_post_is_uncertain_after_a_strange_answer(key: str, answer: Reply) -> None:
    post = comment(key)
    with RawServer(answer) as server:
        publisher = connect(key, server.url, timeout=5)
        with pytest.raises(Uncertain):
            publisher.publish(Prepared(post))
        with suppress(NetworkError):
            publisher.find_recent(datetime(2026, 3, 1, tzinfo=UTC), post.under)
        assert len(server.requests) >= 2
        publisher.close()


# --- any answer at all -----------------------------------------------------------------------------------------

NAMES = (
    "data", "id", "ids", "error", "errors", "meta", "next_token", "code", "message", "type", "detail", "elements",
    "value", "uploadUrl", "image", "paging", "cursors", "after", "next", "created_time", "created_at",
    "createdAt", "commentary", "content", "article", "source", "media", "entities", "urls", "url", "expanded_url",
    "text", "public_metrics", "like_count", "network_activities", "activities", "objects", "likes", "amount",
    "users", "name", "values", "summary", "total_count", "body", "error_subcode", "error_name", "attachments",
    "shares", "totalShareStatistics", "share", "note_tweet", "media_keys", "status", "count", "access_token",
    "expires_in", "processing_info", "state",
)  # fmt: skip

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(("2026-03-16T09:00:00Z", "2026-03-16T09:00:00+0000", "urn:li:share:1", "1346", "190")),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)),
    max_leaves=25,
)
bodies = st.one_of(values.map(lambda value: json.dumps(value).encode()), st.binary(max_size=40))
types = st.sampled_from(
    ("application/json", "application/json; charset=utf-16", "text/html", "text/plain", "image/png", "", "nonsense//;;")
)
names = st.sampled_from(("Retry-After", "x-rate-limit-reset", "x-restli-id", "Location", "Date", "Content-Encoding"))
header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    status = draw(st.sampled_from((200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 422, 426, 429, 500, 503)))
    headers = {"Content-Type": draw(types), **draw(st.dictionaries(names, header_values, max_size=2))}
    return Reply(status, b"" if status == 204 else draw(bodies), headers)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reply=replies())
def test_whatever_is_answered_nothing_but_network_errors_comes_out(
    key: str, any_server: RawServer, any_publisher: Publisher, reply: Reply
) -> None:
    any_server.answer = reply
    for call in CALLS.values():
        with suppress(NetworkError):
            call(any_publisher)


@pytest.fixture
def any_server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.fixture
def any_publisher(key: str, any_server: RawServer) -> Iterator[Publisher]:
    publisher = connect(key, any_server.url, timeout=5)
    yield publisher
    publisher.close()
