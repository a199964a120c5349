"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Says the same aware UTC time until :meth:`advance` or :meth:`set` is called.

    ``FakeClock("2026-03-16T09:00:00Z")`` or with an aware ``datetime``. Fits wherever the code takes a clock: it has
    ``now()`` and can itself be called.
    """

    def __init__(self, start: datetime | str = "2026-03-16T09:00:00Z") -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        return self._now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta | None = None, **parts: float) -> datetime:
        """Move on by a ``timedelta``, or by its parts: ``advance(minutes=5)``. Returns the new time."""
        self._now += by if by is not None else timedelta(**parts)
        return self._now

    def set(self, to: datetime | str) -> datetime:
        self._now = _aware(to)
        return self._now


def _aware(time: datetime | str) -> datetime:
    value = datetime.fromisoformat(time) if isinstance(time, str) else time
    if value.tzinfo is None:
        raise ValueError(f"{time} has no zone")
    return value.astimezone(UTC)
