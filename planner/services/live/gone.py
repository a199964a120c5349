"""Posts that somebody took down at the network itself: noticed once, told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Delivery, Event
from planner.security.vault import VaultError
from planner.services import events
from planner.services.actor import Actor, machine
from planner.services.asking import ask
from planner.services.connections import ChannelAccess
from planner.services.live.under import take_along
from planner.services.publishing import notices
from planner.services.publishing.again import write_again
from planner.services.publishing.moves import Ref
from planner.services.publishing.tables import DELIVERY, changed
from planner.services.webhooks import events as webhooks
from publishers import registry
from publishers.base import NetworkError

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: How many posts are looked for one by one after one pull; the rest are missing at the next as well.
LOOKED_FOR = 5


def missing(platform: Platform, access: ChannelAccess, delivery_ids: Sequence[int]) -> int:
    """These were not among what the network told of: look for each, and mark those that are gone. Returns how many."""
    try:
        if not platform.connections.capabilities(access).can_look:
            return 0
    except (VaultError, NetworkError):
        return 0
    return sum(_is_gone(platform, access, delivery_id) for delivery_id in delivery_ids[:LOOKED_FOR])


def _is_gone(platform: Platform, access: ChannelAccess, delivery_id: int) -> bool:
    with platform.database.read() as session:
        delivery = session.get_one(Delivery, delivery_id)
        ref, remote_id, removed = Ref.of(delivery), delivery.remote_id, delivery.removed_at
    if remote_id is None or removed is not None:
        return False
    try:
        if ask(platform, access, lambda publisher: publisher.look(remote_id)) is not None:
            return False
    except (NetworkError, VaultError):
        return False
    now = platform.clock.now()
    return write_again(platform.database, lambda session: mark_gone(session, ref, now))


def mark_gone(session: Session, ref: Ref, now: datetime) -> bool:
    """The network no longer has it. Returns False where that was known. Figures and history stay.

    Where one of us had begun to take it down and nobody noted how that ended, it was them; else people are told.
    """
    asked = session.scalar(
        select(Event)
        .where(Event.subject == "delivery", Event.subject_id == ref.id, Event.kind == "removal_asked")
        .order_by(Event.id.desc())
        .limit(1)
    )
    if asked is not None:
        by = Actor(ref.workspace_id, machine(ref.workspace_id).role, asked.actor, asked.user_id)
        return mark_removed(session, ref, now, by)
    if not _mark(session, ref, now, None):
        return False
    events.record(session, machine(ref.workspace_id), now, "delivery", ref.id, "removed_at_network")
    notices.about_removed(session, ref, now)
    webhooks.about_removed(session, ref.workspace_id, ref.id, now)
    return True


def mark_removed(session: Session, ref: Ref, now: datetime, by: Actor) -> bool:
    """One of us took it down. Returns False where it was marked already."""
    if not _mark(session, ref, now, by.label):
        return False
    events.record(session, by, now, "delivery", ref.id, "removed")
    webhooks.about_removed(session, ref.workspace_id, ref.id, now)
    return True


def _mark(session: Session, ref: Ref, now: datetime, by: str | None) -> bool:
    """Settles the race of a person and of whoever notices."""
    values = {"removed_at": now, "removed_by": by, "metrics_due_at": None, "remarks_due_at": None}
    live = DELIVERY.c.id == ref.id, DELIVERY.c.state == DeliveryState.PUBLISHED, DELIVERY.c.removed_at.is_(None)
    if changed(session, update(DELIVERY).where(*live).values(**values)) != 1:
        return False
    _take_along(session, ref, now, by)
    return True


def _take_along(session: Session, ref: Ref, now: datetime, by: str | None) -> None:
    delivery = session.get_one(Delivery, ref.id)
    network = registry.networks().get(delivery.channel.network)
    for gone in take_along(session, delivery, network, now, by) if network else ():
        events.record(session, machine(ref.workspace_id), now, "delivery", gone.id, "removed_with_post")
        session.flush()
        webhooks.about_removed(session, ref.workspace_id, gone.id, now)
