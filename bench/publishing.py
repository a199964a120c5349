"""How late deliveries are, one alone and a thousand at once, and how close to a bare client that is."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bench.bare import SENDERS
from bench.instance import (
    ROOT,
    Instance,
    Sandbox,
    connect,
    instance,
    quantile,
    resident_mb,
    sandbox,
    seconds_after,
)
from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services import posts
from planner.services.posts import Content, When

POSTS, CHANNELS, LATENCY = 1_000, 40, 0.05
SINGLES = 40


def many() -> dict[str, float]:
    """1,000 deliveries due in the same second over 40 channels, the networks answering in 50 ms."""
    with sandbox(latency=LATENCY) as networks, instance(networks) as made:
        bare = _bare(networks, made.platform.settings.sender_threads)
        networks.reset()
        networks_used = list(SENDERS)
        channels = [connect(made, networks_used[n % len(networks_used)], n) for n in range(CHANNELS)]
        server, _, _ = made.serve()
        idle = resident_mb(server)
        due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=15)
        write(made, [(channels[n % CHANNELS], due) for n in range(POSTS)])
        assert datetime.now(UTC) < due - timedelta(seconds=1), "writing the posts took longer than planned"
        wait(made, POSTS, 120)
        late = [seconds_after(due, entry["at"]) for entry in networks.arrivals()]
        assert len(late) == POSTS, f"{len(late)} requests arrived for {POSTS} posts"
        last = max(late) + LATENCY
        return {
            "posts": POSTS,
            "channels": CHANNELS,
            "threads": made.platform.settings.sender_threads,
            "late_p50": quantile(late, 0.5),
            "late_p99": quantile(late, 0.99),
            "last": last,
            "bare": bare,
            "ratio": bare / last,
            "idle_mb": idle,
            "after_mb": resident_mb(server),
        }


def single() -> dict[str, float]:
    """Deliveries that are due alone: from the due moment to the arrival of the request at the network."""
    chance = random.Random(3)
    with sandbox() as networks, instance(networks) as made:
        channel = connect(made, "twitter", 1)
        made.serve()
        start = datetime.now(UTC) + timedelta(seconds=4)
        dues = [start + timedelta(seconds=n * 0.7 + chance.random() * 0.2) for n in range(SINGLES)]
        write(made, [(channel, due) for due in dues])
        wait(made, SINGLES, 60)
        arrivals = networks.arrivals()
        late = [seconds_after(due, entry["at"]) for due, entry in zip(dues, arrivals, strict=True)]
        return {"count": SINGLES, "p50": quantile(late, 0.5), "p99": quantile(late, 0.99), "worst": max(late)}


def start() -> dict[str, float]:
    """From the command to the first 200 of /healthz, and memory at rest."""
    times, memory = [], []
    with instance() as made:
        for _ in range(5):
            server, _, took = made.serve()
            times.append(took)
            memory.append(resident_mb(server))
            made.stop()
    return {"median": statistics.median(times), "worst": max(times), "idle_mb": statistics.median(memory)}


def _bare(networks: Sandbox, threads: int) -> float:
    command = [sys.executable, "-m", "bench.bare", networks.url, str(threads), str(CHANNELS), str(POSTS)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def write(made: Instance, wanted: list[tuple[int, datetime]]) -> None:
    platform = made.platform
    for chunk in range(0, len(wanted), 100):
        with platform.database.write() as session:
            for number, (channel, due) in enumerate(wanted[chunk : chunk + 100], chunk):
                content = Content(text=f"Nachricht Nummer {number}", channels=(channel,))
                now, folder = platform.clock.now(), platform.settings.media_folder
                posts.create(session, made.admin, content, When(at=due), now=now, folder=folder)


def wait(made: Instance, count: int, seconds: float) -> None:
    """Until all are published; what is not after ``seconds`` is an error."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with made.platform.database.read() as session:
            states = dict(session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).tuples().all())
        if states.get(DeliveryState.PUBLISHED, 0) == count:
            return
        time.sleep(0.25)
    raise RuntimeError(f"not all were published: {states}")
