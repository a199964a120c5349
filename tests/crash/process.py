"""``python -m tests.crash.process [STEP TIMES]``: a real scheduler that kills itself, as the machine's failure would,
when deliveries have come to STEP that many times."""

from __future__ import annotations

import os
import signal
import sys
import threading

from planner.bootstrap import bootstrap
from planner.scheduler import run_scheduler
from planner.services.publishing.send import Observer, Step, nobody


def kill_at(step: Step, times: int) -> Observer:
    """An observer that ends the process at once and without any clearing up."""
    lock, left = threading.Lock(), [times]

    def observe(reached: Step, _delivery_id: int) -> None:
        if reached is step:
            with lock:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

    return observe


def main(arguments: list[str]) -> None:
    observe = kill_at(Step(arguments[0]), int(arguments[1])) if arguments else nobody
    platform = bootstrap()
    run_scheduler(platform, observe=observe)
    platform.close()


if __name__ == "__main__":
    main(sys.argv[1:])
