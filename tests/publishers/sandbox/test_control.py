"""The control API: what was accepted, what arrived, faults, clock, latency, accounts and the past."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from publishers.sandbox import Sandbox
from tests.publishers.sandbox.callers import ORGANIZATION, PAGE, X_USER, Facebook, LinkedIn, Twitter, Xing


class Control:
    def __init__(self, http: requests.Session, sandbox: Sandbox) -> None:
        self._http = http
        self._url = f"{sandbox.url}/_control/"

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return self._http.request(method, self._url + path, timeout=20, **options)


@pytest.fixture
def control(http: requests.Session, sandbox: Sandbox) -> Control:
    return Control(http, sandbox)


def test_what_was_accepted_is_told_in_order_also_when_deleted(control: Control, twitter: Twitter, xing: Xing) -> None:
    first = twitter.published("eins")
    xing.post("zwei")
    twitter.call("DELETE", f"/2/tweets/{first}")
    posts = control.call("GET", "posts").json()["posts"]
    assert [(post["network"], post["text"], post["sequence"], post["deleted"]) for post in posts] == [
        ("twitter", "eins", 1, True),
        ("xing", "zwei", 2, False),
    ]
    assert [post["text"] for post in control.call("GET", "posts?network=xing").json()["posts"]] == ["zwei"]
    assert control.call("GET", f"posts?account={X_USER}").json()["posts"][0]["id"] == first


def test_the_request_log_has_arrival_times_and_no_tokens(
    control: Control, twitter: Twitter, facebook: Facebook
) -> None:
    twitter.post("eins")
    facebook.http.get(f"{facebook.url}/v26.0/me", params={"access_token": facebook.token}, timeout=20)
    answer = control.call("GET", "requests")
    first, second = answer.json()["requests"]
    assert (first["method"], first["operation"], first["account"], first["status"]) == ("POST", "publish", X_USER, 201)
    assert first["size"] == len('{"text": "eins"}')
    assert first["at"].endswith("Z")
    assert len(first["at"].partition(".")[2]) == 7
    assert second["path"] == "/facebook/v26.0/me?access_token=…"
    assert twitter.token not in answer.text
    assert facebook.token not in answer.text
    assert len(control.call("GET", "requests?network=twitter&operation=publish").json()["requests"]) == 1


def test_faults_are_switched_on_and_off(control: Control, twitter: Twitter) -> None:
    wanted = {"network": "twitter", "operation": "publish", "kind": "error", "count": 1, "status": 500}
    assert control.call("POST", "faults", json=wanted).status_code == 201
    assert control.call("GET", "faults").json()["faults"][0]["kind"] == "error"
    assert twitter.post("eins").status_code == 500
    assert control.call("GET", "faults").json() == {"faults": [], "struck": ["error"]}
    control.call("POST", "faults", json=[wanted, {**wanted, "kind": "html"}])
    assert control.call("DELETE", "faults").status_code == 204
    assert twitter.post("zwei").status_code == 201


@pytest.mark.parametrize("wanted", [{"kind": "earthquake"}, {"kind": "error", "colour": "blue"}, {}, "error", 7])
def test_a_fault_that_does_not_exist_is_refused(control: Control, wanted: object) -> None:
    assert control.call("POST", "faults", json=wanted).status_code == 422


def test_a_body_that_a_browser_could_send_from_elsewhere_is_refused(control: Control) -> None:
    assert control.call("POST", "faults", data='{"kind": "error"}').status_code == 415


def test_the_past_is_put_in_and_listed_by_the_network(control: Control, linkedin: LinkedIn) -> None:
    wanted = {
        "network": "linkedin", "account": ORGANIZATION, "text": "Rückblick (Teil 1)", "link": "https://brandt.example/",
        "created_at": "2026-02-02T08:00:00Z",
    }  # fmt: skip
    urn = control.call("POST", "backfill", json=wanted).json()["id"]
    listed = linkedin.get(urn).json()
    assert listed["commentary"] == r"Rückblick \(Teil 1\)"
    assert listed["createdAt"] == 1770019200000
    assert control.call("POST", "backfill", json={**wanted, "account": "nobody"}).status_code == 422


def test_an_account_is_added_with_its_token(control: Control, facebook: Facebook) -> None:
    wanted = {"network": "facebook", "id": "900", "name": "Zweite Seite", "token": "second-token"}
    assert control.call("POST", "accounts", json=wanted).status_code == 201
    facebook.token = "second-token"
    assert facebook.call("POST", "/900/feed", data={"message": "Hallo"}).status_code == 200
    assert {"900", PAGE} < {account["id"] for account in control.call("GET", "accounts").json()["accounts"]}


def test_the_networks_time_is_moved(control: Control, twitter: Twitter) -> None:
    post_id = twitter.published("Wie gut lief es?")
    assert control.call("PUT", "clock", json={"offset_seconds": 86400}).status_code == 200
    query = {"ids": post_id, "tweet.fields": "public_metrics"}
    figures = twitter.call("GET", "/2/tweets", params=query).json()["data"][0]["public_metrics"]
    assert figures["impression_count"] > 0


def test_latency_is_set(control: Control, sandbox: Sandbox) -> None:
    assert control.call("PUT", "latency", json={"seconds": 0.01}).json() == {"seconds": 0.01}
    assert sandbox.latency == 0.01


def test_a_reset_forgets_posts_faults_and_requests_and_keeps_accounts(control: Control, twitter: Twitter) -> None:
    twitter.post("eins")
    control.call("POST", "faults", json={"kind": "error"})
    assert control.call("DELETE", "state").status_code == 204
    assert control.call("GET", "posts").json() == {"posts": []}
    assert control.call("GET", "requests").json() == {"requests": []}
    assert twitter.post("eins").status_code == 201


def test_what_is_not_there_is_a_404(control: Control) -> None:
    assert control.call("GET", "weather").status_code == 404
