"""Networks that let people consent, and the instance that is their developer app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from publishers.sandbox import Sandbox, apps
from tests.support.clock import FakeClock
from tests.support.factories import make_platform


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    """The networks on the test's clock."""
    with Sandbox(clock=clock.now) as sandbox:
        yield sandbox


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Wired to the sandbox networks as the developer app that they know."""
    keys = list(sandbox.services)
    platform = make_platform(
        tmp_path / "instance", database_url, clock, networks={key: sandbox.api_url(key) for key in keys},
        apps={key: apps.settings(key) for key in keys},
    )  # fmt: skip
    yield platform
    platform.close()
