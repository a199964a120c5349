"""A publisher whose calls are counted and timed. It behaves as the one inside, but that no error leaves it that is none
of a network's: an adapter may be a stranger's, and what it did not foresee is to hold up no other channel."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from planner.counts import Counts
from publishers.base import (
    Account,
    Credentials,
    Duplicate,
    Figures,
    Heard,
    NetworkError,
    OutgoingPost,
    PaymentRequired,
    Prepared,
    Published,
    Publisher,
    Recent,
    ReconnectNeeded,
    Refused,
    Rejected,
    RemotePost,
    Throttled,
    Uncertain,
    Under,
    Unsupported,
    nobody_hears,
)
from publishers.costs import Charge
from publishers.dialogue import RemarkRef, Remarks
from publishers.limits import LimitReading
from publishers.whole import AccountFigures

#: The first that fits names the kind of an error.
KINDS: tuple[tuple[type[NetworkError], str], ...] = (
    (Throttled, "throttled"),
    (Refused, "refused"),
    (PaymentRequired, "payment_required"),
    (Rejected, "rejected"),
    (ReconnectNeeded, "reconnect"),
    (Duplicate, "duplicate"),
    (Uncertain, "uncertain"),
    (Unsupported, "unsupported"),
    (NetworkError, "other"),
)

Told = TypeVar("Told")

_log = logging.getLogger(__name__)


class AdapterFailed(Uncertain):
    """The adapter ended in an error that it did not foresee: that says nothing about what the network did."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"Sendeplan itself failed: {type(error).__name__}.")


class ObservedPublisher:
    """Passes every call on, and notes how long it took and how it failed."""

    def __init__(self, publisher: Publisher, network: str, counts: Counts) -> None:
        self._publisher, self._network, self._counts = publisher, network, counts

    def verify(self) -> Account:
        with self._observed("verify"):
            return self._publisher.verify()

    def prepare(self, post: OutgoingPost, hear: Heard = nobody_hears) -> Prepared:
        with self._observed("prepare", hears_us=True):
            return self._publisher.prepare(post, hear)

    def publish(self, prepared: Prepared) -> Published:
        with self._observed("publish"):
            return self._publisher.publish(prepared)

    def find_recent(self, since: datetime, under: Under | None = None) -> Recent:
        with self._observed("find_recent"):
            return self._publisher.find_recent(since, under) if under else self._publisher.find_recent(since)

    def metrics(self, remote_ids: Sequence[str], films: Collection[str] = ()) -> dict[str, Figures]:
        with self._observed("metrics"):
            return self._publisher.metrics(remote_ids, films) if films else self._publisher.metrics(remote_ids)

    def delete(self, remote_id: str) -> None:
        with self._observed("delete"):
            self._publisher.delete(remote_id)

    def refresh(self) -> Credentials | None:
        with self._observed("refresh"):
            return self._publisher.refresh()

    # --- what a publisher may have besides (publishers.optional) -------------------------------------------

    def look(self, remote_id: str) -> RemotePost | None:
        with self._observed("look"):
            found: RemotePost | None = self._optional("look")(remote_id)
            return found

    def edit(self, remote_id: str, post: OutgoingPost) -> None:
        with self._observed("edit"):
            self._optional("edit")(remote_id, post)

    def remarks(self, post_ids: Sequence[str], since: datetime) -> Remarks:
        with self._observed("remarks"):
            found: Remarks = self._optional("remarks")(post_ids, since)
            return found

    def mentions(self, since: datetime, cursor: str | None = None) -> Remarks:
        with self._observed("mentions"):
            found: Remarks = self._optional("mentions")(since, cursor)
            return found

    def answer(self, to: RemarkRef, text: str, key: str = "") -> Published:
        with self._observed("answer"):
            answered: Published = self._optional("answer")(to, text, key)
            return answered

    def answers(self, to: RemarkRef, since: datetime) -> Remarks:
        with self._observed("answers"):
            found: Remarks = self._optional("answers")(to, since)
            return found

    def hide(self, remark: RemarkRef, *, hidden: bool) -> None:
        with self._observed("hide"):
            self._optional("hide")(remark, hidden=hidden)

    def like(self, remark: RemarkRef, *, liked: bool) -> None:
        with self._observed("like"):
            self._optional("like")(remark, liked=liked)

    def remove(self, remark: RemarkRef) -> None:
        with self._observed("remove"):
            self._optional("remove")(remark)

    def account_figures(self, first: date, last: date) -> AccountFigures:
        with self._observed("account_figures"):
            found: AccountFigures = self._optional("account_figures")(first, last)
        return found

    def named(self, name: str) -> Account | None:
        with self._observed("named"):
            found: Account | None = self._optional("named")(name)
        return found

    def _optional(self, name: str) -> Callable[..., Any]:
        """A method that not every publisher has. Raises Unsupported where this one has not."""
        found: Callable[..., Any] | None = getattr(self._publisher, name, None)
        if found is None:
            raise Unsupported("This connection cannot do that.")
        return found

    # --- what is heard besides: an adapter that fails at it takes no answer along ------------------------------

    def limits(self) -> tuple[LimitReading, ...]:
        return _told("limits", self._publisher.limits, LimitReading)

    def charges(self) -> tuple[Charge, ...]:
        return _told("charges", self._publisher.charges, Charge)

    def close(self) -> None:
        try:
            self._publisher.close()
        except Exception:  # noqa: BLE001 - a stranger's code may fail in any way
            _log.exception("The adapter failed at close")

    @contextmanager
    def _observed(self, operation: str, *, hears_us: bool = False) -> Iterator[None]:
        """``hears_us``: the adapter calls us back meanwhile, and our own errors are to come through it."""
        started = time.monotonic()
        try:
            yield
        except NetworkError as error:
            self._counts.errors.add(self._network, operation, _kind(error))
            raise
        except Exception as error:
            self._counts.errors.add(self._network, operation, "ours")
            if hears_us:
                raise
            _log.exception("The adapter failed at %s", operation)
            raise AdapterFailed(error) from error
        finally:
            self._counts.calls.observe(time.monotonic() - started, self._network, operation)


def _told(operation: str, ask: Callable[[], Iterable[Any]], kind: type[Told]) -> tuple[Told, ...]:
    try:
        return tuple(one for one in ask() if isinstance(one, kind))
    except Exception:  # noqa: BLE001 - a stranger's code may fail in any way
        _log.exception("The adapter failed at %s", operation)
        return ()


def _kind(error: NetworkError) -> str:
    return next(kind for fits, kind in KINDS if isinstance(error, fits))
