"""What the clock does for many, one after another: an adapter that fails at one keeps none of the others back."""

from __future__ import annotations

from logging import Logger
from types import TracebackType
from typing import Self

from sqlalchemy.exc import OperationalError


class OneOfMany:
    """Whatever goes wrong inside the block is logged as ``said``, and ``failed`` tells of it afterwards.

    What an adapter gives may be of any kind, so anything may be raised. What is let through is a database that is busy
    or away: that concerns all of them.
    """

    def __init__(self, log: Logger, said: str) -> None:
        self.failed = False
        self._log = log
        self._said = said

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        self.failed = isinstance(error, Exception) and not isinstance(error, OperationalError)
        if self.failed:
            self._log.error(self._said, exc_info=error)
        return self.failed
