"""The fault switch: what goes wrong, with which requests, and how often.

=====================  ======================================================================================
kind                   what the caller sees
=====================  ======================================================================================
timeout                no answer for ``seconds`` (60), then the connection closes
reset                  the connection is reset instead of an answer
error                  ``status`` (503) in the network's own error shape
html                   ``status`` (503) with an HTML page
malformed              the answer's JSON, spoiled
truncated              half of the answer, then the connection closes
empty                  the answer's status with an empty body and no headers of its own
drip                   the answer, in small pieces over ``seconds``
throttled              the network's rate-limit answer, with ``retry_after`` or ``reset_in`` seconds, or neither
expired_token          the network's answer to an expired token
missing_permission     the network's answer to a missing permission
account_gone           the network's answer where the account is closed, or no longer the caller's
duplicate              the network's answer to a text it has already
payment_required       402 in the network's error shape
usage_capped           X's usage-capped problem
version_retired        426 (LinkedIn), or the network's answer to a version that has ended
rejected               the network's answer to a request it never takes
listing_lag            nothing; the post is listed only after ``seconds`` (120)
processing_failed      nothing at first; the file that the request completes fails to be processed
processing_slow        nothing at first; the file that the request completes takes ``seconds`` (600) to be processed
=====================  ======================================================================================

``accepted`` says whether the network carries out the request all the same. Unset, it is true for malformed,
truncated, empty, drip, listing_lag and the two of processing, false for the rest. With ``lag``, an accepted post
is also listed only after that many seconds. With ``delay``, an accepted request is carried out only that many seconds
after it came, by the networks' clock: the caller's answer tells nothing of it.
"""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .wire import Response

PROCESSING = {"processing_failed": "fails", "processing_slow": "slow"}
ACCEPTING = frozenset({"malformed", "truncated", "empty", "drip", "listing_lag", *PROCESSING})
KINDS = ACCEPTING | {
    "timeout", "reset", "error", "html", "throttled", "expired_token", "missing_permission", "account_gone",
    "duplicate", "payment_required", "usage_capped", "version_retired", "rejected",
}  # fmt: skip
_SECONDS = {"timeout": 60.0, "drip": 2.0, "listing_lag": 120.0, "processing_failed": 1.0, "processing_slow": 600.0}


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong. None for ``network``, ``operation`` or ``account`` means any.

    ``operation`` is one of publish, upload, update, list, metrics, verify, delete, comments (reading them), reply,
    moderate (hide, like, delete a comment), refresh, read, lookup, portfolios. ``upload`` means each step of an upload:
    upload.start, upload.part, upload.finish (which completes a file; the two of processing strike here), upload.status
    and upload.describe (alternative texts). It strikes ``count`` times (None: always), each time with
    ``probability``, drawn from ``seed``.
    """

    kind: str
    network: str | None = None
    operation: str | None = "publish"
    account: str | None = None
    accepted: bool | None = None
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    status: int = 503
    seconds: float | None = None
    retry_after: float | None = None
    reset_in: float | None = None
    lag: float = 0.0
    delay: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}; one of {', '.join(sorted(KINDS))}")
        if not 0 <= self.probability <= 1:
            raise ValueError("probability is a number from 0 to 1")
        if self.accepted is None:
            self.accepted = self.kind in ACCEPTING
        if self.seconds is None:
            self.seconds = _SECONDS.get(self.kind, 0.0)

    def asking_to_wait(self, refusal: Response) -> Response:
        """A refusal, with the ``Retry-After`` that is wished for."""
        if self.retry_after is not None:
            refusal.headers["Retry-After"] = f"{self.retry_after:g}"
        return refusal


class Faults:
    """The faults that are switched on, tried in the order in which they were added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: list[tuple[Fault, random.Random]] = []
        self.struck: list[str] = []

    def add(self, kind: str, network: str | None = None, operation: str | None = "publish", **options: Any) -> Fault:
        """Switch a fault on; ``options`` are the other fields of :class:`Fault`. Raises ValueError, TypeError."""
        fault = Fault(kind, network, operation, **options)
        with self._lock:
            self._active.append((fault, random.Random(fault.seed)))
        return fault

    def clear(self) -> None:
        with self._lock:
            self._active.clear()
            self.struck.clear()

    def active(self) -> list[dict[str, Any]]:
        """The faults that may still strike, as JSON objects."""
        with self._lock:
            return [asdict(fault) for fault, _ in self._active]

    def any(self) -> bool:
        return bool(self._active)

    def take(self, network: str, operation: str, account: str | None) -> Fault | None:
        """The fault that strikes this request, if any; its count goes down by one."""
        with self._lock:
            for fault, dice in self._active:
                if _fits(fault, network, operation, account) and dice.random() < fault.probability:
                    self._count_down(fault)
                    self.struck.append(fault.kind)
                    return fault
        return None

    def _count_down(self, fault: Fault) -> None:
        if fault.count is not None:
            fault.count -= 1
            self._active = [entry for entry in self._active if entry[0].count != 0]


def fault_fields() -> frozenset[str]:
    """The names that a fault given as JSON may have."""
    return frozenset(field.name for field in fields(Fault))


def concerns(wanted: str | None, operation: str) -> bool:
    """Whether an operation is the wanted one, or one of its steps; None wants any."""
    return wanted in (None, operation) or operation.startswith(f"{wanted}.")


def _fits(fault: Fault, network: str, operation: str, account: str | None) -> bool:
    return (
        fault.network in (None, network)
        and concerns(fault.operation, operation)
        and (fault.account is None or fault.account == account)
    )
