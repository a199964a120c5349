"""What a release of the crisis switch would do, told before anyone presses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.models import Campaign, Channel, Delivery, Post

SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Effect:
    """``goes_out`` are due and within their limit, ``missed`` are later than that, ``soon`` are due within a day."""

    goes_out: int
    missed: int
    soon: int


def effect_of_release(session: Session, workspace_id: int, *, now: datetime) -> Effect:
    """Count what waits at this moment."""
    query = (
        select(Delivery.publish_at, Channel.missed_after_seconds)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Post, Post.id == Delivery.post_id)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.state == DeliveryState.SCHEDULED,
            Delivery.publish_at < now + SOON,
            Channel.paused_at.is_(None),
            ~exists().where(Campaign.id == Post.campaign_id, Campaign.paused_at.is_not(None)),
            Post.deleted_at.is_(None),
        )
    )
    goes_out = missed = soon = 0
    for publish_at, limit in session.execute(query):
        if publish_at is None:
            continue
        if publish_at > now:
            soon += 1
        elif publish_at + timedelta(seconds=limit) >= now:
            goes_out += 1
        else:
            missed += 1
    return Effect(goes_out, missed, soon)
