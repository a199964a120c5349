"""The sandbox's XING speaks the partner API, signed PLAINTEXT."""

from __future__ import annotations

import pytest
import requests
from requests_oauthlib import OAuth1

from publishers.sandbox import Sandbox, Window
from tests.publishers.sandbox.callers import XING_USER, Xing
from tests.support.clock import FakeClock


def test_a_status_message_is_accepted_in_words_without_an_id(xing: Xing, sandbox: Sandbox) -> None:
    answer = xing.post("Neue Drehmaschine in Halle 3")
    assert (answer.status_code, answer.text) == (201, "Status update has been posted")
    assert [activity["ids"] for activity in xing.feed()] == [[post["id"]] for post in sandbox.posts("xing")]


def test_a_shared_link_is_listed_with_its_address(xing: Xing) -> None:
    form = {"uri": "https://www.brandt-maschinenbau.de/", "text": "Mehr dazu"}
    shared = xing.call("POST", "/v1/users/me/share/link", data=form).json()["ids"]
    activity = xing.feed()[0]
    assert activity["ids"] == shared
    assert (activity["objects"][0]["url"], activity["objects"][0]["content"]) == (form["uri"], form["text"])


@pytest.mark.parametrize(("message", "reason"), [("", "FIELD_REQUIRED"), ("x" * 421, "TEXT_TOO_LONG")])
def test_a_message_that_is_empty_or_too_long_is_refused(xing: Xing, message: str, reason: str) -> None:
    refused = xing.post(message)
    assert refused.status_code == 400
    assert refused.json()["errors"] == [{"field": "message", "reason": reason}]


def test_the_same_message_may_be_posted_twice(xing: Xing) -> None:
    assert [xing.post("Zweimal").status_code for _ in range(2)] == [201, 201]
    assert len(xing.feed()) == 2


def test_a_wrong_secret_is_an_invalid_signature(xing: Xing, sandbox: Sandbox) -> None:
    refused = xing.call("POST", "/v1/users/me/status_message", data={"message": "Hallo"}, key="wrong")
    assert (refused.status_code, refused.json()["error_name"]) == (401, "INVALID_OAUTH_SIGNATURE")
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("consumer", "token", "method", "error"),
    [
        ("xing-brandt-consumer", "unknown", "PLAINTEXT", "INVALID_OAUTH_TOKEN"),
        ("another-consumer", "xing-brandt-token", "PLAINTEXT", "INVALID_OAUTH_CONSUMER"),
        ("xing-brandt-consumer", "xing-brandt-token", "HMAC-SHA1", "INVALID_OAUTH_SIGNATURE_METHOD"),
    ],
)
def test_what_is_wrong_with_a_signature_is_named(
    xing: Xing, http: requests.Session, consumer: str, token: str, method: str, error: str
) -> None:
    signed = OAuth1(consumer, "xing-brandt-consumer-secret", token, "xing-brandt-token-secret", signature_method=method)
    refused = http.get(f"{xing.url}/v1/users/me", auth=signed, timeout=20)
    assert (refused.status_code, refused.json()["error_name"]) == (401, error)


def test_without_any_signature_the_missing_parameter_is_named(xing: Xing, http: requests.Session) -> None:
    refused = http.get(f"{xing.url}/v1/users/me", timeout=20)
    assert refused.json()["error_name"] == "REQUIRED_PARAMETER_MISSING"


def test_the_feed_is_followed_back_in_time(xing: Xing, clock: FakeClock) -> None:
    for number in range(25):
        xing.post(f"Nummer {number}")
        clock.advance(minutes=1)
    first = xing.feed()
    assert len(first) == 20
    rest = xing.feed(until=first[-1]["created_at"])
    texts = [activity["objects"][0]["content"] for activity in first + rest]
    assert texts == [f"Nummer {number}" for number in reversed(range(25))]


def test_likes_and_comments_grow(xing: Xing, clock: FakeClock) -> None:
    for number in range(10):
        xing.post(f"Nummer {number}")
    clock.advance(days=4)
    activities = xing.feed()
    assert sum(activity["likes"]["amount"] for activity in activities) > 0
    talked_about = next(activity for activity in activities if activity["comments"]["amount"])
    comments = xing.call("GET", f"/v1/activities/{talked_about['ids'][0]}/comments").json()["comments"]
    assert len(comments["items"]) == comments["total"] == talked_about["comments"]["amount"]


def test_an_activity_is_deleted(xing: Xing) -> None:
    xing.post("Weg damit")
    activity = xing.feed()[0]["ids"][0]
    assert xing.call("DELETE", f"/v1/activities/{activity}").status_code == 204
    assert xing.feed() == []
    assert xing.call("GET", f"/v1/activities/{activity}").status_code == 404


def test_who_is_asked_for(xing: Xing) -> None:
    user = xing.call("GET", "/v1/users/me").json()["users"][0]
    assert (user["id"], user["permalink"]) == (XING_USER, "https://www.xing.com/profile/Katrin_Vogel")


def test_a_used_up_limit_is_a_403_by_name(clock: FakeClock, http: requests.Session) -> None:
    with Sandbox(clock=clock, limits={"xing": (Window(1, 3600),)}) as sandbox:
        xing = Xing(http, sandbox.api_url("xing"))
        xing.post("eins")
        refused = xing.post("zwei")
        assert (refused.status_code, refused.json()["error_name"]) == (403, "RATE_LIMIT_EXCEEDED")
