"""``python -m tests.crash.process scheduler|worker [STEP TIMES [kill|freeze [ID]]]``: a real scheduler or worker that
kills or freezes itself, as the machine's failure would, when deliveries (made after the one of this ID) have come to
STEP that many times."""

from __future__ import annotations

import os
import signal
import sys
import threading

from planner import logs, team
from planner.bootstrap import bootstrap
from planner.scheduler import run_scheduler
from planner.services.publishing.send import Observer, Step, nobody

SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}


def fail_at(step: Step, times: int, how: str = "kill", after: str = "0") -> Observer:
    """An observer that ends or stops the process at once and without any clearing up."""
    lock, left = threading.Lock(), [times]

    def observe(reached: Step, delivery_id: int) -> None:
        if reached is step and delivery_id > int(after):
            with lock:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), SIGNALS[how])

    return observe


def main(arguments: list[str]) -> None:
    role, *failure = arguments
    observe = fail_at(Step(failure[0]), int(failure[1]), *failure[2:]) if failure else nobody
    platform = bootstrap()
    logs.configure(platform.settings)
    if role == "worker":
        from planner.team.worker import run_worker

        engine = team.ready(platform)
        assert engine is not None
        run_worker(platform, engine, observe=observe)
    else:
        run_scheduler(platform, observe=observe)
    platform.close()


if __name__ == "__main__":
    main(sys.argv[1:])
