"""Bringing media to a network: how long that may take, who hears of it, and how a file is sent in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from publishers.base import Connection, Heard, Medium, NetworkError, Progress, Refused, Rejected, Stage
from publishers.http import one_call

STEP_SECONDS = 5.0
"""The longest that anybody waits without hearing that the preparation lives."""

SLOWEST = 250_000
"""Bytes a second that a single large upload is given time for, besides the time-out of a call."""


class Preparation:
    """One preparation of one post."""

    def __init__(self, network: str, connection: Connection, hear: Heard) -> None:
        self.network = network
        self._seconds = connection.timeout
        self._waiting = connection.waiting
        self._ends = connection.waiting.now() + connection.prepare_timeout
        self._hear = hear
        self._stopped: BaseException | None = None

    def left(self) -> float:
        """Seconds that it may still take."""
        return self._ends - self._waiting.now()

    @contextmanager
    def call(self, size: int = 0) -> Iterator[None]:
        """One call of the network that sends ``size`` bytes. Raises Refused where no time is left for it."""
        if self.left() <= 0:
            raise Refused(f"Bringing the media to {self.network} took too long.")
        try:
            with one_call(self.network, min(self._seconds + size / SLOWEST, self.left())):
                yield
        except NetworkError:
            if self._stopped is not None:  # whoever heard wants no more: that is no failure of the network
                raise self._stopped from None
            raise

    def tell(self, number: int, stage: Stage, done: int, total: int) -> None:
        """Tell how far the medium of that number is."""
        try:
            self._hear(Progress(number, stage, done, total))
        except BaseException as error:
            self._stopped = error
            raise

    def wait(self, number: int, seconds: float, percent: int | None = None) -> None:
        """Let time pass while the network processes, telling that we live; Refused where it ends too late."""
        if seconds >= self.left():
            raise Refused(f"{self.network} is still processing what was uploaded.", retry_after=max(seconds, 1.0))
        until = self._waiting.now() + seconds
        self.tell(number, Stage.PROCESSING, percent or 0, 0 if percent is None else 100)
        while (rest := until - self._waiting.now()) > 0:
            self._waiting.sleep(min(rest, STEP_SECONDS))
            self.tell(number, Stage.PROCESSING, percent or 0, 0 if percent is None else 100)

    def body(self, number: int, medium: Medium, start: int = 0, length: int | None = None) -> FileBody:
        """A part of a file as the body of one request, which tells how far it is while it is sent."""
        return FileBody(self, number, medium, start, size_of(medium) - start if length is None else length)


class FileBody:
    """A stretch of a file, read as it is sent. The shape is what ``requests`` takes for a body of known length."""

    def __init__(self, preparation: Preparation, number: int, medium: Medium, start: int, length: int) -> None:
        self._preparation, self._number, self._medium = preparation, number, medium
        self._start, self._length, self._done, self._told = start, length, 0, 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(65_536):
            yield piece

    def read(self, amount: int = -1) -> bytes:
        rest = self._length - self._done
        piece = read_piece(self._medium, self._start + self._done, rest if amount < 0 else min(amount, rest))
        self._done += len(piece)
        if self._done - self._told >= 1_000_000 or (piece and self._done == self._length):
            self._told = self._done
            self._preparation.tell(self._number, Stage.UPLOADING, self._start + self._done, size_of(self._medium))
        return piece


def size_of(medium: Medium) -> int:
    """How many bytes a file has. Raises Rejected where it is gone: nothing is sent then."""
    try:
        return medium.path.stat().st_size
    except OSError:
        raise Rejected("The file cannot be read: it is missing.") from None


def read_piece(medium: Medium, start: int, length: int) -> bytes:
    """A stretch of a file. Raises Rejected where the file does not have it (any more)."""
    if length <= 0:
        return b""
    try:
        with medium.path.open("rb") as file:
            file.seek(start)
            piece = file.read(length)
    except OSError:
        raise Rejected("The file cannot be read: it is missing.") from None
    if len(piece) < length:
        raise Rejected("The file is shorter than it was.")
    return piece


def pieces(medium: Medium, length: int) -> Iterator[tuple[int, bytes]]:
    """A whole file in pieces of at most ``length`` bytes, each with where it starts."""
    size = size_of(medium)
    for start in range(0, size, length):
        yield start, read_piece(medium, start, min(length, size - start))
