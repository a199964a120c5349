"""The sandbox networks in a process of their own, which ends with the one that began it, however that ends."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from pathlib import Path

from planner.cli.failing import Failed

START_SECONDS = 20


@contextmanager
def sandbox_networks(port: int, state: Path) -> Iterator[str]:
    """Run them while the block runs; gives their address. Port 0, or one that is taken: a free one."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_run, args=(port, str(state), there), name="sandbox networks", daemon=True)
    process.start()
    there.close()
    try:
        yield _address(here)
    finally:
        here.close()
        process.join(5)
        if process.is_alive():
            process.terminate()


def _address(here: Connection) -> str:
    try:
        if here.poll(START_SECONDS):
            return str(here.recv())
    except EOFError:
        pass
    raise Failed("The sandbox networks did not start.")


def _run(port: int, state: str, there: Connection) -> None:
    """The other process: serve until the pipe closes, which it does when the first process ends in whatever way."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # Ctrl-C reaches both: the first process says when it is over
    sandbox = _sandbox(port, state)
    with sandbox:
        there.send(sandbox.url)
        wait([there])


def _sandbox(port: int, state: str):  # type: ignore[no-untyped-def]
    from publishers.sandbox import Sandbox

    try:
        return Sandbox(port=port, seed=7, state_file=state, talkative=True)
    except OSError:
        return Sandbox(port=0, seed=7, state_file=state, talkative=True)
