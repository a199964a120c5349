"""Deliveries that went out to the sandbox networks, and their figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Snapshot
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS
from tests.support.factories import Company, make_channel, make_post

ACCOUNT = {"facebook": "page_id", "twitter": "user_id", "linkedin": "author", "xing": "user_id"}


def connected(platform: Platform, company: Company, key: str = "linkedin", **attributes: Any) -> Channel:
    sealed = platform.vault.seal(CREDENTIALS[key])
    return make_channel(platform.database, company, platform.clock.now(), key, credentials=sealed, **attributes)


def published(
    platform: Platform, company: Company, channel: Channel, sandbox: Sandbox | None, *, age: timedelta = timedelta(0)
) -> int:
    """A delivery that went out ``age`` ago, and is at the network too where one is given. Its figures are due."""
    at = platform.clock.now() - age
    post = make_post(platform, company.bob, [channel], approve=True)
    with platform.database.write() as session:
        delivery = session.scalars(select(Delivery).filter_by(post_id=post.id)).one()
        account = CREDENTIALS[channel.network].get(ACCOUNT[channel.network], "")
        known = sandbox.backfill(channel.network, account, f"Post {post.id}", at) if sandbox else f"gone-{post.id}"
        delivery.state, delivery.remote_id = DeliveryState.PUBLISHED, known
        delivery.published_at = delivery.publish_at = at
        delivery.metrics_due_at = platform.clock.now()
    return delivery.id


def snapshots(platform: Platform, delivery_id: int) -> list[Snapshot]:
    with platform.database.read() as session:
        query = select(Snapshot).where(Snapshot.delivery_id == delivery_id).order_by(Snapshot.id)
        return list(session.scalars(query))


def due_at(platform: Platform, delivery_id: int) -> datetime | None:
    with platform.database.read() as session:
        return session.get_one(Delivery, delivery_id).metrics_due_at


def asked(sandbox: Sandbox, network: str | None = None) -> int:
    return len(sandbox.requests(network, "metrics"))
