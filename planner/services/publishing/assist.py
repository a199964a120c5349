"""Publishing by a person: at the due time the owner is asked, and nothing is ever shown as published by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState
from planner.services.by_hand import CODE
from planner.services.connections import ChannelAccess
from planner.services.publishing import notices
from planner.services.publishing.moves import Ref, error, move
from planner.services.publishing.payload import Payload
from publishers import registry


def is_by_hand(access: ChannelAccess) -> bool:
    """Whether a person publishes on this channel: by choice, or because it holds no credentials and needs none."""
    return access.by_hand or (
        access.sealed is None and registry.network(access.network).capabilities_of({}).assisted_only
    )


def ask_owner(session: Session, ref: Ref, payload: Payload, now: datetime) -> None:
    """The time has come: freeze what is to be published and ask."""
    values = {"payload": payload.as_json(), **error(CODE)}
    if move(session, ref, DeliveryState.SCHEDULED, DeliveryState.NEEDS_PERSON, now, values=values, data={"code": CODE}):
        notices.about_hand(session, ref, now, "delivery_assisted")
