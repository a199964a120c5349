"""What every connected account shares: its session, its deadline, its preparations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from publishers.base import (
    Connection,
    Credentials,
    Heard,
    Recent,
    ReconnectNeeded,
    Refused,
    Rejected,
    RemotePost,
    Uncertain,
)
from publishers.costs import Charge
from publishers.dialogue import Remark, Remarks
from publishers.http import NetworkSession, one_call
from publishers.limits import LimitReading
from publishers.optional import AfterPublishing, Counting, Talking
from publishers.preparing import Preparation


class Connected(AfterPublishing, Counting, Talking):
    """One account of one network over one session. Adapters inherit from this and add the contract's methods."""

    def __init__(self, network: str, session: NetworkSession, connection: Connection) -> None:
        self._network = network
        self._session = session
        self._connection = connection

    def close(self) -> None:
        self._session.close()

    def limits(self) -> tuple[LimitReading, ...]:
        return self._session.take_limits()

    def charges(self) -> tuple[Charge, ...]:
        return self._session.take_charges()

    @contextmanager
    def _call(self) -> Iterator[None]:
        with one_call(self._network, self._connection.timeout):
            yield

    @contextmanager
    def _preparing(self, hear: Heard) -> Iterator[Preparation]:
        """A preparation can make nothing visible: what is uncertain about an upload is safe to try again."""
        try:
            yield Preparation(self._network, self._connection, hear)
        except Uncertain as error:
            raise Refused(
                str(error), status=error.status, code=error.code, network_message=error.network_message
            ) from error

    def _network_time(self) -> datetime | None:
        return self._session.last.date if self._session.last else None

    def _recent(self, posts: Iterable[RemotePost], *, complete: bool) -> Recent:
        """What was listed, newest first, each post once: a page may shift while it is turned."""
        once = {post.remote_id: post for post in posts}
        ordered = sorted(once.values(), key=lambda post: post.created_at, reverse=True)
        return Recent(tuple(ordered), complete, self._network_time())

    def _remarks_of_each(self, post_ids: Iterable[str], read: Callable[[str], tuple[list[Remark], bool]]) -> Remarks:
        """What stands under each post, where it is asked for one by one. ``read`` gives it, and whether that is all."""
        found: list[Remark] = []
        whole: set[str] = set()
        gone: set[str] = set()
        for post_id in post_ids:
            try:
                remarks, complete = read(post_id)
            except Rejected as error:
                if error.status not in (404, 410):
                    raise
                gone.add(post_id)
                continue
            found += remarks
            if complete:
                whole.add(post_id)
        return self._remarks(found, frozenset(whole), frozenset(gone))

    def _remarks(
        self,
        remarks: Iterable[Remark],
        whole: frozenset[str] = frozenset(),
        gone: frozenset[str] = frozenset(),
        *,
        cursor: str | None = None,
        complete: bool = True,
    ) -> Remarks:
        """What was said, oldest first, each remark once."""
        once = {remark.ref.remote_id: remark for remark in remarks}
        ordered = sorted(once.values(), key=lambda remark: remark.said_at)
        return Remarks(tuple(ordered), whole, gone, cursor, complete, self._network_time())


def required(credentials: Credentials, name: str, network: str) -> str:
    """A credential that must be there. Raises ReconnectNeeded."""
    value = credentials.get(name, "").strip()
    if not value:
        raise ReconnectNeeded(f"The connection to {network} has no {name}.")
    return value
