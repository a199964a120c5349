"""What follows a post under it: the parts of its thread, its first comment, one after the other.

Each is a delivery of its own with a claim, attempts and looks as every other. It is made in the very transaction that
notes the one before it as published, whoever notes that; so it is made once, and nothing is forgotten that was frozen
with the post.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Integer, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from planner.domain import fingerprint
from planner.domain.states import DeliveryState, Outcome
from planner.models import Attempt, Channel, Delivery, Post
from planner.services.by_hand import CODE
from planner.services.publishing import marks, notices, telling
from planner.services.publishing.changes import Ref, error, note
from planner.services.publishing.marks import RESTORED
from planner.services.publishing.payload import Payload, delivery_key, freeze, freeze_step, kinds_of_steps, thaw
from planner.services.publishing.tables import DELIVERY, added, changed, row
from publishers import registry
from publishers.base import FollowUp, Network, Under

S = DeliveryState

#: The post is live, but nobody knows its number at the network: what follows cannot be put under it.
PARENT_UNKNOWN = "parent_unknown"


class Claimable(Protocol):
    """As much of a delivery as says what it sends."""

    @property
    def id(self) -> int: ...
    @property
    def channel_id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def step(self) -> int: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Place:
    """What a step is made of: the frozen post that it follows, where under it the step goes (None: not known), and
    whether all that is only rehearsed."""

    whole: Payload
    under: Under | None
    rehearsed: bool


def standing(session: Session, ref: Ref) -> Any:
    """How a delivery stands that is just about to be noted as published."""
    return row(session, _STANDING, {"delivery": ref.id})


def after_publishing(session: Session, ref: Ref, before: Any, now: datetime, *, by_person: bool) -> None:
    """Make what follows next, in the transaction that noted ``ref`` as published. ``before`` is its :func:`standing`.

    What a person published by hand has nothing that follows: they were shown all of it.
    """
    if before.step:
        # Its figures are not a post's.
        changed(session, _NOT_MEASURED, {"delivery": ref.id})
    elif by_person and before.state is S.NEEDS_PERSON and before.error_code == CODE:
        return
    root_id = before.parent_id or ref.id
    kinds = kinds_of_steps(_whole(session, ref, before, root_id))
    if before.step < len(kinds):
        _make(session, ref, before, root_id, kinds[before.step], now)


def place_of(session: Session, parent_id: int, step: int, folder: Path) -> Place | None:
    """What step ``step`` of a delivery is made of; None where the delivery's payload is gone."""
    found = row(session, _PLACE, {"parent": parent_id, "step_before": step - 1})
    if found is None or found.payload is None:
        return None
    kinds = kinds_of_steps(found.payload)
    whole = thaw(found.payload, folder)
    if not 1 <= step <= len(kinds):
        return None
    kind = kinds[step - 1]
    is_known = found.remote_id is not None and (kind is FollowUp.COMMENT or found.before_id is not None)
    under = Under.after(kind, found.remote_id, found.before_id) if is_known else None
    return Place(whole, under, found.rehearsed)


def frozen(
    session: Session, network: Network, delivery: Claimable, post: Post, folder: Path, *, rehearsing: bool
) -> Payload | None:
    """What a delivery sends if it is claimed now: the post as it stands, or the step that was frozen with it. None
    where a step has no place to go to: a post that was only rehearsed is not at the network, and the other way round.
    """
    if not delivery.step or delivery.parent_id is None:
        key = delivery_key(delivery.id, delivery.created_at)
        return freeze(network, post, delivery.channel_id, key, folder)
    place = place_of(session, delivery.parent_id, delivery.step, folder)
    if place is None or place.under is None or place.rehearsed is not rehearsing:
        return None
    return freeze_step(network, place.whole, delivery.step, place.under)


def _whole(session: Session, ref: Ref, before: Any, root_id: int) -> dict[str, Any] | None:
    """The payload of the post itself. What was published before it was claimed is frozen as it stands."""
    if before.step:
        found: dict[str, Any] | None = session.scalar(select(Delivery.payload).where(Delivery.id == root_id))
        return found
    if before.payload is not None or before.network not in registry.networks():
        already: dict[str, Any] | None = before.payload
        return already
    key = delivery_key(ref.id, before.created_at)
    post = session.get_one(Post, ref.post_id)
    frozen = freeze(registry.network(before.network), post, ref.channel_id, key, Path()).as_json()
    changed(session, _KEEP, {"delivery": ref.id, "kept": frozen})
    return frozen


def _make(session: Session, ref: Ref, before: Any, root_id: int, kind: FollowUp, now: datetime) -> None:
    step = before.step + 1
    network = registry.networks().get(before.network)
    place = place_of(session, root_id, step, Path()) if network else None
    in_doubt_since = None if before.state is S.SENDING else session.scalar(_RESTORED, {"delivery": ref.id})
    begins = _begins(network, place, step, now, in_doubt=in_doubt_since is not None)
    ids = {"workspace_id": ref.workspace_id, "post_id": ref.post_id, "channel_id": ref.channel_id}
    always = {"parent_id": root_id, "step": step, "due_since": now, "created_at": now, "updated_at": now}
    always["rehearsed"] = before.rehearsed
    given = {name: value for name, value in {**ids, **always, **begins}.items() if value is not None}
    made, state = Ref(added(session, insert(DELIVERY).values(given)), **ids), begins["state"]
    if state is S.UNKNOWN and in_doubt_since is not None:
        digest = fingerprint.digest(begins["payload"]["expected"])
        marks.put(session, made.id, digest, in_doubt_since, number=1, deadline_at=now, finished_at=now)
    why = {"code": begins["error_code"]} if "error_code" in begins else {}
    note(session, made, state, now, data={"step": step, "kind": kind.value, **why})
    telling.moved(session, made, None, state)
    if state is S.NEEDS_PERSON:
        notices.about_delivery(session, made, now, "delivery_needs_person", code=PARENT_UNKNOWN)


def _begins(
    network: Network | None, place: Place | None, step: int, now: datetime, *, in_doubt: bool
) -> dict[str, Any]:
    """How a step begins: due at once; in doubt, where a restored instance may have sent it; or with a person."""
    if network is None or place is None or place.under is None:
        return {"state": S.NEEDS_PERSON, **error(PARENT_UNKNOWN)}
    if in_doubt:
        frozen = freeze_step(network, place.whole, step, place.under)
        return {"state": S.UNKNOWN, "payload": frozen.as_json(), "attempt_count": 1, "look_at": now, **error(RESTORED)}
    return {"state": S.SCHEDULED, "try_at": now}


_STANDING = (
    select(
        Delivery.state,
        Delivery.step,
        Delivery.parent_id,
        Delivery.error_code,
        Delivery.created_at,
        Delivery.rehearsed,
        Delivery.payload,
        Channel.network,
    )
    .join(Channel, Channel.id == Delivery.channel_id)
    .where(Delivery.id == bindparam("delivery"))
)
_before = aliased(Delivery)
_PLACE = (
    select(Delivery.payload, Delivery.remote_id, Delivery.rehearsed, _before.remote_id.label("before_id"))
    .join(
        _before,
        or_(
            and_(_before.parent_id == Delivery.id, _before.step == bindparam("step_before")),
            and_(_before.id == Delivery.id, bindparam("step_before", type_=Integer) == 0),
        ),
    )
    .where(Delivery.id == bindparam("parent"))
)
#: Since when it is not known what a restored instance sent of a delivery.
_RESTORED = select(func.min(Attempt.started_at)).where(
    Attempt.delivery_id == bindparam("delivery"),
    Attempt.error_code == RESTORED,
    Attempt.outcome == Outcome.UNCERTAIN,
)
_KEEP = (
    update(DELIVERY)
    .where(DELIVERY.c.id == bindparam("delivery"))
    .values(payload=bindparam("kept", type_=DELIVERY.c.payload.type))
)
_NOT_MEASURED = update(DELIVERY).where(DELIVERY.c.id == bindparam("delivery")).values(metrics_due_at=None)
