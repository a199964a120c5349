"""Deliveries that do not go on: left behind, in doubt for long, undecided, due and not taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, Workspace
from planner.services.by_hand import CODE
from planner.services.checkup import scheduler
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem
from planner.services.publishing import guards

#: Whoever recovers and claims does so within seconds; after this long nobody does.
STUCK = timedelta(minutes=2)
#: Looks that fail are repeated for hours; this long after the settle time something stands in the way.
LONG = timedelta(hours=1)
#: A person may sleep over a decision.
UNATTENDED = timedelta(hours=24)


def left_behind(scene: Scene, session: Session) -> Iterator[Finding]:
    """In the hands of a process that is gone, and picked up by nobody."""
    held = Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING))
    count, oldest = _found(scene, session, Delivery.lease_until, held, Delivery.lease_until < scene.now - STUCK)
    if oldest is not None:
        yield problem("deliveries", "left_behind", count=count, since=oldest)
    else:
        yield ok("deliveries", "none_left_behind")


def unconfirmed(scene: Scene, session: Session) -> Iterator[Finding]:
    """In doubt for longer than looking for them takes."""
    settle = timedelta(seconds=scene.platform.settings.reconcile_settle_seconds)
    long_ago = Delivery.updated_at < scene.now - 2 * settle - LONG
    in_doubt = Delivery.state == DeliveryState.UNKNOWN
    count, oldest = _found(scene, session, Delivery.updated_at, in_doubt, long_ago)
    if oldest is not None:
        yield problem("deliveries", "unconfirmed_long", count=count, since=oldest)


def undecided(scene: Scene, session: Session) -> Iterator[Finding]:
    """Waiting for a person: worth knowing, and after a day a problem."""
    asks = Delivery.state.in_((DeliveryState.NEEDS_PERSON, DeliveryState.MISSED))
    count, oldest = _found(scene, session, Delivery.updated_at, asks)
    if oldest is not None and oldest < scene.now - UNATTENDED:
        yield problem("deliveries", "undecided_long", count=count, since=oldest)
    elif oldest is not None:
        yield notice("deliveries", "undecided", count=count)


def overdue(scene: Scene, session: Session) -> Iterator[Finding]:
    """Due, held by nothing, and not taken although a scheduler runs."""
    if not scheduler.is_alive(scene, session):
        return
    query = (
        select(func.count(), func.min(Delivery.try_at))
        .select_from(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Workspace, Workspace.id == Delivery.workspace_id)
        .where(
            Delivery.state == DeliveryState.SCHEDULED,
            Delivery.try_at < scene.now - STUCK,
            Channel.archived_at.is_(None),
            guards.hold_in_sql().is_(None),
            scene.within(Delivery.workspace_id),
        )
    )
    count, oldest = session.execute(query, {"now": scene.now}).one()
    if oldest is not None:
        yield problem("deliveries", "overdue", count=count, since=oldest)


def by_hand_overdue(scene: Scene, session: Session) -> Iterator[Finding]:
    """To be published by hand, and nobody has done it for longer than the workspace wants to wait."""
    query = (
        select(Channel.name, Delivery.publish_at, Workspace.overdue_minutes)
        .select_from(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Workspace, Workspace.id == Delivery.workspace_id)
        .where(
            Delivery.state == DeliveryState.NEEDS_PERSON,
            Delivery.error_code == CODE,
            Delivery.publish_at < scene.now,
            Post.deleted_at.is_(None),
            scene.within(Delivery.workspace_id),
        )
        .order_by(Delivery.publish_at, Delivery.id)
    )
    late = [
        row for row in session.execute(query) if row.publish_at + timedelta(minutes=row.overdue_minutes) < scene.now
    ]
    if late:
        names = ", ".join(dict.fromkeys(row.name for row in late))
        yield notice("deliveries", "by_hand_overdue", count=len(late), since=late[0].publish_at, channels=names)


def _found(
    scene: Scene,
    session: Session,
    since: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime],
    *conditions: ColumnElement[bool],
) -> tuple[int, datetime | None]:
    query = select(func.count(), func.min(since)).where(*conditions, scene.within(Delivery.workspace_id))
    count, oldest = session.execute(query).one()
    return count, oldest
