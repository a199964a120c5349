"""What LinkedIn's answers mean (learn.microsoft.com, "Error handling" and the Posts API's own table)."""

from __future__ import annotations

import re
from typing import Any

from publishers import reading
from publishers.base import Duplicate, NetworkError, ReconnectNeeded, Refused, Uncertain
from publishers.errors import Answer, Complaint, Rule, classify, retry_after, words_of

TITLE = "LinkedIn"

TABLE = (
    Rule(Duplicate, "already has this post", 422, code="DUPLICATE_POST", source="Posts API; third-party reports"),
    Rule(Duplicate, "already has this post", 409, code="DUPLICATE_POST", source="Posts API"),
    Rule(
        Refused,
        "no longer serves this version of its API: the operator sets a newer one",
        426,
        pause_channel=True,
        source="Versioning: NONEXISTENT_VERSION",
    ),
    Rule(ReconnectNeeded, "does not grant a permission", 403, source="Error handling: ACCESS_DENIED"),
    # The daily limits end at midnight UTC and are not published: without a header the usual back-off decides.
    Rule(Refused, "is throttling", 429, source="Rate limiting"),
    Rule(Uncertain, "gave up waiting", 504, source="Error handling"),
)

_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")


def judge(answer: Answer) -> NetworkError | None:
    """None for an answer that a client package may read, else what it means."""
    if answer.ok:
        return None
    wait = retry_after(answer.headers, answer.date)
    return classify(answer, complaint_of(answer), TABLE, network=TITLE, wait=wait)


def complaint_of(answer: Answer) -> Complaint:
    """``{"status", "code", "serviceErrorCode", "message", "errorDetails"}``, where the last holds ``inputErrors`` with
    ``code`` and ``description``; or, at the token address, OAuth's ``{"error", "error_description"}``."""
    body = answer.json()
    if not isinstance(body, dict):
        return Complaint(message=words_of(answer))
    inputs = reading.items(reading.child(body, "errorDetails", "inputErrors"))
    message = reading.text(body.get("message")) or reading.text(body.get("error_description"))
    details = [reading.text(i.get("description")) for i in inputs]
    said = " ".join([message, *details]).strip()
    urn = _URN.search(said)
    return Complaint(tuple(_codes(body, inputs)), said, urn.group() if urn else None)


def _codes(body: dict[str, Any], inputs: list[dict[str, Any]]) -> list[str]:
    codes = [*(i.get("code") for i in inputs), body.get("code"), body.get("error"), body.get("serviceErrorCode")]
    return [found for code in codes if (found := reading.identifier(code)) is not None]
