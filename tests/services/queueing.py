"""Posts in queues, and what became of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Category, Channel, Delivery
from planner.services import posts
from planner.services.actor import Actor
from planner.services.errors import Invalid
from planner.services.posts import When
from planner.services.slots import SlotInput, SlotsSaved, set_slots
from tests.support.factories import Company, make_post

QUEUE = When(queue=True)
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
# It is Monday, 2026-03-16, 10:00 in Berlin; the clock is put forward on the 29th.
TUESDAY = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 3, 19, 8, 0, tzinfo=UTC)
NEXT_TUESDAY = datetime(2026, 3, 24, 8, 0, tzinfo=UTC)
NEXT_THURSDAY = datetime(2026, 3, 26, 8, 0, tzinfo=UTC)


def queued(platform: Platform, company: Company, channel: Channel, *, approve: bool = True, **content: Any) -> int:
    """The delivery of a new post that was queued."""
    post = make_post(platform, company.bob, [channel], QUEUE, approve=approve, **content)
    return delivery_of(platform, post.id)


def delivery_of(platform: Platform, post_id: int) -> int:
    with platform.database.read() as session:
        return session.scalars(select(Delivery.id).where(Delivery.post_id == post_id)).one()


def get(platform: Platform, delivery_id: int) -> Delivery:
    with platform.database.read() as session:
        return session.get_one(Delivery, delivery_id)


def times(platform: Platform, *delivery_ids: int) -> list[datetime | None]:
    return [get(platform, delivery_id).publish_at for delivery_id in delivery_ids]


def move(platform: Platform, actor: Actor, delivery_id: int, when: When) -> None:
    with platform.database.write() as session:
        posts.move(session, actor, [delivery_id], when, now=platform.clock.now(), folder=platform.settings.media_folder)


def set_state(platform: Platform, delivery_id: int, state: DeliveryState) -> None:
    with platform.database.write() as session:
        session.get_one(Delivery, delivery_id).state = state


def save_slots(platform: Platform, actor: Actor, channel: Channel, *wanted: SlotInput) -> SlotsSaved:
    with platform.database.write() as session:
        return set_slots(session, actor, channel.id, wanted, now=platform.clock.now())


def problems(error: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(e.field, e.code) for e in error.value.errors}


def make_category(platform: Platform, company: Company) -> int:
    with platform.database.write() as session:
        category = Category(workspace_id=company.workspace.id, name="Praxistipp")
        session.add(category)
    return category.id
