"""An instance of Sendeplan in a folder of its own, with sandbox networks beside it, as real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from planner import schema, team
from planner.bootstrap import Platform, bootstrap
from planner.config import load_settings, make_keys
from planner.domain.roles import Role
from planner.models import Workspace
from planner.services import channels
from planner.services.actor import Actor

NETWORKS = ("facebook", "twitter", "linkedin", "xing")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Sandbox:
    """Running sandbox networks."""

    url: str
    process: subprocess.Popen[str]

    def environment(self) -> dict[str, str]:
        """The settings that send a planner there."""
        return {f"SENDEPLAN_{n.upper()}_API_URL": f"{self.url}/{n}" for n in NETWORKS}

    def arrivals(self) -> list[dict[str, Any]]:
        """The publishing requests that arrived, in order."""
        answer = requests.get(f"{self.url}/_control/requests", {"operation": "publish"}, timeout=30)
        return list(answer.json()["requests"])

    def reset(self) -> None:
        """Forget posts and requests."""
        requests.delete(f"{self.url}/_control/state", timeout=30).raise_for_status()


@dataclass(slots=True)
class Instance:
    """A folder, the settings for it, and the platform to fill it with."""

    folder: Path
    environment: dict[str, str]
    platform: Platform
    admin: Actor
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def serve(self) -> tuple[subprocess.Popen[bytes], str, float]:
        """Start ``sendeplan serve``. Returns the process, its address, and the seconds until /healthz answered 200."""
        port = free_port()
        began = time.perf_counter()
        server = self.run("serve", "--port", str(port))
        url = f"http://127.0.0.1:{port}"
        while not _healthy(url):
            if server.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.005)
        return server, url, time.perf_counter() - began

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command that runs until :meth:`stop`."""
        command = [sys.executable, "-m", "planner", *arguments]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.servers.append(process)
        return process

    def stop(self) -> None:
        """Stop every server that was started."""
        for server in self.servers:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=30)
        self.servers.clear()


@contextmanager
def sandbox(*, latency: float = 0.0) -> Iterator[Sandbox]:
    """Sandbox networks in a process of their own, open to any account and without rate limits."""
    command = [sys.executable, "-m", "publishers.sandbox", "--port", "0", "--latency", str(latency)]
    command += ["--open-accounts", "--no-limits"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+?(?=/?\s|/?$)", process.stdout.readline())
        assert found is not None
        yield Sandbox(found[0].rstrip("/"), process)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def instance(networks: Sandbox | None = None, **settings: str) -> Iterator[Instance]:
    """A fresh instance with one workspace that wants no approvals; ``settings`` as the environment has them."""
    with tempfile.TemporaryDirectory(prefix="sendeplan-bench-") as name:
        folder = Path(name)
        make_keys(folder)
        mine = {"SENDEPLAN_INSTANCE": str(folder), "SENDEPLAN_LOG_LEVEL": "WARNING"}
        mine |= {**(networks.environment() if networks else {}), **settings}
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("SENDEPLAN_")}
        platform = bootstrap(load_settings(folder, mine))
        schema.upgrade(platform.database)
        team.install(platform)
        with platform.database.write() as session:
            workspace = Workspace(name="Messung", approval_required=False, created_at=platform.clock.now())
            session.add(workspace)
            session.flush()
            admin = Actor(workspace.id, Role.ADMIN, "bench")
        made = Instance(folder, inherited | mine, platform, admin)
        try:
            yield made
        finally:
            made.stop()
            platform.close()


def connect(made: Instance, network: str, number: int) -> int:
    """A channel of its own account; returns its id."""
    platform = made.platform
    with platform.database.write() as session:
        return channels.connect(
            session,
            made.admin,
            platform.vault,
            network,
            credentials(network, number),
            now=platform.clock.now(),
            name=f"{network} {number}",
        ).id


def credentials(network: str, number: int) -> dict[str, str]:
    """Credentials that open sandbox networks accept."""
    account = str(10_000_000 + number)
    return {
        "facebook": {"page_id": account, "access_token": f"EAABbench{account}"},
        "twitter": {"user_id": account, "access_token": f"bench-x-{account}"},
        "linkedin": {"author": f"urn:li:organization:{account}", "access_token": f"AQXbench{account}"},
        "xing": {
            "consumer_key": "bench-consumer",
            "consumer_secret": "bench-consumer-secret",
            "token": f"bench-xing-{account}",
            "token_secret": f"bench-xing-secret-{account}",
            "user_id": f"{account}_bench",
        },
    }[network]


def resident_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process in MB (10^6 bytes)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def cpu_seconds(*pids: int) -> float:
    """Processor time that these processes and their children have had so far, also those that have ended."""
    found = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            pid, parent = int(status.parent.name), int(fields[1])
            if pid in pids or parent in pids:
                found += sum(map(int, fields[11:15] if pid in pids else fields[11:13]))
    return found / os.sysconf("SC_CLK_TCK")


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def seconds_after(due: datetime, moment: str) -> float:
    """How long after ``due`` an RFC 3339 moment lies, in seconds."""
    return (datetime.fromisoformat(moment) - due).total_seconds()


def free_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=1).status_code == 200
    except requests.RequestException:
        return False
