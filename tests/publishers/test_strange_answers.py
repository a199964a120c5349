"""Whatever a network answers, nothing but a NetworkError comes out, and no token is in it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

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
