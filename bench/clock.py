"""Our clock against APScheduler's usual way of one stored job for each post, on the same networks in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.bare import SENDERS
from bench.instance import ROOT, Sandbox, connect, instance, quantile, sandbox, seconds_after
from bench.publishing import wait, write

STORED, DUE, CHANNELS = 10_000, 1_000, 40


def clock() -> dict[str, Any]:
    """10,000 stored posts, 1,000 of them due in the same second over 40 channels, networks that answer at once."""
    with sandbox() as networks:
        theirs = _stored_jobs(networks)
        networks.reset()
        return {"jobs": theirs, "ours": _ours(networks)}


def _stored_jobs(networks: Sandbox) -> dict[str, float]:
    with instance() as made:
        command = [sys.executable, "-m", "bench.stored_jobs", str(made.folder / "jobs.sqlite"), networks.url]
        command += [str(STORED), str(DUE)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    return {"add": said["add"], "start": said["start"], **_lateness(networks, datetime.fromisoformat(said["at"]))}


def _ours(networks: Sandbox) -> dict[str, float]:
    with instance(networks) as made:
        names = list(SENDERS)
        channels = [connect(made, names[n % len(names)], n) for n in range(CHANNELS)]
        due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=STORED * 0.02 + 30)
        later = due + timedelta(days=1)
        wanted = [(channels[n % CHANNELS], due if n < DUE else later + timedelta(hours=n)) for n in range(STORED)]
        began = time.perf_counter()
        write(made, wanted)
        added = time.perf_counter() - began
        _, _, started = made.serve()
        assert datetime.now(UTC) < due, "adding took longer than planned"
        time.sleep((due - datetime.now(UTC)).total_seconds())
        wait(made, DUE, 120)
        return {"add": added, "start": started, **_lateness(networks, due)}


def _lateness(networks: Sandbox, due: datetime) -> dict[str, float]:
    late = [seconds_after(due, entry["at"]) for entry in networks.arrivals()]
    assert len(late) == DUE, f"{len(late)} requests arrived for {DUE} posts"
    return {"late_p50": quantile(late, 0.5), "late_p99": quantile(late, 0.99), "last": max(late)}
