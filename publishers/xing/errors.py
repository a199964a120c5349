"""What XING's answers mean (its partner API; names as its client libraries know them)."""

from __future__ import annotations

from publishers import reading
from publishers.base import NetworkError, ReconnectNeeded, Refused, Throttled, Uncertain
from publishers.errors import Answer, Complaint, Rule, classify, retry_after, words_of

TITLE = "XING"

_CLIENT = "XING's own client library"

TABLE = (
    Rule(
        Throttled,
        "is throttling",
        403,
        code="RATE_LIMIT_EXCEEDED",
        source="client libraries: 403, not 429",
        advice="limit",
    ),
    Rule(
        Uncertain,
        "says that this request came before",
        401,
        code="NONCE_ALREADY_USED",
        source="XING's own client library; the one that came before may have been taken",
        advice="came_before",
    ),
    Rule(
        Refused, "finds the clock of this machine wrong", 401, code="TIMESTAMP_EXPIRED", source=_CLIENT, advice="clock"
    ),
    Rule(
        Refused, "finds the clock of this machine wrong", 401, code="INVALID_TIMESTAMP", source=_CLIENT, advice="clock"
    ),
    Rule(
        ReconnectNeeded,
        "does not accept the token",
        401,
        code="INVALID_OAUTH_TOKEN",
        source="client libraries",
        advice="access_ended",
    ),
    Rule(
        ReconnectNeeded,
        "does not grant a permission",
        403,
        code="INSUFFICIENT_PRIVILEGES",
        source="client libraries",
        advice="permission_partner",
    ),
    Rule(
        ReconnectNeeded,
        "does not grant a permission",
        403,
        code="ACCESS_DENIED",
        source="client libraries",
        advice="permission_partner",
    ),
)


def judge(answer: Answer) -> NetworkError | None:
    """None for an answer that a client package may read, else what it means."""
    if answer.ok:
        return None
    wait = retry_after(answer.headers, answer.date)
    return classify(answer, complaint_of(answer), TABLE, network=TITLE, wait=wait)


def complaint_of(answer: Answer) -> Complaint:
    """``{"error_name", "message"}``. XING also sends plain words under a JSON content type."""
    body = answer.json()
    if not isinstance(body, dict):
        return Complaint(message=words_of(answer))
    name = reading.text(body.get("error_name"))
    return Complaint((name,) if name else (), reading.text(body.get("message")))
