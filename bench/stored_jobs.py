"""The usual way: APScheduler with one stored job for each post, in a process of its own.

``python -m bench.stored_jobs FILE URL STORED DUE``: adds the jobs, starts anew on them, and sends what is due. Prints
JSON with the seconds that adding and starting took, and the due moment.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bench.bare import SENDERS
from bench.instance import credentials

_sessions = threading.local()
_left = threading.Semaphore(0)


def send(url: str, channel: int, number: int) -> None:
    """One job: send one post."""
    network = list(SENDERS)[channel % len(SENDERS)]
    if not hasattr(_sessions, "own"):
        _sessions.own = requests.Session()
    SENDERS[network](_sessions.own, url, credentials(network, channel), f"Nachricht Nummer {number}").raise_for_status()
    _left.release()


def run(file: str, url: str, stored: int, due: int, threads: int = 8, channels: int = 40) -> dict[str, Any]:
    """Add, start, send."""
    first = _scheduler(file, threads)
    first.start(paused=True)
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=stored * 0.02 + 20)
    began = time.perf_counter()
    for number in range(stored):
        when = at if number < due else at + timedelta(days=1 + number)
        first.add_job("bench.stored_jobs:send", "date", run_date=when, args=(url, number % channels, number))
    added = time.perf_counter() - began
    first.shutdown()
    began = time.perf_counter()
    second = _scheduler(file, threads)
    second.start()
    started = time.perf_counter() - began
    assert datetime.now(UTC) < at, "adding took longer than planned"
    for _ in range(due):
        assert _left.acquire(timeout=300), "not all jobs ran"
    second.shutdown()
    return {"add": added, "start": started, "at": at.isoformat()}


def _scheduler(file: str, threads: int) -> BackgroundScheduler:
    # By default it drops what is more than a second late: here, nothing is to be dropped.
    return BackgroundScheduler(
        timezone=UTC,
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{file}")},
        executors={"default": ThreadPoolExecutor(threads)},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
    )


if __name__ == "__main__":
    path, address, *counts = sys.argv[1:]
    from bench.stored_jobs import run as measured  # the module that the jobs name, not this one called __main__

    print(json.dumps(measured(path, address, *(int(count) for count in counts))))
