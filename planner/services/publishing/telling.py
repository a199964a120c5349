"""One line in the log for each change of a delivery's state, from whoever makes it: once it is committed.

With the ids that every line about a delivery carries, so that one can read a delivery's whole life by its number.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.orm import Session, attributes, object_session

from planner import logs
from planner.afterwards import afterwards
from planner.domain.states import DeliveryState
from planner.models import Delivery

_log = logging.getLogger(__name__)


class Named(Protocol):
    """What names a delivery: its row, or a :class:`~planner.services.publishing.moves.Ref`."""

    @property
    def id(self) -> int: ...
    @property
    def workspace_id(self) -> int: ...
    @property
    def channel_id(self) -> int: ...


def about(delivery: Named, attempt: int | None = None) -> AbstractContextManager[Any]:
    """A context in which every line of this thread names the delivery, and the attempt that it is about."""
    ids = {"workspace": delivery.workspace_id, "channel": delivery.channel_id}
    return logs.about_delivery(delivery.id, **ids, **({} if attempt is None else {"attempt": attempt}))


def moved(session: Session, delivery: Named, old: DeliveryState | None, new: DeliveryState, **more: Any) -> None:
    """Say, after the commit, that a delivery went from ``old`` (None: it was made) to ``new``."""
    if not _log.isEnabledFor(logging.INFO):
        return
    said = {
        "delivery": delivery.id,
        "workspace": delivery.workspace_id,
        "channel": delivery.channel_id,
        "from": None if old is None else old.value,
        "to": new.value,
    }
    given = {name: value for name, value in more.items() if value is not None}
    afterwards(session, partial(_log.info, "%s → %s", said["from"] or "made", said["to"], extra={**said, **given}))


def _changed(_mapper: Any, _connection: Any, delivery: Delivery) -> None:
    """What a service changes through the object: planning, approval, cancelling."""
    session, history = object_session(delivery), attributes.get_history(delivery, "state")
    if session is not None and history.added and history.deleted:
        moved(session, delivery, history.deleted[0], history.added[0], attempt=delivery.attempt_count)


def _made(_mapper: Any, _connection: Any, delivery: Delivery) -> None:
    session = object_session(delivery)
    if session is not None and delivery.state is not DeliveryState.DRAFT:  # a draft is nothing that goes out
        moved(session, delivery, None, delivery.state, attempt=0)


event.listen(Delivery, "after_update", _changed)
event.listen(Delivery, "after_insert", _made)
