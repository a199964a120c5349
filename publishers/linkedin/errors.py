"""What LinkedIn's answers mean (learn.microsoft.com, "Error handling" and the Posts API's own table)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from publishers import reading
from publishers.base import Duplicate, NetworkError, ReconnectNeeded, Throttled, VersionOver
from publishers.errors import Answer, Complaint, Rule, classify, retry_after, words_of
from publishers.limits import until_midnight

TITLE = "LinkedIn"

TABLE = (
    Rule(
        Duplicate,
        "already has this post",
        code="DUPLICATE_POST",
        source="Posts API: 409; reports of apps: 422",
        advice="has_already",
    ),
    Rule(
        Duplicate,
        "already has this post",
        422,
        says="duplicate of urn:li:",
        source="reports of apps: words alone",
        advice="has_already",
    ),
    Rule(
        VersionOver,
        "no longer serves this version of its API",
        426,
        pause_channel=True,
        source="Versioning: NONEXISTENT_VERSION",
        advice="version",
    ),
    Rule(
        ReconnectNeeded,
        "does not grant a permission",
        403,
        source="Error handling: ACCESS_DENIED",
        advice="permission_or_role",
    ),
    Rule(Throttled, "is throttling", 429, source="Rate limiting", advice="limit"),
)

_OF_THE_DAY = re.compile(r"\b(DAY|daily)\b")
_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")


def judge(answer: Answer) -> NetworkError | None:
    """None for an answer that a client package may read, else what it means."""
    if answer.ok:
        return None
    complaint = complaint_of(answer)
    return classify(answer, complaint, TABLE, network=TITLE, wait=_wait(answer, complaint))


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


def _wait(answer: Answer, complaint: Complaint) -> float | None:
    """``Retry-After``; else, for a limit of the day, until midnight UTC, when they all start anew (Rate limiting).

    The message names the kind: "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is
    reached". Of other limits nothing is said, and the usual back-off decides.
    """
    asked = retry_after(answer.headers, answer.date)
    if asked is not None or answer.status != 429 or not _OF_THE_DAY.search(complaint.message):
        return asked
    return until_midnight(answer.date or datetime.now(UTC))


def _codes(body: dict[str, Any], inputs: list[dict[str, Any]]) -> list[str]:
    codes = [*(i.get("code") for i in inputs), body.get("code"), body.get("error"), body.get("serviceErrorCode")]
    return [found for code in codes if (found := reading.identifier(code)) is not None]
