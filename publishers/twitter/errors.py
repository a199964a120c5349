"""What X's answers mean (docs.x.com, "Response codes and errors"; problem types in its OpenAPI description)."""

from __future__ import annotations

from typing import Any

from publishers import reading
from publishers.base import Duplicate, NetworkError, PaymentRequired, ReconnectNeeded, Refused, Throttled, Uncertain
from publishers.errors import Answer, Complaint, Rule, classify, retry_after, until_reset, words_of

TITLE = "X"

TABLE = (
    Rule(
        Throttled,
        "says that the day's quota is used up",
        code="usage-capped/Daily",
        wait=3600,
        source="OpenAPI UsageCapExceededProblem: period Daily or Monthly",
        advice="limit_day",
    ),
    Rule(
        Refused,
        "says that the plan's quota is used up",
        code="usage-capped",
        pause_channel=True,
        source="OpenAPI UsageCapExceededProblem",
        advice="quota",
    ),
    Rule(
        Refused,
        "no longer has a file that was uploaded",
        400,
        says="media ids are invalid",
        source="docs.x.com: an upload that no post uses expires after 24 hours; it is uploaded anew",
        advice="upload_gone",
    ),
    Rule(
        PaymentRequired,
        "asks the operator to add credits",
        402,
        source="docs.x.com, pay per use: CreditsDepleted",
        advice="topping_up",
    ),
    Rule(
        Duplicate,
        "already has a post with this text",
        403,
        says="duplicate content",
        source="docs.x.com, 403",
        advice="has_already",
    ),
    Rule(
        Duplicate, "already has a post with this text", 403, code="187", source="v1.1 error 187", advice="has_already"
    ),
    Rule(
        Throttled,
        "says that the daily limit is reached",
        403,
        code="185",
        wait=3600,
        source="v1.1 error 185",
        advice="limit_day",
    ),
    Rule(
        ReconnectNeeded,
        "wants the account to sign in again",
        403,
        code="unsupported-authentication",
        source="docs.x.com, problem unsupported-authentication",
        advice="access_ended",
    ),
    Rule(
        ReconnectNeeded,
        "does not let this app act for the account",
        403,
        code="client-forbidden",
        source="OpenAPI ClientForbiddenProblem",
        advice="app_forbidden",
    ),
    Rule(
        ReconnectNeeded,
        "does not grant a permission",
        403,
        code="oauth1-permissions",
        source="docs.x.com, 403: scopes of the app or the token",
        advice="app_reads_only",
    ),
    Rule(ReconnectNeeded, "has locked the account", 403, code="326", source="v1.1 error 326", advice="account_locked"),
    Rule(
        ReconnectNeeded, "has suspended the account", 403, code="64", source="v1.1 error 64", advice="account_suspended"
    ),
    Rule(ReconnectNeeded, "lets this app read only", 403, code="261", source="v1.1 error 261", advice="app_reads_only"),
    Rule(
        Uncertain,
        "says that the connection was gone before its answer",
        code="client-disconnected",
        source="OpenAPI ClientDisconnectedProblem: what came of the request stays open",
        advice="connection_gone",
    ),
)

_LIMITS = ("x-user-limit-24hour", "x-app-limit-24hour")


def judge(answer: Answer) -> NetworkError | None:
    """None for an answer that a client package may read, else what it means."""
    if answer.ok:
        return None
    return classify(answer, complaint_of(answer), TABLE, network=TITLE, wait=_wait(answer))


def complaint_of(answer: Answer) -> Complaint:
    """X answers with a problem (``type``, ``title``, ``detail``), with ``errors`` (``code``, ``message``), or, at its
    token address, as OAuth does (``error``, ``error_description``)."""
    body = answer.json()
    if not isinstance(body, dict):
        return Complaint(message=words_of(answer))
    errors = reading.items(body.get("errors"))
    problems = [body, *errors]
    codes = [code for p in problems for code in _codes(p)]
    message = next((m for p in problems if (m := _message(p))), "")
    return Complaint(tuple(codes), message)


def _codes(problem: dict[str, Any]) -> list[str]:
    kind = reading.text(problem.get("type")).rstrip("/").rpartition("/")[2]
    code = reading.identifier(problem.get("code")) or reading.text(problem.get("error"))
    period = reading.text(problem.get("period"))
    kinds = [f"{kind}/{period}", kind] if kind and period else [kind] if kind != "about:blank" else []
    return [c for c in (*kinds, code) if c]


def _message(problem: dict[str, Any]) -> str:
    for name in ("detail", "message", "error_description", "title"):
        if value := reading.text(problem.get(name)):
            return value
    return ""


def _wait(answer: Answer) -> float | None:
    """``Retry-After``, else the reset of a spent daily limit, else that of the 15-minute window."""
    headers = answer.headers
    asked = retry_after(headers, answer.date)
    if asked is not None:
        return asked
    for limit in _LIMITS:
        if headers.get(f"{limit}-remaining") == "0":
            return until_reset(headers.get(f"{limit}-reset"), answer.date)
    return until_reset(headers.get("x-rate-limit-reset"), answer.date)
