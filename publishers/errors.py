"""From an answer to an error of the contract: what every adapter shares.

Each adapter keeps a readable table of :class:`Rule` in its own ``errors.py``. What no rule of that table names is
decided by :data:`BY_STATUS`, which errs on the side of "may have been accepted".
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from publishers.base import (
    Duplicate,
    NetworkError,
    PaymentRequired,
    ReconnectNeeded,
    Refused,
    Rejected,
    Throttled,
    Uncertain,
)
from publishers.limits import bounded

LONGEST_MESSAGE = 300
"""Characters of a network's own words that are kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end. ``path`` is without query, ``headers`` are looked up in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    method: str = "GET"
    path: str = "/"

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def date(self) -> datetime | None:
        """The network's own clock (``Date`` header), aware, UTC."""
        return parse_http_date(self.headers.get("Date", ""))


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a network said went wrong: its ``codes``, the most specific first, and its words."""

    codes: tuple[str, ...] = ()
    message: str = ""
    existing_id: str | None = None

    @property
    def code(self) -> str:
        return self.codes[0] if self.codes else ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table: which answer means what.

    A row fits when all of ``status``, ``code`` and ``says`` (a part of the network's words, lower case) fit, as far as
    it gives them. ``message`` is ours; ``wait`` in seconds is used where the answer names no time; ``source`` says
    where the fact comes from. ``advice`` is a code for what a person can do about it; what becomes of the post hangs on
    ``kind`` alone.
    """

    kind: type[NetworkError]
    message: str
    status: int | range | None = None
    code: str | None = None
    says: str = ""
    wait: float | None = None
    pause_channel: bool = False
    missing: tuple[str, ...] = ()
    source: str = ""
    advice: str = ""

    def fits(self, status: int, complaint: Complaint) -> bool:
        if isinstance(self.status, range):
            if status not in self.status:
                return False
        elif self.status is not None and status != self.status:
            return False
        if self.code is not None and self.code not in complaint.codes:
            return False
        return self.says in complaint.message.lower()


BY_STATUS = (
    Rule(
        Uncertain,
        "answered with a redirect",
        range(300, 400),
        source="RFC 9110, 15.4: it says nothing of the post",
        advice="redirected",
    ),
    Rule(
        ReconnectNeeded,
        "does not accept the access token",
        401,
        source="RFC 9110, 15.5.2; RFC 6750, 3.1",
        advice="access_ended",
    ),
    Rule(PaymentRequired, "asks for payment", 402, source="RFC 9110, 15.5.3", advice="topping_up"),
    Rule(
        Uncertain,
        "gave up waiting",
        408,
        source="RFC 9110, 15.5.9: what came of it stays open",
        advice="gave_up",
    ),
    Rule(
        Uncertain,
        "reports a conflict",
        409,
        source="RFC 9110, 15.5.10: it may conflict with itself",
        advice="conflict",
    ),
    Rule(
        Uncertain,
        "reports a request that came too early",
        425,
        source="RFC 8470, 5.2: it may be a replay",
        advice="too_early",
    ),
    Rule(Throttled, "is throttling", 429, source="RFC 6585, 4", advice="limit"),
    Rule(Rejected, "did not accept this", range(400, 500), source="RFC 9110, 15.5", advice="not_accepted"),
    Rule(
        Uncertain,
        "has a problem of its own",
        range(500, 600),
        source="RFC 9110, 15.6: it may be stored",
        advice="network_trouble",
    ),
    Rule(Uncertain, "gave an unexpected answer", source="no status that RFC 9110 knows", advice="unexpected"),
)

# A server error may come after the post was stored, whatever its body says: it is decided before any table.
BEFORE_TABLES = tuple(rule for rule in BY_STATUS if rule.status == range(500, 600))


def classify(
    answer: Answer, complaint: Complaint, table: Sequence[Rule], *, network: str, wait: float | None = None
) -> NetworkError:
    """The error that an answer means. ``wait``: seconds that the network asks to wait, where it says so."""
    for rule in (*BEFORE_TABLES, *table, *BY_STATUS):
        if rule.fits(answer.status, complaint):
            error = _make(rule, answer, complaint, network, wait)
            error.advice = rule.advice
            return error
    raise AssertionError("BY_STATUS ends with a rule that fits everything")


def _make(rule: Rule, answer: Answer, complaint: Complaint, network: str, wait: float | None) -> NetworkError:
    message = f"{network} {rule.message} (HTTP {answer.status})."
    status, code, words = answer.status, complaint.code, shorten(complaint.message)
    if issubclass(rule.kind, Refused):
        pause = rule.pause_channel
        seconds = wait if wait is not None else rule.wait
        return rule.kind(
            message, retry_after=seconds, pause_channel=pause, status=status, code=code, network_message=words
        )
    if issubclass(rule.kind, ReconnectNeeded):
        return rule.kind(message, missing=rule.missing, status=status, code=code, network_message=words)
    if issubclass(rule.kind, Duplicate):
        existing = complaint.existing_id
        return rule.kind(message, existing_id=existing, status=status, code=code, network_message=words)
    return rule.kind(message, status=status, code=code, network_message=words)


# --- how long to wait --------------------------------------------------------------------------------------


def retry_after(headers: Mapping[str, str], date: datetime | None = None) -> float | None:
    """Seconds from the header ``Retry-After``, which holds seconds or an HTTP date (RFC 9110, 10.2.3)."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return bounded(float(value))
    until = parse_http_date(value)
    return _until(until.timestamp(), date) if until else None


def until_reset(value: str | None, date: datetime | None = None) -> float | None:
    """Seconds until a reset that a header gives as Unix time. ``date`` is the network's clock: ours may be wrong."""
    if value is None or not re.fullmatch(r"\d{1,12}", value.strip()):
        return None
    return _until(float(value), date)


def parse_http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _until(moment: float, date: datetime | None) -> float:
    return bounded(moment - (date.timestamp() if date else time.time()))


# --- words that are safe to keep ---------------------------------------------------------------------------

_CREDENTIAL = re.compile(
    r"(?i)\b(access_token|refresh_token|fb_exchange_token|input_token|oauth2_access_token|oauth_token|oauth_token_secret"
    r"|oauth_signature|client_secret|consumer_secret|appsecret_proof|token)[\"']?(\s*[=:]\s*|%3D)[\"']?[^\s\"'&,;]+"
)
_BEARER = re.compile(r"(?i)\b(bearer|oauth|basic)\s+[\w.~+/%|-]{8,}=*")
_FACEBOOK_TOKEN = re.compile(r"\bEAA[\w-]{12,}")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without credentials: the given ones, and whatever looks like one."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "…")
    text = _CREDENTIAL.sub(r"\1=…", text)
    text = _BEARER.sub(r"\1 …", text)
    return _FACEBOOK_TOKEN.sub("…", text)


def shorten(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """One line of at most ``longest`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def words_of(answer: Answer) -> str:
    """A body that is no JSON as words: nothing for HTML, whose words are no message to a person."""
    text = answer.body[:2000].decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else shorten(text)
