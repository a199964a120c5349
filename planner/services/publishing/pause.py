"""Holding back: the crisis switch for a workspace, and the pauses of a campaign and of a channel.

A pause is a condition that the sender checks in the transaction that begins each call, not a state. So once a pause
is committed nothing new begins, and what was being sent is finished and noted. Wake the scheduler after a release.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.domain.states import DeliveryState
from planner.models import Campaign, Channel, Delivery, Workspace
from planner.services import events
from planner.services.actor import Actor
from planner.services.errors import Conflict, FieldError, Invalid, NotFound
from planner.services.publishing import restored

MOST_REASON = 500

Pausable = TypeVar("Pausable", Workspace, Campaign, Channel)


def pause_workspace(session: Session, actor: Actor, reason: str, *, now: datetime) -> Workspace:
    """Pull the crisis switch. Pulling it again changes the reason, not the time.

    Raises Forbidden, Invalid at ``reason`` (``reason_missing``, ``reason_too_long``).
    """
    actor.require(Permission.PAUSE)
    workspace = session.get_one(Workspace, actor.workspace_id)
    _hold(session, workspace, actor, reason, now)
    workspace.paused_by_id = actor.user_id
    return workspace


def release_workspace(session: Session, actor: Actor, *, now: datetime) -> Workspace:
    """End the pause: what is within its limit goes out, the rest is missed.

    Raises Forbidden, Conflict ``not_paused``, and ``unconfirmed_after_restore`` (``count``) while it is not known what
    went out after the backup was made.
    """
    actor.require(Permission.RELEASE)
    workspace = session.get_one(Workspace, actor.workspace_id)
    if count := unconfirmed_after_restore(session, workspace):
        raise Conflict("unconfirmed_after_restore", count=count)
    _let_go(session, workspace, actor, now)
    workspace.paused_by_id = workspace.restored_at = None
    return workspace


def pause_campaign(session: Session, actor: Actor, campaign_id: int, reason: str, *, now: datetime) -> Campaign:
    """Hold a campaign's deliveries. Raises NotFound, Forbidden, Invalid at ``reason``."""
    actor.require(Permission.PAUSE)
    return _hold(session, _campaign(session, actor, campaign_id), actor, reason, now)


def release_campaign(session: Session, actor: Actor, campaign_id: int, *, now: datetime) -> Campaign:
    """End a campaign's pause. Raises NotFound, Forbidden, Conflict ``not_paused``."""
    actor.require(Permission.RELEASE)
    return _let_go(session, _campaign(session, actor, campaign_id), actor, now)


def pause_channel(session: Session, actor: Actor, channel_id: int, reason: str, *, now: datetime) -> Channel:
    """Hold a channel's deliveries. Raises NotFound, Forbidden, Invalid at ``reason``."""
    actor.require(Permission.PAUSE)
    return _hold(session, _channel(session, actor, channel_id), actor, reason, now)


def release_channel(session: Session, actor: Actor, channel_id: int, *, now: datetime) -> Channel:
    """End a channel's pause. Raises NotFound, Forbidden, Conflict ``not_paused``."""
    actor.require(Permission.RELEASE)
    return _let_go(session, _channel(session, actor, channel_id), actor, now)


def _hold(session: Session, what: Pausable, actor: Actor, reason: str, now: datetime) -> Pausable:
    what.pause_reason, what.paused_by = _checked(reason), actor.label
    what.paused_at = what.paused_at or now
    if isinstance(what, Channel):
        what.pause_advice = None
    events.record(session, actor, now, what.__tablename__, what.id, "paused", reason=what.pause_reason)
    return what


def _let_go(session: Session, what: Pausable, actor: Actor, now: datetime) -> Pausable:
    if what.paused_at is None:
        raise Conflict("not_paused")
    what.paused_at = what.pause_reason = what.paused_by = None
    if isinstance(what, Channel):
        what.pause_advice = None
    events.record(session, actor, now, what.__tablename__, what.id, "released")
    return what


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid(FieldError("reason", "reason_missing"))
    if len(reason) > MOST_REASON:
        raise Invalid(FieldError("reason", "reason_too_long", {"length": len(reason), "limit": MOST_REASON}))
    return reason


def unconfirmed_after_restore(session: Session, workspace: Workspace) -> int:
    """Of how many deliveries it is not known yet whether they went out after the backup was made; they keep the pause
    that a restore began. 0 where none did."""
    if workspace.restored_at is None:
        return 0
    count = session.scalar(
        select(func.count())
        .select_from(Delivery)
        .where(
            Delivery.workspace_id == workspace.id,
            or_(Delivery.state == DeliveryState.UNKNOWN, and_(*restored.IS_LOOKED_FOR)),
        )
    )
    return count or 0


def _campaign(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    campaign = session.scalar(
        select(Campaign).where(Campaign.id == campaign_id, Campaign.workspace_id == actor.workspace_id)
    )
    if campaign is None:
        raise NotFound("not_found")
    return campaign


def _channel(session: Session, actor: Actor, channel_id: int) -> Channel:
    channel = session.scalar(
        select(Channel).where(
            Channel.id == channel_id, Channel.workspace_id == actor.workspace_id, Channel.archived_at.is_(None)
        )
    )
    if channel is None:
        raise NotFound("not_found")
    return channel
