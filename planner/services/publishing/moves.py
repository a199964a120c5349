"""Every change of a delivery's state: a compare-and-set, with its event and the post's status, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from planner.domain.states import FROZEN, DeliveryState
from planner.services import events
from planner.services.actor import Actor, machine
from planner.services.publishing import following
from planner.services.publishing.changes import FREE, NO_ERROR, Fence, Ref, change, error, event, note, note_all
from planner.services.publishing.status import lock_posts, refresh_status
from planner.services.publishing.tables import POST, changed
from planner.services.webhooks import events as webhooks

__all__ = ["FREE", "NO_ERROR", "Fence", "Ref", "change", "error", "event", "move", "note", "note_all"]


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
    lock_posts(session, [ref.post_id])
    before = following.standing(session, ref) if new is DeliveryState.PUBLISHED else None
    if not change(session, ref, old, new, now, fence=fence, values=values):
        return False
    note(session, ref, new, now, actor=actor, data={"before": old.value, **(data or {})})
    if before is not None:
        following.after_publishing(session, ref, before, now, by_person=actor is not None)
        if old is DeliveryState.CANCELLED:
            _bring_back(session, ref, now)
    webhooks.about_delivery(session, ref.workspace_id, ref.id, new, now)
    if not {old, new} <= FROZEN:  # a post whose delivery is in the sender's hands looks the same throughout
        refresh_status(session, ref.post_id)
    return True


def _bring_back(session: Session, ref: Ref, now: datetime) -> None:
    """A post that was deleted turned out to be live: it is in the plan again."""
    if changed(session, _BRING_BACK, {"post": ref.post_id, "now": now}):
        events.record(session, machine(ref.workspace_id), now, "post", ref.post_id, "restored")


_BRING_BACK = (
    update(POST)
    .where(POST.c.id == bindparam("post"), POST.c.deleted_at.is_not(None))
    .values(deleted_at=None, updated_at=bindparam("now", type_=POST.c.updated_at.type))
)
