"""What stands under a live post, each by a call of its own: the parts of its thread, its first comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Delivery, Post, Variant
from planner.services.doubt import DOUBT
from planner.services.errors import Conflict
from planner.services.publishing.payload import Payload, kinds_of_steps, thaw
from publishers.base import FollowUp, Network, OutgoingPost, Under
from publishers.outgoing import follow_ups

_STUCK = (DeliveryState.SCHEDULED, DeliveryState.MISSED, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True)
class Below:
    """What stands under a post or under a part of a thread, in order: what is ``live``, and what ``waits``, being
    surely not there."""

    live: Sequence[Delivery] = ()
    waits: Sequence[Delivery] = ()


def below(session: Session, delivery: Delivery) -> Below:
    """Under a post stands all that follows it, under a part of its thread the later parts, under a comment nothing."""
    kinds = kinds_of(session, delivery)
    root_id, step = delivery.parent_id or delivery.id, delivery.step
    if step and kinds[step - 1 : step] != [FollowUp.REPLY]:
        return Below()
    query = select(Delivery).where(Delivery.parent_id == root_id, Delivery.step > step).order_by(Delivery.step)
    found = [d for d in session.scalars(query) if not step or kinds[d.step - 1 : d.step] == [FollowUp.REPLY]]
    return Below(
        [d for d in found if d.state is DeliveryState.PUBLISHED and d.removed_at is None],
        [d for d in found if d.state in _STUCK or _waits_for_a_person(d)],
    )


def kinds_of(session: Session, delivery: Delivery) -> list[FollowUp]:
    """How each thing stands there that follows the post that a delivery is about, in order."""
    root = delivery if delivery.parent_id is None else session.get_one(Delivery, delivery.parent_id)
    return kinds_of_steps(root.payload)


def content_of(session: Session, delivery: Delivery, folder: Path) -> OutgoingPost:
    """What we hold a step's content to be: as it was sent, or changed since; where a person noted it, as it was frozen
    with its post. Raises Conflict ``no_remote_id`` where that is not known either."""
    if delivery.payload is not None:
        return thaw(delivery.payload, folder).post
    root = session.get_one(Delivery, delivery.parent_id)
    steps = follow_ups(thaw(root.payload, folder).post) if root.payload else ()
    if delivery.step > len(steps):
        raise Conflict("no_remote_id")
    kind, post = steps[delivery.step - 1]
    return replace(post, under=Under(kind, root.remote_id or "", root.remote_id or ""))


def set_text(session: Session, delivery: Delivery, post: Post, network: Network, text: str, *, alone: bool) -> None:
    """A step's text becomes this: what its row keeps, and what it was written as where that still says the same.

    ``alone``: the post went nowhere else.
    """
    kept = thaw(delivery.payload, Path()) if delivery.payload else None
    before = content_of(session, delivery, Path())
    after = replace(before, text=text)
    checksums = kept.checksums if kept else {}
    delivery.payload = Payload(after, network.expected_text(after), checksums).as_json()
    if before.under is not None and before.under.kind is FollowUp.COMMENT:
        _set_comment(post, delivery.channel_id, before.text, text, alone=alone)
    elif alone and post.thread[delivery.step - 1 : delivery.step] == [before.text]:
        post.thread = [*post.thread[: delivery.step - 1], text, *post.thread[delivery.step :]]


def _set_comment(post: Post, channel_id: int, before: str, text: str, *, alone: bool) -> None:
    variant = next((v for v in post.variants if v.channel_id == channel_id), None)
    own = variant.first_comment if variant is not None else None
    if (own if own is not None else post.first_comment).strip() != before.strip():
        return
    if own is None and alone:
        post.first_comment = text
    elif variant is not None:
        variant.first_comment = text
    else:
        post.variants.append(Variant(channel_id=channel_id, first_comment=text))


def _waits_for_a_person(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.NEEDS_PERSON and delivery.error_code not in DOUBT


def take_along(session: Session, root: Delivery, network: Network, now: datetime, by: str | None) -> list[Delivery]:
    """Mark what goes with a post that was taken down, on a network where it does. Returns what that was."""
    if root.step or network.capabilities.leaves_under:
        return []
    gone = list(below(session, root).live)
    for delivery in gone:
        delivery.removed_at, delivery.removed_by = now, by
        delivery.metrics_due_at = delivery.remarks_due_at = None
    return gone
