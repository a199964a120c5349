"""What goes wrong at the networks: drawn for each request from the world's own dice."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from publishers.sandbox.faults import Fault, Faults
from tests.simulator.events import Group, Incidents, Mishap, fault_name
from tests.support.clock import FakeClock

#: Together these stay below the settle time: what comes later than that, nothing on our side can rule out.
LATEST_ACCEPT, LONGEST_LAG = 240.0, 240.0
TIMEOUT = 30.0

Options = dict[str, Any]

#: How often each (weight), and what it is.
PUBLISH: tuple[tuple[float, str, Options], ...] = (
    (3, "timeout", {"accepted": True}),
    (2, "timeout", {"accepted": False}),
    (2, "timeout", {"accepted": True, "delay": LATEST_ACCEPT}),
    (1, "timeout", {"accepted": True, "lag": LONGEST_LAG}),
    (1.5, "reset", {"accepted": True}),
    (1.5, "reset", {"accepted": False}),
    (1, "error", {"accepted": True, "status": 503}),
    (1, "error", {"accepted": True, "status": 500, "lag": LONGEST_LAG}),
    (1.5, "error", {"accepted": False, "status": 503}),
    (0.5, "error", {"accepted": True, "status": 504, "delay": LATEST_ACCEPT}),
    (0.5, "html", {"accepted": True, "status": 502}),
    (0.5, "html", {"accepted": False, "status": 502}),
    (1, "malformed", {}),
    (1.5, "truncated", {}),
    (0.7, "empty", {}),
    (2, "listing_lag", {"seconds": LONGEST_LAG}),
    (1.5, "throttled", {"retry_after": 90.0}),
    (1.5, "throttled", {"reset_in": 300.0}),
    (1.5, "throttled", {}),
    (0.4, "rejected", {}),
    (0.4, "payment_required", {}),
)
READ: tuple[tuple[float, str, Options], ...] = (
    (2, "timeout", {"accepted": False}),
    (1, "reset", {"accepted": True}),
    (2, "error", {"accepted": False, "status": 503}),
    (1, "html", {"accepted": False, "status": 502}),
    (1, "malformed", {}),
    (1, "truncated", {}),
    (1, "empty", {}),
    (2, "throttled", {}),
    (1, "throttled", {"retry_after": 60.0}),
)
REFRESH: tuple[tuple[float, str, Options], ...] = (
    (1, "timeout", {"accepted": False}),
    (1, "error", {"accepted": False, "status": 503}),
    (1, "reset", {"accepted": True}),
    (1, "throttled", {"retry_after": 60.0}),
)
#: By operation; every other one reads, or uploads a file.
MENUS = {"publish": PUBLISH, "reply": PUBLISH, "refresh": REFRESH}
#: What is seldom asked for fails more often.
OFTEN = {"refresh": 3.0}
#: What its faults are counted as; any other one's like those of a list.
GROUPS = {"publish": Group.SENDING, "reply": Group.SENDING, "refresh": Group.RENEWING, "list": Group.READING}


class Weather(Faults):
    """Strikes a ``share`` of all requests. Every request takes its time; a time-out takes a caller's whole patience,
    which passes (``patience``) once the caller has the time told."""

    def __init__(self, dice: random.Random, clock: FakeClock, share: float, say: Callable[[str], None]) -> None:
        super().__init__()
        self.share = share
        self.patience = 0.0
        self.counts = Incidents()
        #: Networks where a new token got lost on the way, or that said (XING's "rejected") that the app may not.
        self.shut_out: set[str] = set()
        self._dice, self._clock, self._say = dice, clock, say

    def take(self, network: str, operation: str, account: str | None) -> Fault | None:  # noqa: ARG002 - all accounts alike
        self._clock.advance(seconds=0.05 + 0.5 * self._dice.random())
        if self._dice.random() >= self.share * OFTEN.get(operation, 1.0):
            self._say(f"  {network} {operation}")
            return None
        menu = MENUS.get(operation, READ)
        _, kind, options = self._dice.choices(menu, [weight for weight, _, _ in menu])[0]
        chosen = dict(options)
        for name in ("delay", "lag"):
            if name in options:
                chosen[name] = options[name] * self._dice.random()
        if kind == "timeout":
            chosen["seconds"] = 0.0
            self.patience += TIMEOUT
        if kind == "listing_lag":
            chosen["seconds"] *= self._dice.random()
        loses_token = operation == "refresh" and bool(options.get("accepted"))
        if loses_token or (network, kind) == ("xing", "rejected"):
            self.shut_out.add(network)
        self.counts[Group.REQUEST, operation] += 1
        group = GROUPS.get(operation, Group.READING)
        self.counts[group, fault_name(group, kind, options)] += 1
        if loses_token:
            self.counts[Group.MISHAP, Mishap.TOKEN_LOST] += 1
        self._say(f"  {network} {operation}: {kind} {chosen}")
        return Fault(kind, network, operation, **chosen)

    def pass_patience(self) -> None:
        """The time-outs that were waited for have passed."""
        if self.patience:
            self._clock.advance(seconds=self.patience)
            self.patience = 0.0
