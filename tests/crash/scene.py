"""Sandbox networks and a scheduler, each in a process of its own, and a company with a lot to publish."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, select

from planner import schema, team
from planner.bootstrap import Platform, bootstrap
from planner.config import load_settings, make_keys
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Channel, Delivery, Heartbeat, Post
from tests.publishers.accounts import CREDENTIALS
from tests.support.factories import make_company

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
#: Nothing of these changes by itself any more.
AT_REST = (DeliveryState.PUBLISHED, DeliveryState.NEEDS_PERSON, DeliveryState.FAILED, DeliveryState.MISSED)

SETTINGS = {
    "SENDEPLAN_RECONCILE_SETTLE_SECONDS": "1.5",
    "SENDEPLAN_LEASE_SECONDS": "1.5",
    "SENDEPLAN_SEND_TIMEOUT_SECONDS": "2",
    "SENDEPLAN_SAFETY_TICK_SECONDS": "0.5",
    "SENDEPLAN_LOG_LEVEL": "ERROR",
}


@dataclass
class Scene:
    """One instance, its networks, and the processes that come and go."""

    platform: Platform
    environment: dict[str, str]
    networks: str
    channels: list[int] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def schedule(self, count: int, *, followed: bool = False) -> None:
        """``count`` deliveries, all due now, each with a text of its own, spread over the channels. ``followed``: with
        two more parts where the network has threads, and a first comment where it has comments."""
        now = datetime.now(UTC)
        with self.platform.database.write() as session:
            workspace_id = session.scalars(select(Channel.workspace_id).limit(1)).one()
            made = session.scalar(select(func.count(Delivery.id))) or 0
            for number in range(made, made + count):
                post = Post(
                    workspace_id=workspace_id,
                    text=f"Beitrag {number} aus dem Werk Süd",
                    thread=[f"Teil {part} zu Beitrag {number}" for part in (2, 3)] if followed else [],
                    first_comment=f"Kommentar zu Beitrag {number}" if followed else "",
                    needs_approval=False,
                    status=PostStatus.SCHEDULED,
                    created_at=now,
                    updated_at=now,
                )
                session.add(post)
                session.flush()
                session.add(
                    Delivery(
                        workspace_id=workspace_id,
                        post_id=post.id,
                        channel_id=self.channels[number % len(self.channels)],
                        state=DeliveryState.SCHEDULED,
                        publish_at=now,
                        try_at=now,
                        created_at=now,
                        updated_at=now,
                    )
                )

    def start(self, role: str = "scheduler", *failure: str) -> subprocess.Popen[bytes]:
        """A process of this role, the newest one."""
        command = [sys.executable, "-m", "tests.crash.process", role, *failure]
        self.started_at = datetime.now(UTC)
        self.processes.append(subprocess.Popen(command, cwd=ROOT, env=self.environment))
        return self.processes[-1]

    def kill(self) -> None:
        """SIGKILL to all that run, without any warning."""
        for process in self.processes:
            process.kill()
            process.wait(PATIENCE)

    def stop(self) -> int:
        """SIGTERM to the newest, once it has shown a sign of life; the exit status."""
        self._wait(lambda: not self._is_alive())
        self.processes[-1].send_signal(signal.SIGTERM)
        return self.processes[-1].wait(PATIENCE)

    def wait_until_at_rest(self) -> None:
        """Let the running scheduler finish everything."""
        self._wait(self._moving)

    def break_networks(self, *faults: dict[str, Any]) -> None:
        """Switch faults on."""
        requests.post(f"{self.networks}/_control/faults", json=list(faults), timeout=10).raise_for_status()

    def states(self) -> Counter[DeliveryState]:
        with self.platform.database.read() as session:
            return Counter(session.scalars(select(Delivery.state)))

    def deliveries(self) -> Sequence[Delivery]:
        with self.platform.database.read() as session:
            return session.scalars(select(Delivery).order_by(Delivery.id)).all()

    def accepted(self) -> list[dict[str, Any]]:
        """What the networks' recorder has of accepted posts."""
        answer = requests.get(f"{self.networks}/_control/posts", timeout=10)
        posts: list[dict[str, Any]] = answer.json()["posts"]
        return posts

    def comments(self, network: str, post: str) -> list[dict[str, Any]]:
        """What stands under a post."""
        answer = requests.get(f"{self.networks}/_control/comments", {"network": network, "post": post}, timeout=10)
        said: list[dict[str, Any]] = answer.json()["comments"]
        return said

    def _wait(self, unfinished: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while unfinished():
            assert self.processes[-1].poll() is None, "the process ended by itself"
            assert time.monotonic() < end, f"it did not come to rest: {self.states()}"
            time.sleep(0.05)

    def _is_alive(self) -> bool:
        with self.platform.database.read() as session:
            beat = session.get(Heartbeat, "scheduler")
            return beat is not None and beat.at > self.started_at

    def _moving(self) -> bool:
        with self.platform.database.read() as session:
            return bool(session.scalar(select(func.count()).where(Delivery.state.not_in(AT_REST))))


@contextmanager
def scene(folder: Path, database_url: str, **settings: str) -> Iterator[Scene]:
    """Everything set up on this database, and every process ended at the end."""
    with _networks() as address:
        instance = folder / "instance"
        make_keys(instance)
        urls = {f"SENDEPLAN_{key.upper()}_API_URL": f"{address}/{key}" for key in CREDENTIALS}
        own = {"SENDEPLAN_INSTANCE": str(instance), "SENDEPLAN_DATABASE_URL": database_url}
        environment = {**SETTINGS, **urls, **settings, **own}
        platform = bootstrap(load_settings(environ=environment))
        schema.upgrade(platform.database)
        team.install(platform)
        made = Scene(platform, {**os.environ, **environment}, address)
        made.channels = _connect(platform)
        try:
            yield made
        finally:
            made.kill()
            platform.close()


def _connect(platform: Platform) -> list[int]:
    now = datetime.now(UTC)
    company = make_company(platform.database, now)
    with platform.database.write() as session:
        channels = [
            Channel(
                workspace_id=company.workspace.id,
                network=key,
                name=key,
                credentials=platform.vault.seal(credentials),
                created_at=now,
            )
            for key, credentials in CREDENTIALS.items()
        ]
        session.add_all(channels)
        session.flush()
        return [channel.id for channel in channels]


_ID = {"facebook": "page_id", "twitter": "user_id", "linkedin": "author", "xing": "user_id"}
_SECRETS = {"token_secret": "secret", "consumer_key": "consumer_key", "consumer_secret": "consumer_secret"}
_ACCOUNTS = [
    {
        "network": key,
        "id": given[_ID[key]],
        "name": "Brandt Maschinenbau",
        "token": given.get("access_token") or given["token"],
        **{theirs: given[ours] for ours, theirs in _SECRETS.items() if ours in given},
    }
    for key, given in CREDENTIALS.items()
]


@contextmanager
def _networks() -> Iterator[str]:
    command = [sys.executable, "-m", "publishers.sandbox", "--port", "0", "--no-limits", "--latency", "0.1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().split()[-1].rstrip("/")
            for account in _ACCOUNTS:
                requests.post(f"{address}/_control/accounts", json=account, timeout=10).raise_for_status()
            yield address
        finally:
            process.terminate()
