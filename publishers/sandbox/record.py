"""What arrived: a bounded log of requests, without tokens."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .faults import concerns
from .service import Outcome
from .wire import Conduct, Request

KEPT = 20_000
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_SECRET_PARAMETERS = re.compile(
    r"\b((?:access_token|appsecret_proof|client_secret|fb_exchange_token|input_token|oauth_\w+)=)[^&]*"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    request: Request
    network: str
    operation: str
    account: str | None
    status: int | None


class RequestLog:
    """The last 20,000 requests in the order in which they were answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[_Entry] = deque(maxlen=KEPT)

    def add(self, request: Request, network: str, outcome: Outcome) -> None:
        answered = outcome.response.conduct not in (Conduct.HANG, Conduct.RESET)
        status = outcome.response.status if answered else None
        with self._lock:
            self._entries.append(_Entry(_without_body(request), network, outcome.operation, outcome.account, status))

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def entries(self, network: str | None = None, operation: str | None = None) -> list[dict[str, Any]]:
        """JSON objects in order of arrival; ``status`` is null where no answer was given."""
        with self._lock:
            chosen = [
                entry for entry in self._entries
                if network in (None, entry.network) and concerns(operation, entry.operation)
            ]  # fmt: skip
        return [_json(entry) for entry in sorted(chosen, key=lambda entry: entry.request.arrived_at)]


def arrival(seconds: float) -> str:
    """Wall-clock seconds as RFC 3339 with microseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _without_body(request: Request) -> Request:
    request.headers["content-length"] = str(len(request.body))
    request.body = b""
    return request


def _json(entry: _Entry) -> dict[str, Any]:
    request = entry.request
    return {
        "at": arrival(request.arrived_at), "arrived_at": request.arrived_at, "method": request.method,
        "path": _SECRET_PARAMETERS.sub(r"\1…", request.target), "network": entry.network, "operation": entry.operation,
        "account": entry.account, "size": int(request.headers["content-length"]), "status": entry.status,
        "headers": {name: value for name, value in request.headers.items() if name not in _SECRET_HEADERS},
    }  # fmt: skip
