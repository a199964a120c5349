"""What Graph's answers mean (developers.facebook.com, "Handle errors" and "Rate limits").

Graph tells by the code in the body, and often answers 400 whatever is the matter. A code with a subcode is written
``190/463``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from publishers import reading
from publishers.base import (
    Blocked,
    Duplicate,
    NetworkError,
    PaymentRequired,
    ReconnectNeeded,
    Rejected,
    Throttled,
    Uncertain,
    VersionOver,
)
from publishers.errors import Answer, Complaint, Rule, classify, retry_after, words_of
from publishers.facebook.consent import PERMISSIONS
from publishers.limits import bounded, json_object

TITLE = "Facebook"

_DOCS = "Graph API, Handle errors"
_LIMITS = "Graph API, Rate limits"

TABLE = (
    Rule(PaymentRequired, "asks for payment", 402, source="HTTP", advice="topping_up"),
    Rule(Throttled, "is throttling this app", code="4", source=_LIMITS, advice="limit_app"),
    Rule(Throttled, "is throttling this account", code="17", source=_LIMITS, advice="limit_account"),
    Rule(Throttled, "is throttling this Page", code="32", source=_LIMITS, advice="limit_account"),
    Rule(Throttled, "says that a limit is reached", code="341", source=_DOCS, advice="limit"),
    Rule(Throttled, "is throttling these calls", code="613", source=_LIMITS, advice="limit"),
    Rule(Throttled, "is throttling this Page", code="80001", source=_LIMITS, advice="limit_account"),
    Rule(
        Rejected,
        "does not allow this content",
        code="368",
        says="deemed abusive",
        source="the message names the post",
        advice="abusive",
    ),
    Rule(
        Blocked,
        "blocks posts of this Page for now",
        code="368",
        pause_channel=True,
        source=_DOCS,
        advice="account_blocked",
    ),
    Rule(
        VersionOver,
        "no longer serves this version of its API",
        code="2635",
        pause_channel=True,
        source="Graph API, Versioning",
        advice="version",
    ),
    Rule(Duplicate, "already has this post", code="506", source=_DOCS, advice="has_already"),
    Rule(Uncertain, "has a problem of its own", code="1", source=_DOCS, advice="network_trouble"),
    Rule(Uncertain, "has a problem of its own", code="2", source=_DOCS, advice="network_trouble"),
    # Before all that asks for a person: what passes by itself needs none.
    Rule(Uncertain, "asks to try again", code="transient", source=f"{_DOCS}: is_transient", advice="asked_again"),
    Rule(ReconnectNeeded, "does not accept the access token", code="190", source=_DOCS, advice="access_ended"),
    Rule(ReconnectNeeded, "says that the session has ended", code="102", source=_DOCS, advice="access_ended"),
    Rule(
        ReconnectNeeded,
        "wants an access token",
        code="2500",
        says="access token",
        source="reports of apps; an address that Graph does not know has the same code and is rejected",
        advice="access_ended",
    ),
    Rule(
        ReconnectNeeded,
        "does not accept the signature by the app's secret",
        code="100",
        says="appsecret_proof",
        source="Graph API, Secure Graph API calls: the operator sets the app's secret",
        advice="app_secret",
    ),
    Rule(
        ReconnectNeeded,
        "does not grant a permission",
        code="permission",
        source=f"{_DOCS}: 3, 10, 200 to 299",
        advice="permission",
    ),
    Rule(Rejected, "does not take this link", code="1609005", source=_DOCS, advice="link"),
)

GONE = frozenset(("100/33", "803"))
"""Codes for an object that does not exist (any more)."""


def judge(answer: Answer) -> NetworkError | None:
    """None for an answer that a client package may read, else what it means."""
    if answer.ok and b'"error"' not in answer.body:
        return None
    complaint = complaint_of(answer)
    if answer.ok and not complaint.codes and not complaint.message:
        return None
    error = classify(answer, complaint, TABLE, network=TITLE, wait=_wait(answer))
    if error.advice == "permission":
        error.named = named_in(complaint.message)
    return error


def named_in(words: str) -> tuple[str, ...]:
    """The permissions that Graph's words name: "(#200) … requires both pages_read_engagement and …"."""
    found = frozenset(re.findall(r"[a-z]+(?:_[a-z]+)+", words))
    return tuple(p.name for p in PERMISSIONS if p.name in found)


def is_gone(error: NetworkError) -> bool:
    return error.code in GONE or error.status == 404


def token_is_dead(error: NetworkError) -> bool:
    """Whether it is the token itself that Graph does not accept, whatever is asked for."""
    return error.code.split("/")[0] in ("190", "102", "2500") or error.status == 401


@contextmanager
def page_expected() -> Iterator[None]:
    """Around calls to the Page itself. Raises ReconnectNeeded where Graph knows no such Page (any more), or does not
    show it to this connection: nothing is wrong with the post, and every other one would meet the same."""
    try:
        yield
    except Rejected as error:
        if error.code not in GONE:
            raise
        gone = ReconnectNeeded(
            f"{TITLE} no longer knows this Page, or no longer shows it to this connection.",
            status=error.status,
            code=error.code,
            network_message=error.network_message,
        )
        gone.advice = "page_gone"
        raise gone from error


def complaint_of(answer: Answer) -> Complaint:
    """``{"error": {"message", "type", "code", "error_subcode", "is_transient", "error_user_msg"}}``."""
    body = answer.json()
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return Complaint(message="" if answer.ok else words_of(answer))
    message = reading.text(error.get("error_user_msg")) or reading.text(error.get("message"))
    return Complaint(tuple(_codes(error)), message)


def _codes(error: dict[str, Any]) -> list[str]:
    code, subcode = reading.count(error, "code"), reading.count(error, "error_subcode")
    if code is None:
        return ["transient"] if error.get("is_transient") is True else []
    codes = [str(code)]
    if subcode is not None:
        codes = [f"{code}/{subcode}", str(code), *([str(subcode)] if subcode > 100_000 else [])]
    if code in (3, 10) or 200 <= code <= 299:
        codes.append("permission")
    if error.get("is_transient") is True:
        codes.append("transient")
    return codes


def _wait(answer: Answer) -> float | None:
    """``Retry-After``, else the longest ``estimated_time_to_regain_access`` (minutes) that a usage header names."""
    asked = retry_after(answer.headers, answer.date)
    if asked is not None:
        return asked
    minutes = max((minutes_to_wait(entry) for entry in business_usage(answer)), default=0)
    return bounded(60.0 * minutes) if minutes else None


def business_usage(answer: Answer) -> list[dict[str, Any]]:
    """The entries of ``X-Business-Use-Case-Usage`` that concern Pages (``{id: [{"type", "call_count", …}]}``)."""
    usage = json_object(answer.headers.get("X-Business-Use-Case-Usage"))
    entries = [entry for entries in usage.values() for entry in reading.items(entries)]
    return [entry for entry in entries if entry.get("type", "pages") == "pages"]


def minutes_to_wait(entry: dict[str, Any]) -> int:
    """How long a usage entry says that calls are refused; 0 where they are not."""
    return reading.count(entry, "estimated_time_to_regain_access") or 0
