"""From an answer to an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, strategies as st

from publishers.base import NetworkError, PaymentRequired, ReconnectNeeded, Refused, Rejected, Throttled, Uncertain
from publishers.errors import (
    Answer,
    Complaint,
    Rule,
    classify,
    redact,
    retry_after,
    shorten,
    until_reset,
    words_of,
)
from publishers.limits import LONGEST_WAIT

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


def judged(status: int, *rules: Rule, complaint: Complaint | None = None) -> NetworkError:
    return classify(Answer(status, {}, b""), complaint or Complaint(), rules, network="Test")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Uncertain), (304, Uncertain), (400, Rejected), (401, ReconnectNeeded), (402, PaymentRequired),
        (403, Rejected), (404, Rejected), (408, Uncertain), (409, Uncertain), (413, Rejected), (422, Rejected),
        (425, Uncertain), (429, Throttled), (500, Uncertain), (502, Uncertain), (503, Uncertain), (599, Uncertain),
        (100, Uncertain), (700, Uncertain),
    ],
)  # fmt: skip
def test_the_status_alone_decides_on_the_side_of_may_have_been_accepted(status: int, kind: type[NetworkError]) -> None:
    assert type(judged(status)) is kind


def test_a_server_error_is_uncertain_whatever_a_table_says() -> None:
    assert type(judged(503, Rule(Rejected, "is wrong", code="x"), complaint=Complaint(("x",)))) is Uncertain


def test_the_first_row_that_fits_counts() -> None:
    rules = (Rule(Refused, "a", code="7"), Rule(Rejected, "b", code="7"))
    assert type(judged(400, *rules, complaint=Complaint(("7",)))) is Refused


def test_a_row_fits_only_where_all_that_it_names_fits() -> None:
    rule = Rule(Refused, "waits", status=403, code="7", says="too fast")
    assert rule.fits(403, Complaint(("8", "7"), "You go TOO FAST."))
    assert not rule.fits(400, Complaint(("7",), "too fast"))
    assert not rule.fits(403, Complaint(("8",), "too fast"))
    assert not rule.fits(403, Complaint(("7",), "slow"))


def test_an_error_says_who_what_and_which_status_and_keeps_the_networks_words_apart() -> None:
    error = judged(400, complaint=Complaint(("7", "8"), "Nope."))
    assert (str(error), error.status, error.code, error.network_message) == (
        "Test did not accept this (HTTP 400).", 400, "7", "Nope.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0), ("0", 1.0), ("1.5", 1.5), ("", None), ("soon", None), ("-5", None),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300.0),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 1.0),
        ("99999999999999", LONGEST_WAIT),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date_by_the_networks_clock(value: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": value}, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (str(int(NOW.timestamp()) + 90), 90.0), (str(int(NOW.timestamp()) - 90), 1.0), (None, None), ("x", None),
        ("9" * 12, LONGEST_WAIT), ("9" * 40, None), ("", None),
    ],
)  # fmt: skip
def test_a_reset_is_read_as_unix_time_by_the_networks_clock(value: str | None, seconds: float | None) -> None:
    assert until_reset(value, NOW) == seconds


@given(st.text(max_size=40))
def test_any_header_is_read_without_an_error(value: str) -> None:
    for found in (retry_after({"Retry-After": value}), until_reset(value), Answer(200, {"Date": value}, b"").date):
        assert found is None or isinstance(found, (float, datetime))


@pytest.mark.parametrize(
    "text",
    [
        "access_token=abcdef123456", '"access_token": "abcdef123456"', "Authorization: Bearer abcdef123456",
        "OAuth abcdef123456", "client_secret=abcdef123456&x=1", "token: abcdef123456", "EAABabcdef123456xyz",
        "given abcdef123456 here",
    ],
)  # fmt: skip
def test_credentials_are_removed_from_words(text: str) -> None:
    assert "abcdef123456" not in redact(text, ["abcdef123456"] if "given" in text else ())


def test_words_that_are_none_of_ours_stay() -> None:
    words = "The token of this Page is too old. Basic rules apply, see the OAuth page."
    assert redact(words) == words


def test_a_long_message_becomes_one_short_line() -> None:
    assert shorten("a\n  b") == "a b"
    assert len(shorten("x" * 1000)) == 300


def test_a_page_of_html_is_no_message() -> None:
    assert words_of(Answer(502, {}, b"<html><body>Bad gateway")) == ""
    assert words_of(Answer(502, {}, b"Bad gateway")) == "Bad gateway"
