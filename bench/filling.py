"""Many posts in a database, quickly: rows only, past all services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, insert, select, text, update
from sqlalchemy.orm import Session

from bench.instance import NETWORKS, Instance, connect
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery, Post
from planner.services.publishing.tables import DELIVERY, POST

CHUNK = 5_000


def fill(made: Instance, total: int, *, channels: int = 40, due: int = 0, following: bool = False) -> None:
    """``total`` posts with a delivery each: the first ``due`` of them due a minute ago, half of the others published
    in the past days, half planned for the days to come. More than 5,000 are copies of the first 5,000.

    ``following``: every tenth is not a post but something that was published under one."""
    now = made.platform.clock.now()
    ids = [connect(made, NETWORKS[n % 3], n) for n in range(channels)]
    first = min(total, CHUNK)
    with made.platform.database.write() as session:
        numbers = range(first)
        session.execute(insert(Post), [_post(made, n, n < due, now) for n in numbers])
        session.execute(insert(Delivery), [_delivery(made, n, ids[n % channels], n < due, now) for n in numbers])
        if following:
            session.execute(_FOLLOWS)
    for offset in range(CHUNK, total, CHUNK):
        with made.platform.database.write() as session:
            _copy(session, offset)
    if not made.platform.database.is_sqlite:  # as its autovacuum does within a minute
        with made.platform.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _post(made: Instance, number: int, is_due: bool, now: datetime) -> dict[str, Any]:
    published = not is_due and number % 2 == 0
    return {
        "id": number + 1,
        "workspace_id": made.admin.workspace_id,
        "text": f"Beitrag {number}: Was die neue Fräse kann, und was nicht.",
        "needs_approval": False,
        "status": PostStatus.PUBLISHED if published else PostStatus.SCHEDULED,
        "created_at": now,
        "updated_at": now,
    }


def _delivery(made: Instance, number: int, channel: int, is_due: bool, now: datetime) -> dict[str, Any]:
    published = not is_due and number % 2 == 0
    minutes = -1 if is_due else -60 - number if published else 60 + number
    at = now + timedelta(minutes=minutes)
    return {
        "id": number + 1,
        "workspace_id": made.admin.workspace_id,
        "post_id": number + 1,
        "channel_id": channel,
        "state": DeliveryState.PUBLISHED if published else DeliveryState.SCHEDULED,
        "publish_at": at,
        "try_at": None if published else at,
        "published_at": at if published else None,
        "remote_id": str(number + 1) if published else None,
        "created_at": now,
        "updated_at": now,
    }


def _copy(session: Session, offset: int) -> None:
    """The first rows once more, with ids of their own."""
    shifted: dict[str, ColumnElement[Any]] = {"id": POST.c.id + offset}
    columns = [shifted.get(column.name, column) for column in POST.c]
    session.execute(insert(POST).from_select(list(POST.c), select(*columns).where(POST.c.id <= CHUNK)))
    shifted = {
        "id": DELIVERY.c.id + offset,
        "post_id": DELIVERY.c.post_id + offset,
        "parent_id": DELIVERY.c.parent_id + offset,
        "remote_id": cast(DELIVERY.c.remote_id, String) + f"-{offset}",
    }
    columns = [shifted.get(column.name, column) for column in DELIVERY.c]
    session.execute(insert(DELIVERY).from_select(list(DELIVERY.c), select(*columns).where(DELIVERY.c.id <= CHUNK)))


_FOLLOWS = (
    update(DELIVERY)
    .where(DELIVERY.c.id % 10 == 1, DELIVERY.c.id > 1, DELIVERY.c.state == DeliveryState.PUBLISHED)
    .values(parent_id=DELIVERY.c.id - 1, step=1, due_since=DELIVERY.c.publish_at, publish_at=None)
)
