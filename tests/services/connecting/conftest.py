"""Networks that let people consent, and the instance that is their developer app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from publishers.sandbox import Sandbox
from tests.support import sandboxed
from tests.support.clock import FakeClock

sandbox = sandboxed.seeded


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Wired to the sandbox networks as the developer app that they know."""
    platform = sandboxed.wired(tmp_path / "instance", database_url, clock, sandbox, apps=sandboxed.APPS)
    yield platform
    platform.close()
