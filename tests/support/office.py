"""Sendeplan as a company runs it: the real command as a process of its own, and the sandbox networks as another."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.support.browser import ROOT
from tests.support.factories import PASSWORD

START_SECONDS = 60
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True, slots=True)
class Office:
    """A running server at ``address`` that publishes to the sandbox networks at ``networks``."""

    address: str
    networks: str
    environment: dict[str, str]

    def run(self, *arguments: str, given: str = "") -> str:
        """``sendeplan …`` on the same instance; what it printed. Raises where it failed."""
        return _run(self.environment, arguments, given)

    def script(self, role: str) -> Callable[..., dict[str, Any]]:
        """A script with a token of this role: ``script("POST", "posts", {…})`` answers with what the API answered."""
        token = self.run("token", "create", "--role", role, "--name", "Skript").splitlines()[-1]
        return partial(_ask, f"{self.address}/api/v1", token=token)

    def accounts(self) -> dict[str, dict[str, str]]:
        """What each network is connected with: its key to the credential fields."""
        found = self._control("GET", "credentials")["credentials"]
        return {one["network"]: {k: v for k, v in one.items() if k not in {"network", "name"}} for one in found}

    def arrived(self, network: str | None = None) -> list[dict[str, Any]]:
        """Everything that the networks (or one of them) accepted, in the order of its arrival."""
        posts: list[dict[str, Any]] = self._control("GET", f"posts?network={network}" if network else "posts")["posts"]
        return posts

    def move_networks_clock(self, *, hours: float) -> None:
        """The networks live that much later from now on; the company's own clock stays."""
        self._control("PUT", "clock", {"offset_seconds": hours * 3600})

    def _control(self, method: str, name: str, body: Any = None) -> dict[str, Any]:
        return _ask(f"{self.networks}/_control", method, name, body)


@contextmanager
def running_office(folder: Path, people: Sequence[tuple[str, str]]) -> Iterator[Office]:
    """Start both processes in ``folder``. ``people`` are e-mail addresses with roles; all sign in with PASSWORD."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "SENDEPLAN_INSTANCE": str(folder / "instance"),
    }
    with ExitStack() as stack:
        networks = stack.enter_context(_process(folder / "sandbox.log", environment, "sandbox", "--port", "0"))
        for key in ("facebook", "twitter", "linkedin", "xing"):
            environment[f"SENDEPLAN_{key.upper()}_API_URL"] = f"{networks}/{key}"
        _run(environment, ["init"])
        with ThreadPoolExecutor() as beside:
            made = [beside.submit(_make_person, environment, *person) for person in people]
            address = stack.enter_context(_process(folder / "serve.log", environment, "serve", "--port", "0"))
            for person in made:
                person.result()
        yield Office(address, networks, environment)


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 90) -> None:
    """Return as soon as ``condition`` holds; fail and say ``what`` was waited for where it does not come to hold."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"Waited {seconds:.0f} seconds in vain until {what}."
        time.sleep(0.1)


@contextmanager
def _process(log: Path, environment: dict[str, str], *arguments: str) -> Iterator[str]:
    """A command that runs until the block ends; gives the address that it says it listens on."""
    with log.open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "planner", *arguments],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield _said(process, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _said(process: subprocess.Popen[bytes], log: Path) -> str:
    def ready() -> bool:
        assert process.poll() is None, f"It ended at once: {log.read_text(encoding='utf-8')}"
        return _ADDRESS.search(log.read_text(encoding="utf-8")) is not None

    wait_until(ready, "it says where it listens", seconds=START_SECONDS)
    found = _ADDRESS.search(log.read_text(encoding="utf-8"))
    assert found is not None
    return found[0]


def _ask(where: str, method: str, name: str, body: Any = None, *, token: str = "") -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{where}/{name}", data=data, method=method, headers=headers)  # noqa: S310 - our own address
    with urlopen(request, timeout=20) as answer:  # noqa: S310 - the same
        found: dict[str, Any] = json.load(answer)
        return found


def _make_person(environment: dict[str, str], email: str, role: str) -> None:
    _run(environment, ["user", "create", email, "--role", role, "--password-stdin"], PASSWORD)


def _run(environment: dict[str, str], arguments: Sequence[str], given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "planner", *arguments],
        cwd=ROOT, env=environment, input=given, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"sendeplan {' '.join(arguments)} failed: {done.stdout}{done.stderr}"
    return done.stdout
