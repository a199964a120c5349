"""Channels whose access is renewed: with the developer app that this needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings
from tests.services.publishing.access.ending import APP
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """X tells how long a new token lasts; its adapter counts that from the real time."""
    return FakeClock(datetime.now(UTC))


@pytest.fixture
def platform(platform: Platform) -> Iterator[Platform]:
    """The same, with the developer app."""
    urls = platform.settings.networks
    with_app = {key: NetworkSettings(settings.api_url, APP) for key, settings in urls.items()}
    wired = bootstrap(replace(platform.settings, networks=with_app), clock=platform.clock)
    yield wired
    wired.close()
