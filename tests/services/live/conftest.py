"""The networks of the sandbox, on the clock of the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, KEYS, register
from tests.services.metrics.published import wired
from tests.support.clock import FakeClock


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock, limits={}, processing_seconds=0) as sandbox:
        for key in KEYS:
            register(sandbox, key, CREDENTIALS[key])
        yield sandbox


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    platform = wired(tmp_path / "instance", any_url, clock, sandbox)
    yield platform
    platform.close()
