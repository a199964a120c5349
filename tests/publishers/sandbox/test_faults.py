"""Faults strike the requests that they are meant for, and it shows whether the network accepted all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from publishers.sandbox import Sandbox
from tests.publishers.sandbox.callers import ORGANIZATION, Facebook, LinkedIn, Twitter, Xing
from tests.support.clock import FakeClock

NETWORKS = ("facebook", "twitter", "linkedin", "xing")


class Posting:
    """Posts to any network by its name."""

    def __init__(self, http: requests.Session, sandbox: Sandbox) -> None:
        self._facebook = Facebook(http, sandbox.api_url("facebook"))
        self._twitter = Twitter(http, sandbox.api_url("twitter"))
        self._linkedin = LinkedIn(http, sandbox.api_url("linkedin"))
        self._xing = Xing(http, sandbox.api_url("xing"))

    def post(self, network: str, text: str) -> requests.Response:
        if network == "facebook":
            return self._facebook.post(message=text)
        poster: Any = {"twitter": self._twitter, "linkedin": self._linkedin, "xing": self._xing}[network]
        answer: requests.Response = poster.post(text)
        return answer


@pytest.fixture
def posting(http: requests.Session, sandbox: Sandbox) -> Posting:
    return Posting(http, sandbox)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("accepted", [True, False])
def test_a_server_error_says_nothing_about_what_was_accepted(
    posting: Posting, sandbox: Sandbox, network: str, accepted: bool
) -> None:
    sandbox.faults.add("error", network, accepted=accepted, count=1, status=502)
    assert posting.post(network, "Hallo").status_code == 502
    assert len(sandbox.posts(network)) == int(accepted)
    if not accepted:
        assert posting.post(network, "Hallo").ok


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kind", ["timeout", "reset"])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_connection_may_break_before_or_after_accepting(
    posting: Posting, sandbox: Sandbox, network: str, kind: str, accepted: bool
) -> None:
    sandbox.faults.add(kind, network, accepted=accepted, count=1, seconds=0.05)
    with pytest.raises(requests.ConnectionError):
        posting.post(network, "Hallo")
    assert len(sandbox.posts(network)) == int(accepted)
    assert sandbox.requests(network)[0]["status"] is None


@pytest.mark.parametrize("network", NETWORKS)
def test_a_truncated_answer_breaks_off_after_accepting(posting: Posting, sandbox: Sandbox, network: str) -> None:
    sandbox.faults.add("truncated", network, count=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        posting.post(network, "Hallo")
    assert len(sandbox.posts(network)) == 1


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kind", ["malformed", "empty", "html"])
def test_an_answer_that_is_no_json_has_no_id(posting: Posting, sandbox: Sandbox, network: str, kind: str) -> None:
    sandbox.faults.add(kind, network, accepted=True, count=1)
    answer = posting.post(network, "Hallo")
    with pytest.raises(ValueError):  # noqa: PT011 - whichever error the JSON package has
        answer.json()
    assert "x-restli-id" not in answer.headers
    assert len(sandbox.posts(network)) == 1


@pytest.mark.parametrize("network", NETWORKS)
def test_a_slow_answer_arrives_whole(posting: Posting, sandbox: Sandbox, network: str) -> None:
    sandbox.faults.add("drip", network, count=1, seconds=0.1)
    assert posting.post(network, "Hallo").ok
    assert len(sandbox.posts(network)) == 1


@pytest.mark.parametrize(
    ("network", "status", "code"),
    [
        ("facebook", 400, 32),
        ("twitter", 429, 429),
        ("linkedin", 429, "TOO_MANY_REQUESTS"),
        ("xing", 403, "RATE_LIMIT_EXCEEDED"),
    ],
)
def test_throttling_has_each_networks_own_shape(
    posting: Posting, sandbox: Sandbox, network: str, status: int, code: object
) -> None:
    sandbox.faults.add("throttled", network, count=1)
    sandbox.faults.add("throttled", network, count=1, retry_after=30)
    bare, told = posting.post(network, "Hallo"), posting.post(network, "Hallo")
    body = bare.json().get("error") or bare.json()
    assert (bare.status_code, body.get("code") or body.get("error_name") or body.get("status")) == (status, code)
    assert ("Retry-After" in bare.headers, told.headers["Retry-After"]) == (False, "30")
    assert sandbox.posts() == []


def test_a_reset_time_is_given_in_the_networks_own_header(posting: Posting, sandbox: Sandbox, clock: FakeClock) -> None:
    sandbox.faults.add("throttled", "twitter", count=1, reset_in=120)
    sandbox.faults.add("throttled", "facebook", count=1, reset_in=120)
    reset = posting.post("twitter", "Hallo").headers["x-rate-limit-reset"]
    assert int(reset) == clock().timestamp() + 120
    usage = json.loads(posting.post("facebook", "Hallo").headers["X-Business-Use-Case-Usage"])
    assert next(iter(usage.values()))[0]["estimated_time_to_regain_access"] == 2


@pytest.mark.parametrize(
    ("network", "kind", "status", "word"),
    [
        ("facebook", "expired_token", 400, '"code":190'),
        ("facebook", "missing_permission", 403, '"code":200'),
        ("facebook", "account_gone", 400, '"error_subcode":33'),
        ("twitter", "account_gone", 403, "suspended"),
        ("facebook", "duplicate", 400, '"code":506'),
        ("facebook", "rejected", 400, '"code":368'),
        ("twitter", "expired_token", 401, "Unauthorized"),
        ("twitter", "missing_permission", 403, "oauth1-permissions"),
        ("twitter", "duplicate", 403, "duplicate content"),
        ("twitter", "payment_required", 402, "CreditsDepleted"),
        ("twitter", "usage_capped", 429, "usage-capped"),
        ("linkedin", "expired_token", 401, "EXPIRED_ACCESS_TOKEN"),
        ("linkedin", "missing_permission", 403, "ACCESS_DENIED"),
        ("linkedin", "duplicate", 422, "DUPLICATE_POST"),
        ("linkedin", "version_retired", 426, "NONEXISTENT_VERSION"),
        ("xing", "expired_token", 401, "INVALID_OAUTH_TOKEN"),
        ("xing", "missing_permission", 403, "ACCESS_DENIED"),
    ],
)
def test_refusals_have_each_networks_own_shape(
    posting: Posting, sandbox: Sandbox, network: str, kind: str, status: int, word: str
) -> None:
    sandbox.faults.add(kind, network, count=1)
    refused = posting.post(network, "Hallo")
    assert refused.status_code == status
    assert word in refused.text
    assert sandbox.posts() == []
    assert posting.post(network, "Hallo").ok


def test_a_duplicate_that_was_accepted_names_the_new_post(posting: Posting, sandbox: Sandbox) -> None:
    sandbox.faults.add("duplicate", "linkedin", accepted=True, count=1)
    refused = posting.post("linkedin", "Hallo")
    assert refused.json()["message"].endswith(sandbox.posts()[0]["id"])


def test_a_lagging_listing_shows_the_post_only_later(twitter: Twitter, sandbox: Sandbox, clock: FakeClock) -> None:
    sandbox.faults.add("listing_lag", "twitter", count=1, seconds=90)
    late = twitter.published("Kommt später")
    at_once = twitter.published("Kommt gleich")
    assert [post["id"] for post in twitter.timeline()["data"]] == [at_once]
    clock.advance(seconds=90)
    assert [post["id"] for post in twitter.timeline()["data"]] == [at_once, late]


def test_a_lag_can_go_with_any_fault(twitter: Twitter, sandbox: Sandbox, clock: FakeClock) -> None:
    sandbox.faults.add("error", "twitter", accepted=True, count=1, lag=30)
    assert twitter.post("Kommt später").status_code == 503
    assert twitter.timeline()["meta"]["result_count"] == 0
    clock.advance(seconds=30)
    assert twitter.timeline()["meta"]["result_count"] == 1


def test_a_fault_strikes_only_its_operation_and_account(linkedin: LinkedIn, sandbox: Sandbox) -> None:
    sandbox.faults.add("error", "linkedin", "list")
    sandbox.faults.add("error", "linkedin", "publish", account="urn:li:organization:1")
    assert linkedin.post("Hallo").status_code == 201
    assert linkedin.call("GET", f"/rest/posts?q=author&author={ORGANIZATION}").status_code == 503
    sandbox.faults.clear()
    sandbox.faults.add("error", "linkedin", "publish", account=ORGANIZATION)
    assert linkedin.post("Noch einmal").status_code == 503


def test_chance_is_drawn_from_the_seed(http: requests.Session) -> None:
    def struck(seed: int) -> list[int]:
        with Sandbox(limits={}) as sandbox:
            sandbox.faults.add("error", "twitter", probability=0.3, seed=seed)
            twitter = Twitter(http, sandbox.api_url("twitter"))
            return [twitter.post(f"Nummer {number}").status_code for number in range(40)]

    assert struck(1) == struck(1)
    assert struck(1) != struck(2)
    assert 4 < struck(1).count(503) < 24


def test_an_unknown_kind_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        sandbox.faults.add("earthquake")


@pytest.mark.parametrize("network", NETWORKS)
def test_a_post_may_be_accepted_only_after_its_caller_gave_up(
    posting: Posting, sandbox: Sandbox, network: str, clock: FakeClock
) -> None:
    sandbox.faults.add("error", network, accepted=True, delay=120, count=1, status=504)
    assert posting.post(network, "Hallo").status_code == 504
    clock.advance(seconds=119)
    assert sandbox.posts(network) == []
    begun = clock.advance(seconds=1)
    clock.advance(hours=1)
    [post] = sandbox.posts(network)
    assert post["text"] == "Hallo"
    assert post["created_at"] == begun.isoformat(timespec="milliseconds").replace("+00:00", "Z")
