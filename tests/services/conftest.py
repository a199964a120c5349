"""The real wiring for services, once on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from tests.support.clock import FakeClock
from tests.support.factories import make_platform


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Platform]:
    """Everything wired, on a fresh database and the test's clock."""
    platform = make_platform(tmp_path / "instance", database_url, clock)
    yield platform
    platform.close()
