"""``python -m publishers.sandbox``: the sandbox networks by themselves."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from .limits import DEFAULTS
from .server import NETWORKS, Sandbox


def run(
    host: str = "127.0.0.1",
    port: int = 8790,
    *,
    latency: float = 0.0,
    open_accounts: bool = False,
    seed: int = 1,
    state_file: str | Path | None = None,
    limits: bool = True,
    say: Callable[[str], object] = print,
) -> None:
    """Serve the sandbox networks until SIGINT or SIGTERM. ``say`` gets what a person should know, line by line.

    Raises OSError where the port is taken or the state file cannot be written.
    """
    sandbox = Sandbox(
        host, port, latency=latency, open_accounts=open_accounts, seed=seed, state_file=state_file,
        limits=DEFAULTS if limits else {},
    )  # fmt: skip
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with sandbox:
        for line in introduction(sandbox):
            say(line)
        stop.wait()


def introduction(sandbox: Sandbox) -> list[str]:
    """Where the sandbox is, the settings that send a planner there, and what to connect channels with."""
    lines = [f"Sandbox networks: {sandbox.url}/", "", "Settings:"]
    lines += [f"  {name}={value}" for name, value in (sandbox.environment() | sandbox.apps()).items()]
    lines += ["", "Credentials:"]
    for entry in sandbox.credentials():
        fields = {name: value for name, value in entry.items() if name not in ("network", "name") and value}
        shown = ", ".join(f"{name}={value}" for name, value in fields.items())
        lines.append(f"  {entry['network']} ({entry['name']}): {shown}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 after a stop, 1 where it cannot start, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        run(
            options.host, options.port, latency=options.latency, open_accounts=options.open_accounts,
            seed=options.seed, state_file=options.state, limits=not options.no_limits, say=_say,
        )  # fmt: skip
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot start: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    names = ", ".join(NETWORKS)
    parser = argparse.ArgumentParser(prog="python -m publishers.sandbox", description=f"Sandbox networks: {names}.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8790, help="port; 0 takes a free one (8790)")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that each answer takes (0)")
    parser.add_argument("--open-accounts", action="store_true", help="let any well-formed token in")
    parser.add_argument("--no-limits", action="store_true", help="lift the networks' rate limits")
    parser.add_argument("--seed", type=int, default=1, help="number that the engagement is drawn from (1)")
    parser.add_argument("--state", type=Path, help="file that keeps posts over a restart")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
