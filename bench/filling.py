"""Many posts in a database, quickly: rows only, past all services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from bench.instance import NETWORKS, Instance, connect
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery, Post

CHUNK = 10_000


def fill(made: Instance, total: int, *, channels: int = 40, due: int = 0, first: int = 0) -> None:
    """``total`` posts with a delivery each: the first ``due`` of them due a minute ago, half of the others published
    over the past years, half planned for the years to come."""
    now = made.platform.clock.now()
    ids = [connect(made, NETWORKS[n % 3], first + n) for n in range(channels)]
    done, ahead = DeliveryState.PUBLISHED, DeliveryState.SCHEDULED
    for start in range(first, first + total, CHUNK):
        numbers = range(start, min(start + CHUNK, first + total))
        posts, deliveries = [], []
        for number in numbers:
            is_due, is_past = number < first + due, number % 2 == 0
            state = ahead if is_due or not is_past else done
            minutes = -1 if is_due else (-1 if is_past else 1) * (60 + number)
            at = now + timedelta(minutes=minutes)
            posts.append(_post(made, number, PostStatus(state.value), now))
            row = {"state": state, "publish_at": at, "try_at": at if state is ahead else None}
            row |= {"published_at": at, "remote_id": str(number)} if state is done else _NOT_OUT
            deliveries.append(_delivery(made, number, ids[number % channels], now) | row)
        with made.platform.database.write() as session:
            session.execute(insert(Post), posts)
            session.execute(insert(Delivery), deliveries)


_NOT_OUT: dict[str, Any] = {"published_at": None, "remote_id": None}


def _post(made: Instance, number: int, status: PostStatus, now: Any) -> dict[str, Any]:
    return {
        "id": number + 1,
        "workspace_id": made.admin.workspace_id,
        "text": f"Beitrag {number}: Was die neue Fräse kann, und was nicht.",
        "needs_approval": False,
        "status": status,
        "created_at": now,
        "updated_at": now,
    }


def _delivery(made: Instance, number: int, channel: int, now: Any) -> dict[str, Any]:
    return {
        "workspace_id": made.admin.workspace_id,
        "post_id": number + 1,
        "channel_id": channel,
        "created_at": now,
        "updated_at": now,
    }
