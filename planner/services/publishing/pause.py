"""Holding back: the crisis switch for a workspace, and the pauses of a campaign and of a channel.

A pause is a condition that the sender checks in the transaction that begins each call, not a state. So once a pause
is committed nothing new begins, and what was being sent is finished and noted. Wake the scheduler after a release.
"""

from __future__ import annotations

from datetime import datetime

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


def pause_workspace(session: Session, actor: Actor, reason: str, *, now: datetime) -> Workspace:
    """Pull the crisis switch. Pulling it again changes the reason, not the time.

    Raises Forbidden, Invalid at ``reason`` (``reason_missing``, ``reason_too_long``).
    """
    actor.require(Permission.PAUSE)
    workspace = session.get_one(Workspace, actor.workspace_id)
    _pause(workspace, actor, _checked(reason), now)
    workspace.paused_by_id = actor.user_id
    events.record(session, actor, now, "workspace", workspace.id, "paused", reason=workspace.pause_reason)
    return workspace


def release_workspace(session: Session, actor: Actor, *, now: datetime) -> Workspace:
    """End the pause: what is within its limit goes out, the rest is missed.

    Raises Forbidden, Conflict ``not_paused``, and ``unconfirmed_after_restore`` (``count``) while it is not known what
    went out after the backup was made.
    """
    actor.require(Permission.RELEASE)
    workspace = session.get_one(Workspace, actor.workspace_id)
    if workspace.restored_at is not None:
        _refuse_unconfirmed(session, workspace)
    _release(workspace)
    workspace.paused_by_id = workspace.restored_at = None
    events.record(session, actor, now, "workspace", workspace.id, "released")
    return workspace


def pause_campaign(session: Session, actor: Actor, campaign_id: int, reason: str, *, now: datetime) -> Campaign:
    """Hold a campaign's deliveries. Raises NotFound, Forbidden, Invalid at ``reason``."""
    actor.require(Permission.PAUSE)
    campaign = _campaign(session, actor, campaign_id)
    _pause(campaign, actor, _checked(reason), now)
    events.record(session, actor, now, "campaign", campaign.id, "paused", reason=campaign.pause_reason)
    return campaign


def release_campaign(session: Session, actor: Actor, campaign_id: int, *, now: datetime) -> Campaign:
    """End a campaign's pause. Raises NotFound, Forbidden, Conflict ``not_paused``."""
    actor.require(Permission.RELEASE)
    campaign = _campaign(session, actor, campaign_id)
    _release(campaign)
    events.record(session, actor, now, "campaign", campaign.id, "released")
    return campaign


def pause_channel(session: Session, actor: Actor, channel_id: int, reason: str, *, now: datetime) -> Channel:
    """Hold a channel's deliveries. Raises NotFound, Forbidden, Invalid at ``reason``."""
    actor.require(Permission.PAUSE)
    channel = _channel(session, actor, channel_id)
    _pause(channel, actor, _checked(reason), now)
    events.record(session, actor, now, "channel", channel.id, "paused", reason=channel.pause_reason)
    return channel


def release_channel(session: Session, actor: Actor, channel_id: int, *, now: datetime) -> Channel:
    """End a channel's pause. Raises NotFound, Forbidden, Conflict ``not_paused``."""
    actor.require(Permission.RELEASE)
    channel = _channel(session, actor, channel_id)
    _release(channel)
    events.record(session, actor, now, "channel", channel.id, "released")
    return channel


def _pause(what: Workspace | Campaign | Channel, actor: Actor, reason: str, now: datetime) -> None:
    what.paused_at = what.paused_at or now
    what.pause_reason, what.paused_by = reason, actor.label
    if isinstance(what, Channel):
        what.pause_advice = None


def _release(what: Workspace | Campaign | Channel) -> None:
    if what.paused_at is None:
        raise Conflict("not_paused")
    what.paused_at = what.pause_reason = what.paused_by = None
    if isinstance(what, Channel):
        what.pause_advice = None


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid(FieldError("reason", "reason_missing"))
    if len(reason) > MOST_REASON:
        raise Invalid(FieldError("reason", "reason_too_long", {"length": len(reason), "limit": MOST_REASON}))
    return reason


def _refuse_unconfirmed(session: Session, workspace: Workspace) -> None:
    count = session.scalar(
        select(func.count())
        .select_from(Delivery)
        .where(
            Delivery.workspace_id == workspace.id,
            or_(Delivery.state == DeliveryState.UNKNOWN, and_(*restored.IS_LOOKED_FOR)),
        )
    )
    if count:
        raise Conflict("unconfirmed_after_restore", count=count)


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
