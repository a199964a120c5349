"""One process and several workers on PostgreSQL: how late deliveries are, how many go out, what each costs."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.bare import SENDERS
from bench.instance import Instance, Sandbox, connect, cpu_seconds, instance, quantile, sandbox, seconds_after
from bench.publishing import wait, write
from planner.models import Heartbeat
from planner.services import heartbeats
from tests.support.databases import OwnServer, own_postgres_server

#: Networks take their time: half a second is usual. So senders wait, and more of them send more.
POSTS, CHANNELS, LATENCY = 600, 100, 0.5
COUNTS = (1, 2, 4)


def workers() -> dict[str, Any]:
    """600 deliveries due in the same second over 100 channels, the networks answering in 500 ms: with the scheduler's
    own threads (``0``), and with 1, 2 and 4 workers of 8 threads each; and (``at_once``) with networks that let nobody
    wait, which shows what the machine itself carries, with the same four workers."""
    with own_postgres_server() as server:
        with sandbox(latency=LATENCY) as networks:
            found: dict[str, Any] = {str(count): _measure(server, networks, count, LATENCY) for count in (0, *COUNTS)}
        with sandbox() as networks:
            found["at_once"] = _measure(server, networks, COUNTS[-1], 0.0)
    return found


def _measure(server: OwnServer, networks: Sandbox, count: int, latency: float) -> dict[str, float]:
    networks.reset()
    settings = {"SENDEPLAN_DATABASE_URL": server.database(), "SENDEPLAN_SENDERS": "workers" if count else "here"}
    with instance(networks, **settings) as made:
        names = list(SENDERS)
        channels = [connect(made, names[n % len(names)], n) for n in range(CHANNELS)]
        clock = made.run("scheduler")
        senders = [made.run("worker") for _ in range(count)] or [clock]
        who = {
            "clock": [clock.pid] if count else [],
            "senders": [sender.pid for sender in senders],
            "database": [server.pid],
            "networks": [networks.process.pid],
        }
        while not _all_run(made, count):
            time.sleep(0.1)
        due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=20)
        write(made, [(channels[n % CHANNELS], due) for n in range(POSTS)])
        assert datetime.now(UTC) < due - timedelta(seconds=2), "writing the posts took longer than planned"
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() - 0.5))
        before, used = _writes(made), {name: cpu_seconds(*pids) for name, pids in who.items()}
        wait(made, POSTS, 180)
        cost = {name: (cpu_seconds(*pids) - used[name]) / POSTS for name, pids in who.items()}
        after = _writes(made)
        late = [seconds_after(due, entry["at"]) for entry in networks.arrivals()]
        assert len(late) == POSTS, f"{len(late)} requests arrived for {POSTS} posts"
        last = max(late) + latency
        return {
            "late_p50": quantile(late, 0.5),
            "late_p99": quantile(late, 0.99),
            "first": min(late),
            "last": last,
            "per_minute": POSTS / last * 60,
            "commits": (after[0] - before[0]) / POSTS,
            "rows": (after[1] - before[1]) / POSTS,
            **{f"cpu_{name}": seconds for name, seconds in cost.items()},
            "busy": sum(cost.values()) * POSTS / last / (os.cpu_count() or 1),
        }


def _all_run(made: Instance, count: int) -> bool:
    with made.platform.database.read() as session:
        workers = heartbeats.live_workers(session, made.platform.clock.now())
        return workers == count and session.get(Heartbeat, "scheduler") is not None


def _writes(made: Instance) -> tuple[int, int]:
    """Transactions that ended with a commit, reads included, and rows written, of this database so far."""
    time.sleep(1.2)  # the server's figures are up to a second old
    with psycopg.connect(made.platform.database.conninfo) as connection:
        found = connection.execute(
            "SELECT xact_commit, tup_inserted + tup_updated + tup_deleted FROM pg_stat_database"
            " WHERE datname = current_database()"
        ).fetchone()
        assert found is not None
        return int(found[0]), int(found[1])
