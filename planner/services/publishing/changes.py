"""What a change of a delivery's state consists of: the compare-and-set, and its entry in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Update, bindparam, insert, null, update
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState, may_move
from planner.services.actor import Actor, machine
from planner.services.publishing import telling
from planner.services.publishing.tables import DELIVERY, EVENT, changed, run

#: The claim is over.
FREE: Mapping[str, Any] = {"claim_owner": None, "lease_until": None, "progress": None}

#: Nothing is wrong (any more).
NO_ERROR: Mapping[str, Any] = {"error_code": None, "error_params": None, "network_message": None}


def error(code: str, message: str | None = None, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """What went wrong, as a delivery keeps it. ``message`` is the network's own words."""
    return {
        "error_code": code,
        "error_params": dict(params) if params else None,
        "network_message": message[:1000] if message else None,
    }


@dataclass(frozen=True, slots=True)
class Ref:
    """Which delivery, with all that its events and locks need."""

    id: int
    workspace_id: int
    post_id: int
    channel_id: int

    @classmethod
    def of(cls, delivery: Any) -> Ref:
        """Of a stored delivery, or of a row that has its columns."""
        return cls(delivery.id, delivery.workspace_id, delivery.post_id, delivery.channel_id)


@dataclass(frozen=True, slots=True)
class Fence:
    """Who may write: the owner of the claim with this epoch, as long as nobody claimed it since."""

    owner: str
    epoch: int


def change(
    session: Session,
    ref: Ref,
    old: DeliveryState,
    new: DeliveryState,
    now: datetime,
    *,
    fence: Fence | None = None,
    values: Mapping[str, Any] | None = None,
) -> bool:
    """The compare-and-set alone: the caller notes the event and refreshes the post's status."""
    if not may_move(old, new):
        raise ValueError(f"no delivery goes from {old} to {new}")
    settings = {"state": new, "updated_at": now, **(values or {})}
    shape = tuple((name, value is None and name in _JSON) for name, value in settings.items())
    parameters = {f"new_{name}": settings[name] for name, is_null in shape if not is_null}
    parameters |= {"old_id": ref.id, "old_state": old}
    if fence is not None:
        parameters |= {"old_owner": fence.owner, "old_epoch": fence.epoch}
    if changed(session, _compare_and_set(shape, fence is not None), parameters) != 1:
        return False
    said = {"attempt": settings.get("attempt_count"), "code": settings.get("error_code")}
    telling.moved(session, ref, old, new, **said)
    return True


def note(
    session: Session,
    ref: Ref,
    kind: str,
    now: datetime,
    *,
    actor: Actor | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Record what happened to a delivery."""
    run(session, _EVENT, event(ref, kind, now, actor=actor, data=data))


def note_all(session: Session, events: Sequence[Mapping[str, Any]]) -> None:
    """Record several :func:`event` at once."""
    if events:
        run(session, _EVENT, events)


def event(
    ref: Ref, kind: str, now: datetime, *, actor: Actor | None = None, data: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """A row of the history, as :func:`planner.services.events.record` writes it."""
    by = actor or machine(ref.workspace_id)
    return {
        "workspace_id": ref.workspace_id,
        "at": now,
        "actor": by.label,
        "user_id": by.user_id,
        "subject": "delivery",
        "subject_id": ref.id,
        "kind": str(kind),
        "data": dict(data or {}),
    }


_EVENT = insert(EVENT)
_JSON = frozenset(column.name for column in DELIVERY.c if isinstance(column.type, JSON))


@lru_cache(maxsize=64)
def _compare_and_set(shape: tuple[tuple[str, bool], ...], fenced: bool) -> Update:
    """The statement for one set of columns, built once. A JSON column without a value is NULL, not the word "null"."""
    values = {
        name: null() if is_null else bindparam(f"new_{name}", type_=DELIVERY.c[name].type) for name, is_null in shape
    }
    statement = update(DELIVERY).where(DELIVERY.c.id == bindparam("old_id"), DELIVERY.c.state == bindparam("old_state"))
    if fenced:
        statement = statement.where(
            DELIVERY.c.claim_owner == bindparam("old_owner"), DELIVERY.c.epoch == bindparam("old_epoch")
        )
    return statement.values(values)
