"""Posts that went out already, with figures, for tests of what is shown of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, Snapshot
from planner.services.actor import Actor
from planner.services.posts import When
from planner.services.publishing.status import refresh_status
from tests.support.factories import make_post


def make_published(
    platform: Platform,
    actor: Actor,
    channel: Channel,
    at: datetime,
    figures: dict[str, int] | None = None,
    **content: Any,
) -> Post:
    """A post that went out on ``channel`` at ``at``; ``figures`` came back an hour later (None: none yet)."""
    soon = platform.clock.now() + timedelta(hours=1)
    post = make_post(platform, actor, [channel], When(at=soon), **content)
    with platform.database.write() as session:
        delivery = session.query(Delivery).filter_by(post_id=post.id).one()
        delivery.state = DeliveryState.PUBLISHED
        delivery.publish_at = delivery.try_at = delivery.published_at = at
        session.get_one(Post, post.id).approved_at = at
        if figures is not None:
            session.add(Snapshot(delivery_id=delivery.id, taken_at=at + timedelta(hours=1), **figures))
        refresh_status(session, post.id)
    return post


def delivery_of(platform: Platform, post: Post) -> Delivery:
    """The one delivery of a post."""
    with platform.database.read() as session:
        return session.query(Delivery).filter_by(post_id=post.id).one()
