"""However much is stored, what the clock asks of the database costs as much. Counted, not timed: steps of SQLite's
machine, pages that PostgreSQL reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event, insert, text

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState as S, PostStatus
from planner.models import Channel, Delivery, Post
from planner.services import alerts, dialogue, weekly
from planner.services.metrics import pull_due
from planner.services.publishing import expiring, missed, reminding, renewal
from planner.services.publishing.claim import claim, claim_early
from planner.services.publishing.reconcile import reconcile
from planner.services.publishing.recover import recover
from planner.services.publishing.upcoming import upcoming
from tests.services.publishing.stage import Stage

CHANNELS, FEW, MANY = 20, 1_000, 20_000
#: What lies in the database: most is over or planned, some is a draft or was taken out.
STATES = (S.PUBLISHED, S.SCHEDULED, S.PUBLISHED, S.SCHEDULED, S.DRAFT, S.CANCELLED)
WORK: dict[str, Callable[[Platform], object]] = {
    "when something is due": upcoming,
    "the claim": lambda platform: claim(platform, "growth", 1),
    "the claim of what takes long": lambda platform: claim_early(platform, "growth", 1),
    "the look for what is unconfirmed": reconcile,
    "leases that ran out": recover,
    "what is missed": missed.sweep,
    "access that ends": renewal.renew_due,
    "warnings of access that ends": expiring.warn_due,
    "reminders": reminding.remind_due,
    "figures": pull_due,
    "remarks": dialogue.hear_due,
    "answers": dialogue.send_due,
    "answers in doubt": dialogue.check_due,
    "alerts": alerts.check,
    "weekly mails": weekly.run_due,
}


def test_what_the_clock_asks_costs_no_more_with_many_posts_than_with_few(stage: Stage) -> None:
    channels = [stage.channel() for _ in range(CHANNELS)]
    for channel in channels:
        stage.due(channel)
    _store(stage, channels, 0, FEW)
    few = {name: _effort(stage.platform, work) for name, work in WORK.items()}
    _store(stage, channels, FEW, MANY)
    many = {name: _effort(stage.platform, work) for name, work in WORK.items()}

    assert few["when something is due"]
    assert few["the claim"]
    grown = {name: (few[name], many[name]) for name in WORK if many[name] > 2 * few[name] + 20}
    assert not grown


def _store(stage: Stage, channels: list[Channel], first: int, last: int) -> None:
    """Posts of every state, each on one channel, long over or far ahead."""
    now, workspace_id = stage.clock.now(), stage.company.workspace.id
    posts, deliveries = [], []
    for n in range(first + 1000, last + 1000):
        state = STATES[n % len(STATES)]
        at = now + timedelta(days=60, hours=n % 4000) * (-1 if state is S.PUBLISHED else 1)
        times = {"workspace_id": workspace_id, "created_at": now, "updated_at": now}
        status = PostStatus.PUBLISHED if state is S.PUBLISHED else PostStatus.SCHEDULED
        posts.append({"id": n, "text": f"Beitrag {n}", "needs_approval": False, "status": status, **times})
        deliveries.append(
            {
                "id": n,
                "post_id": n,
                "channel_id": channels[n % len(channels)].id,
                "state": state,
                "publish_at": at,
                "try_at": at if state is S.SCHEDULED else None,
                "published_at": at if state is S.PUBLISHED else None,
                "remote_id": f"r{n}" if state is S.PUBLISHED else None,
                **times,
            }
        )
    with stage.platform.database.write() as session:
        session.execute(insert(Post), posts)
        session.execute(insert(Delivery), deliveries)
    if not stage.platform.database.is_sqlite:  # as its autovacuum does within a minute
        with stage.platform.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _effort(platform: Platform, work: Callable[[Platform], object]) -> int:
    counting = _steps if platform.database.is_sqlite else _pages
    with counting(platform) as spent:
        work(platform)
    return spent()


@contextmanager
def _steps(platform: Platform) -> Iterator[Callable[[], int]]:
    """Instructions of SQLite's machine, in tens."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    def watch(connection: Any, *_: object) -> None:
        connection.set_progress_handler(count, 10)

    engine = platform.database.engine
    event.listen(engine, "checkout", watch)
    try:
        yield lambda: steps
    finally:
        event.remove(engine, "checkout", watch)
        engine.dispose()


@contextmanager
def _pages(platform: Platform) -> Iterator[Callable[[], int]]:
    """Pages that PostgreSQL reads to answer the questions."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    engine = platform.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield lambda: sum(_read(platform, *one) for one in asked)
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _read(platform: Platform, statement: str, parameters: Any) -> int:
    with platform.database.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
        ((told,),) = cursor.fetchall()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
