"""Rate limits: how often an account, or the developer's app, may do something within a window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .wire import Clock

QUARTER, HOUR, DAY = 900, 3600, 86400


@dataclass(frozen=True, slots=True)
class Window:
    """``limit`` calls within ``seconds``, counted per account or (``scope="app"``) over all of them.

    It begins with its first call or, ``aligned``, with the day or hour itself (UTC).
    """

    limit: int
    seconds: int
    scope: str = "account"
    aligned: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Where a window stands. ``reset`` in seconds since the epoch."""

    window: Window
    used: int
    reset: int
    exceeded: bool = False

    @property
    def remaining(self) -> int:
        return max(0, self.window.limit - self.used)


DEFAULTS: dict[str, tuple[Window, ...]] = {
    # docs.x.com, rate limits: per user and 15 minutes; posts also 10,000 a day and app.
    "twitter.publish": (Window(100, QUARTER), Window(10_000, DAY, "app")),
    "twitter.delete": (Window(50, QUARTER),),
    "twitter.metrics": (Window(5000, QUARTER),),
    "twitter.list": (Window(900, QUARTER),),
    "twitter.comments": (Window(300, QUARTER),),
    "twitter.moderate": (Window(50, QUARTER),),
    "twitter.verify": (Window(75, QUARTER),),
    "twitter.upload": (Window(500, QUARTER),),
    # Meta counts calls per Page and day against 4,800 times the people who engaged (100 of them are assumed), and those
    # of the app per hour against 200 times its users (1,000).
    "facebook": (Window(480_000, DAY), Window(200_000, HOUR, "app")),
    # LinkedIn publishes no figures for its social endpoints; they are reset at midnight UTC.
    "linkedin": (Window(100_000, DAY, "app", aligned=True), Window(5000, DAY, aligned=True)),
    "xing": (Window(5000, HOUR),),
}


class Limits:
    """Counts calls. ``windows`` maps ``network.operation``, or a network for all it does, to its windows."""

    def __init__(self, windows: Mapping[str, tuple[Window, ...]], clock: Clock) -> None:
        self.windows, self._first = dict(windows), dict(windows)
        self._clock = clock
        self._counts: dict[tuple[str, Window, str], tuple[float, int]] = {}

    def spend(self, network: str, operation: str, account: str) -> list[Usage]:
        """Count one call and say where its windows stand; nothing is counted where one of them is used up."""
        name = f"{network}.{operation}"
        windows = self.windows.get(name) or self.windows.get(network, ())
        now = self._clock().timestamp()
        spots = [(name, window, account if window.scope == "account" else "") for window in windows]
        states = [self._current(spot, now) for spot in spots]
        full = [used >= spot[1].limit for spot, (_, used) in zip(spots, states, strict=True)]
        added = 0 if any(full) else 1
        for spot, (start, used) in zip(spots, states, strict=True):
            self._counts[spot] = (start, used + added)
        return [
            Usage(spot[1], used + added, math.ceil(start + spot[1].seconds), over)
            for spot, (start, used), over in zip(spots, states, full, strict=True)
        ]

    def set(self, name: str, *windows: Window) -> None:
        """Replace the windows of ``network.operation``, or of a network; none lifts them."""
        self.windows[name] = windows

    def clear(self) -> None:
        """Forget what was counted, and what was set since the start."""
        self._counts.clear()
        self.windows = dict(self._first)

    def _current(self, spot: tuple[str, Window, str], now: float) -> tuple[float, int]:
        begin = now - now % spot[1].seconds if spot[1].aligned else now
        start, used = self._counts.get(spot, (begin, 0))
        return (start, used) if start <= now < start + spot[1].seconds else (begin, 0)
