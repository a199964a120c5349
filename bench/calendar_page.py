"""The month calendar with few and with many posts in the database."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, insert

from bench.instance import Instance, connect, instance
from planner import create_app
from planner.domain.roles import Role
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery, Post
from planner.services import members

MONTH = datetime(2027, 3, 1, tzinfo=UTC)
IN_MONTH = 600
REPEATS = 31
PAGES = {
    "page": "/calendar?view=month&date=2027-03-15",
    "json": "/calendar/events?start=2027-03-01T00:00:00Z&end=2027-04-05T00:00:00Z",
}
PASSWORD = "only for measuring"  # noqa: S105 - of nobody


def calendar() -> dict[str, Any]:
    """Median milliseconds and queries of page and JSON, at 1,000 and at 100,000 stored posts, measured in turns."""
    with instance() as small, instance() as large:
        clients = {}
        for made, total in ((small, 1_000), (large, 100_000)):
            _fill(made, total)
            clients[total] = _signed_in(made)
        result: dict[str, Any] = {}
        for name, path in PAGES.items():
            times: dict[int, list[float]] = {1_000: [], 100_000: []}
            for _ in range(REPEATS):
                for total, client in clients.items():
                    times[total].append(_timed(client, path))
            few, many = (statistics.median(times[total]) * 1000 for total in times)
            result[name] = {"few_ms": few, "many_ms": many, "ratio": many / few}
            with _counting(large) as statements:
                _timed(clients[100_000], path)
            result[name]["queries"] = len(statements)
        return result


def _fill(made: Instance, total: int) -> None:
    channels = [connect(made, network, 1) for network in ("facebook", "twitter", "linkedin", "xing")]
    now = made.platform.clock.now()
    for start in range(0, total, 5_000):
        numbers = range(start, min(start + 5_000, total))
        with made.platform.database.write() as session:
            session.execute(insert(Post), [_post(made, n, now) for n in numbers])
        with made.platform.database.write() as session:
            session.execute(insert(Delivery), [_delivery(made, n, channels[n % 4], now) for n in numbers])


def _post(made: Instance, number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number + 1,
        "workspace_id": made.admin.workspace_id,
        "text": f"Beitrag {number}: Was die neue Fräse kann, und was nicht.",
        "status": PostStatus.SCHEDULED,
        "created_at": now,
        "updated_at": now,
    }


def _delivery(made: Instance, number: int, channel: int, now: datetime) -> dict[str, Any]:
    # The first 600 fall into the month that is shown, the others are spread over the years around it.
    inside = number < IN_MONTH
    at = MONTH + timedelta(minutes=number * 70) if inside else MONTH + timedelta(days=60, minutes=number * 40)
    return {
        "workspace_id": made.admin.workspace_id,
        "post_id": number + 1,
        "channel_id": channel,
        "state": DeliveryState.SCHEDULED,
        "publish_at": at,
        "try_at": at,
        "created_at": now,
        "updated_at": now,
    }


def _signed_in(made: Instance) -> FlaskClient:
    platform = made.platform
    with platform.database.write() as session:
        email = "bench@example.com"
        members.create(session, made.admin, email, Role.EDITOR, password=PASSWORD, now=platform.clock.now())
    app = create_app(platform)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 302, answer.status
    return client


def _timed(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    took = time.perf_counter() - began
    assert answer.status_code == 200, f"{path}: {answer.status}"
    return took


@contextmanager
def _counting(made: Instance) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    engine = made.platform.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
