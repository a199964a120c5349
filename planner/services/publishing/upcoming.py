"""When something is due next, so that the clock can be set to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, RateLimit, Workspace
from planner.services.publishing import guards, restored
from planner.services.publishing.tables import run

if TYPE_CHECKING:
    from planner.bootstrap import Platform


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next moments, None where there is nothing: a delivery to send (a past one waits for room), an unconfirmed
    one to look for, a lease that runs out."""

    due: datetime | None
    look: datetime | None
    lease: datetime | None


def upcoming(platform: Platform) -> Upcoming:
    """Ask the database, once; each part is one look into an index."""
    now = {"now": platform.clock.now()}
    with platform.database.read() as session:
        found: Any = run(session, _UPCOMING, now).one()
    due, throttle_ends, app_throttle_ends, look, look_after_restore, lease = found
    return Upcoming(
        min(filter(None, (due, throttle_ends, app_throttle_ends)), default=None),
        min(filter(None, (look, look_after_restore)), default=None),
        lease,
    )


_DUE = (
    select(Delivery.try_at)
    .join(Post, Post.id == Delivery.post_id)
    .join(Channel, Channel.id == Delivery.channel_id)
    .join(Workspace, Workspace.id == Delivery.workspace_id)
    .where(
        Delivery.state == DeliveryState.SCHEDULED,
        Delivery.try_at.is_not(None),
        guards.channel_is_open(),
        guards.post_is_open(),
    )
    .order_by(Delivery.try_at)
    .limit(1)
)
#: When the first channel that a network asked to wait may send again, if something waits for it.
_THROTTLE_ENDS = select(func.min(Channel.throttled_until)).where(
    Channel.throttled_until > guards.NOW,
    select(Delivery.id)
    .where(
        Delivery.channel_id == Channel.id,
        Delivery.state == DeliveryState.SCHEDULED,
        Delivery.try_at <= Channel.throttled_until,
    )
    .exists(),
)
#: The same of the apps whose channels all wait.
_APP_THROTTLE_ENDS = select(func.min(RateLimit.held_until)).where(
    RateLimit.channel_id.is_(None),
    RateLimit.held_until > guards.NOW,
    select(Delivery.id)
    .join(Channel, Channel.id == Delivery.channel_id)
    .where(
        Channel.network == RateLimit.network,
        Delivery.state == DeliveryState.SCHEDULED,
        Delivery.try_at <= RateLimit.held_until,
    )
    .exists(),
)
_LOOK = select(func.min(Delivery.look_at)).where(Delivery.state == DeliveryState.UNKNOWN)
_LOOK_AFTER_RESTORE = select(func.min(Delivery.look_at)).where(*restored.IS_LOOKED_FOR)
_LEASE = select(func.min(Delivery.lease_until)).where(
    Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING))
)
_UPCOMING = select(
    _DUE.scalar_subquery(),
    _THROTTLE_ENDS.scalar_subquery(),
    _APP_THROTTLE_ENDS.scalar_subquery(),
    _LOOK.scalar_subquery(),
    _LOOK_AFTER_RESTORE.scalar_subquery(),
    _LEASE.scalar_subquery(),
)
