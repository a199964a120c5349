"""The sandbox networks on the test's clock, and everything wired to them. A module or a folder takes what it needs by
naming it: ``sandbox, platform = sandboxed.sandbox, sandboxed.platform``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.bootstrap import Platform
from publishers.sandbox import Sandbox, apps
from tests.publishers.accounts import CREDENTIALS, KEYS, register
from tests.support.clock import FakeClock
from tests.support.factories import make_platform

#: The developer app of each network, as the sandbox knows it.
APPS = {key: apps.settings(key) for key in KEYS}


def wired(folder: Path, url: str, clock: FakeClock, sandbox: Sandbox, **changes: Any) -> Platform:
    """Everything on a test's database, folder and clock, wired to the sandbox networks; ``changes`` are settings."""
    networks = {key: sandbox.api_url(key) for key in KEYS}
    return make_platform(folder, url, clock, networks=networks, **{"send_timeout_seconds": 5.0, **changes})


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    """The networks without limits, where each of :data:`CREDENTIALS` has its account."""
    with Sandbox(clock=clock, limits={}, processing_seconds=0) as sandbox:
        for key in KEYS:
            register(sandbox, key, CREDENTIALS[key])
        yield sandbox


@pytest.fixture
def seeded(clock: FakeClock) -> Iterator[Sandbox]:
    """The networks with their limits and the accounts that are there from the start."""
    with Sandbox(clock=clock, processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Everything wired to the sandbox networks."""
    platform = wired(tmp_path / "instance", any_url, clock, sandbox)
    yield platform
    platform.close()
