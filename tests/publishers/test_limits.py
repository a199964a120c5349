"""What every adapter reads of a network's limits: over HTTP from the sandbox networks, and out of hostile headers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from requests.structures import CaseInsensitiveDict

from publishers.base import Duplicate, Publisher, Throttled, Uncertain
from publishers.errors import Answer
from publishers.facebook.limits import readings as of_facebook
from publishers.limits import LONGEST_WAIT, Calls, LimitReading, Scope
from publishers.linkedin.limits import readings as of_linkedin
from publishers.sandbox import Sandbox, Window
from publishers.twitter.limits import readings as of_twitter
from publishers.xing.limits import readings as of_xing
from tests.publishers.accounts import NetworkClock, connect, send, text_post

HOUR, DAY = 3600, 86_400
COUNTED = {"facebook": "facebook", "linkedin": "linkedin", "xing": "xing", "twitter": "twitter.publish"}
PUBLISHING = (Calls.PUBLISH, Calls.ALL)


def used_up(publisher: Publisher) -> LimitReading:
    """The one limit that the network now says is used up."""
    [reading] = [r for r in publisher.limits() if r.used_up and r.calls in PUBLISHING]
    return reading


def refused(publisher: Publisher, text: str = "zu viel") -> Throttled:
    with pytest.raises(Throttled) as caught:
        send(publisher, text_post(text))
    return caught.value


def test_a_used_up_limit_of_the_account_is_read_off_the_refusal(
    publisher: Publisher, key: str, sandbox: Sandbox
) -> None:
    calls = 3 if key == "xing" else 1  # which names no post, so that it is looked up
    sandbox.world.limits.set(COUNTED[key], Window(calls, 900))
    send(publisher, text_post("eins"))
    publisher.limits()

    error = refused(publisher)

    reading = used_up(publisher)
    assert (reading.scope, reading) == (Scope.CHANNEL, next(r for r in error.limits if r.used_up))
    assert publisher.limits() == ()
    assert reading.resets_in is not None
    if key == "linkedin":  # its limits end with the day, whatever else
        assert 0 < reading.resets_in <= DAY
    else:
        assert 840 <= reading.resets_in <= 960
    assert len(sandbox.posts(key)) == 1


@pytest.mark.parametrize("key", ["twitter", "facebook", "linkedin"], indirect=True)
def test_a_used_up_limit_of_the_app_is_told_from_that_of_an_account(
    publisher: Publisher, key: str, sandbox: Sandbox
) -> None:
    sandbox.world.limits.set(COUNTED[key], Window(1, DAY, "app"), Window(50, 900))
    send(publisher, text_post("eins"))
    publisher.limits()

    refused(publisher)

    assert used_up(publisher).scope is Scope.APP


def test_the_limits_of_linkedin_end_at_midnight_utc_by_its_own_clock(
    sandbox: Sandbox, network_clock: NetworkClock, begun: datetime
) -> None:
    midnight = (begun + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    network_clock.move(midnight - begun - timedelta(minutes=10))
    publisher = connect("linkedin", sandbox.api_url("linkedin"))
    sandbox.world.limits.set("linkedin", Window(1, DAY, aligned=True))
    send(publisher, text_post("eins"))

    error = refused(publisher)

    assert error.retry_after is not None
    assert 595 <= error.retry_after <= 601
    assert used_up(publisher).resets_in == error.retry_after
    network_clock.move(timedelta(minutes=11))
    send(publisher, text_post("am nächsten Tag"))
    publisher.close()


def test_a_throttle_that_names_no_moment_is_read_as_one_without_end(publisher: Publisher, sandbox: Sandbox) -> None:
    sandbox.faults.add("throttled", count=1)
    assert refused(publisher).retry_after is None
    assert used_up(publisher).resets_in is None


def test_retry_after_goes_before_the_reset_header(publisher: Publisher, sandbox: Sandbox) -> None:
    sandbox.faults.add("throttled", count=1, retry_after=90, reset_in=500)
    assert refused(publisher).retry_after == 90
    assert used_up(publisher).resets_in == 90


def test_x_counts_down_with_every_answer_even_with_a_rejection(sandbox: Sandbox) -> None:
    publisher = connect("twitter", sandbox.api_url("twitter"))
    sandbox.world.limits.set("twitter.publish", Window(5, 900), Window(17, DAY), Window(1000, DAY, "app"))
    send(publisher, text_post("eins"))
    first = publisher.limits()
    assert {(r.scope, r.window, r.left) for r in first} == {
        (Scope.CHANNEL, "15min", 4),
        (Scope.CHANNEL, "24hour", 16),
        (Scope.APP, "24hour", 999),
    }
    assert {r.calls for r in first} == {Calls.PUBLISH}
    assert [r.share for r in first if r.window == "15min"] == [pytest.approx(0.8)]

    with pytest.raises(Duplicate):
        send(publisher, text_post("eins"))
    assert {r.left for r in publisher.limits()} == {3, 15, 998}
    publisher.close()


def test_x_limits_reading_and_publishing_apart(sandbox: Sandbox, begun: datetime) -> None:
    publisher = connect("twitter", sandbox.api_url("twitter"))
    sandbox.world.limits.set("twitter.list", Window(1, 900))
    sandbox.world.limits.set("twitter.metrics", Window(1, 900))
    sandbox.world.limits.set("twitter.verify", Window(1, 900))
    publisher.verify()
    assert publisher.limits() == ()  # nobody needs it while publishing
    publisher.find_recent(begun)
    publisher.metrics(["1"])
    assert {(r.calls, r.used_up) for r in publisher.limits()} == {(Calls.LIST, True), (Calls.METRICS, True)}
    publisher.close()


def test_facebook_tells_shares_of_the_app_and_of_the_page_and_the_minutes_once_nothing_is_left(
    sandbox: Sandbox,
) -> None:
    publisher = connect("facebook", sandbox.api_url("facebook"))
    sandbox.world.limits.set("facebook", Window(2, HOUR), Window(10, HOUR, "app"))
    send(publisher, text_post("eins"))
    assert {(r.scope, r.share, r.used_up) for r in publisher.limits()} == {
        (Scope.APP, 0.9, False),
        (Scope.CHANNEL, 0.5, False),
    }
    send(publisher, text_post("zwei"))
    minutes = [HOUR, HOUR + 60.0]  # whole ones, rounded up
    assert used_up(publisher) in [LimitReading(Scope.CHANNEL, Calls.ALL, "business", 0, 0.0, m) for m in minutes]
    publisher.close()


OF_THE_APP, OF_A_PAGE = (4, 341), (17, 32, 613, 80001)


@pytest.mark.parametrize("code", [*OF_THE_APP, *OF_A_PAGE])
def test_the_code_of_graph_says_whose_limit_it_is(code: int) -> None:
    usage = {"X-App-Usage": '{"call_count": 100}', "X-Page-Usage": '{"call_count": 100}'}
    body = json.dumps({"error": {"code": code, "message": "limit reached"}}).encode()
    found = of_facebook(Answer(400, CaseInsensitiveDict(usage), body, "POST", "/v26.0/1/feed"))
    assert {r.scope for r in found if r.used_up} == {Scope.APP if code in OF_THE_APP else Scope.CHANNEL}


def test_a_throttle_after_xing_took_a_post_does_not_make_it_refused(sandbox: Sandbox) -> None:
    publisher = connect("xing", sandbox.api_url("xing"))
    sandbox.faults.add("throttled", "xing", "list")
    with pytest.raises(Uncertain):
        send(publisher, text_post())
    assert len(sandbox.posts("xing")) == 1
    publisher.close()


NAMES = [
    f"{prefix}-{what}"
    for prefix in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
    for what in ("limit", "remaining", "reset")
]
USAGES = ["X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage"]
NUMBERS = st.one_of(st.integers(), st.floats(), st.just(10**40)).map(str)
ENTRY = st.dictionaries(
    st.sampled_from(["type", "call_count", "total_time", "estimated_time_to_regain_access"]),
    st.one_of(st.integers(), st.floats(allow_nan=True), st.text(), st.none(), st.booleans(), st.just(10**40)),
)
USAGE = st.one_of(st.text(), ENTRY.map(json.dumps), st.dictionaries(st.text(), st.lists(ENTRY)).map(json.dumps))
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(NAMES, NUMBERS | st.text()),
        **dict.fromkeys(USAGES, USAGE),
        "Retry-After": NUMBERS | st.text(),
        "Date": st.text(),
    },
)
PATHS = ["/2/tweets", "/2/media/upload", "/rest/posts", "/v1/users/me/status_message", "/feed", "/v26.0/1/feed"]
BODIES = [b"", b"{}", b'{"error": {"code": 4}}', b'{"error_name": "RATE_LIMIT_EXCEEDED"}', b'{"message": "DAY"}']


@given(HEADERS, st.sampled_from([200, 403, 429]), st.sampled_from(PATHS), st.sampled_from(BODIES))
def test_whatever_headers_hold_a_reading_makes_sense_and_a_throttle_is_always_one(
    headers: dict[str, str], status: int, path: str, body: bytes
) -> None:
    answer = Answer(status, CaseInsensitiveDict(headers), body, "POST", path)
    for read in (of_twitter, of_facebook, of_linkedin, of_xing):
        found = list(read(answer))
        assert len({r.key for r in found}) == len(found)
        for reading in found:
            assert reading.left is None or reading.left >= 0
            assert reading.share is None or 0 <= reading.share <= 1
            assert reading.resets_in is None or 1 <= reading.resets_in <= LONGEST_WAIT
            assert (reading.left, reading.share) != (None, None)
    if status == 429:
        assert any(r.used_up for r in of_facebook(answer))
