"""The real wiring for services, once on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_company, make_platform


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Platform]:
    """Everything wired, on a fresh database and the test's clock."""
    platform = make_platform(tmp_path / "instance", database_url, clock)
    yield platform
    platform.close()


@pytest.fixture
def company(platform: Platform) -> Company:
    """Brandt Maschinenbau with people in every role, and an outsider."""
    return make_company(platform.database, platform.clock.now())
