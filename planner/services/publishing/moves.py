"""Every change of a delivery's state: a compare-and-set, with its event and the post's status, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import null, update
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState, may_move
from planner.services import events
from planner.services.actor import Actor, machine
from planner.services.publishing.status import lock_posts, refresh_status
from planner.services.publishing.tables import DELIVERY, changed

#: The claim is over.
FREE: Mapping[str, Any] = {"claim_owner": None, "lease_until": None}

#: Nothing is wrong (any more).
NO_ERROR: Mapping[str, Any] = {"error_code": None, "error_params": null(), "network_message": None}


def error(code: str, message: str | None = None, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """What went wrong, as a delivery keeps it. ``message`` is the network's own words."""
    return {
        "error_code": code,
        "error_params": dict(params) if params else null(),
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


def move(
    session: Session,
    ref: Ref,
    old: DeliveryState,
    new: DeliveryState,
    now: datetime,
    *,
    fence: Fence | None = None,
    actor: Actor | None = None,
    data: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
) -> bool:
    """Move a delivery from ``old`` to ``new``. Returns False, and changes nothing, where it no longer stands there or
    the fence keeps the writer out.

    ``data`` goes into the event. Raises ValueError where the state machine has no such edge.
    """
    if not may_move(old, new):
        raise ValueError(f"no delivery goes from {old} to {new}")
    lock_posts(session, [ref.post_id])
    statement = update(DELIVERY).where(DELIVERY.c.id == ref.id, DELIVERY.c.state == old)
    if fence is not None:
        statement = statement.where(DELIVERY.c.claim_owner == fence.owner, DELIVERY.c.epoch == fence.epoch)
    if changed(session, statement.values(state=new, updated_at=now, **(values or {}))) != 1:
        return False
    note(session, ref, new, now, actor=actor, data={"before": old.value, **(data or {})})
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
    """Record what happened to a delivery, and bring its post's status into step."""
    events.record(session, actor or machine(ref.workspace_id), now, "delivery", ref.id, str(kind), **(data or {}))
    refresh_status(session, ref.post_id)
