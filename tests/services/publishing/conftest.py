"""The sandbox networks, on the same clock as the planner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from planner.models import Channel
from publishers.sandbox import Sandbox
from tests.services.publishing.stage import SEND_TIMEOUT, SETTLE, Stage
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_platform

NETWORKS = ("linkedin", "facebook", "twitter", "xing")


class SharedClock:
    """The networks' time: that of the test that runs."""

    def __init__(self) -> None:
        self.source = FakeClock()

    def __call__(self) -> datetime:
        return self.source.now()


@pytest.fixture(scope="session")
def shared_clock() -> SharedClock:
    return SharedClock()


@pytest.fixture(scope="session")
def running_sandbox(shared_clock: SharedClock) -> Iterator[Sandbox]:
    with Sandbox(clock=shared_clock, limits={}, processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox, shared_clock: SharedClock, clock: FakeClock) -> Sandbox:
    shared_clock.source = clock
    running_sandbox.reset()
    running_sandbox.offset_seconds = running_sandbox.latency = 0.0
    return running_sandbox


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Everything wired to the sandbox, once on each kind of database."""
    platform = make_platform(
        tmp_path / "instance",
        database_url,
        clock,
        networks={key: sandbox.api_url(key) for key in NETWORKS},
        reconcile_settle_seconds=SETTLE,
        send_timeout_seconds=SEND_TIMEOUT,
    )
    yield platform
    platform.close()


@pytest.fixture
def stage(platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock) -> Stage:
    return Stage(platform, company, sandbox, clock)


@pytest.fixture
def ours(stage: Stage) -> Channel:
    return stage.channel("xing")


@pytest.fixture
def theirs(stage: Stage, ours: Channel) -> Channel:
    """The same account, connected in another workspace."""
    copied = ("network", "remote_account_id", "credentials", "created_at")
    with stage.platform.database.write() as session:
        channel = Channel(
            workspace_id=stage.company.oscar.workspace_id,
            name="Anderswo",
            owner_id=stage.company.oscar.user_id,
            **{name: getattr(ours, name) for name in copied},
        )
        session.add(channel)
    return channel
