"""The networks of the sandbox, on the clock of the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from publishers.sandbox import Sandbox
from tests.support import sandboxed
from tests.support.clock import FakeClock

sandbox = sandboxed.sandbox


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Everything wired to the sandbox networks."""
    platform = sandboxed.wired(tmp_path / "instance", database_url, clock, sandbox)
    yield platform
    platform.close()
