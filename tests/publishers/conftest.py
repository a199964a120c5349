"""One sandbox for all tests of the adapters; each test begins with nothing posted and nothing broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publishers.base import Medium, Publisher
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, KEYS, connect, image, register


class NetworkClock:
    """The networks' time: it runs with the real one, and a test can move it on."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def move(self, by: timedelta) -> None:
        self.moved += by


@pytest.fixture(scope="session")
def network_clock() -> NetworkClock:
    return NetworkClock()


@pytest.fixture(scope="session")
def running_sandbox(network_clock: NetworkClock) -> Iterator[Sandbox]:
    with Sandbox(clock=network_clock, limits={}) as sandbox:
        for key in KEYS:
            register(sandbox, key, CREDENTIALS[key])
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox, network_clock: NetworkClock) -> Sandbox:
    network_clock.moved = timedelta()
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> str:
    """The test runs once for each network."""
    return str(request.param)


@pytest.fixture
def publisher(sandbox: Sandbox, key: str) -> Iterator[Publisher]:
    connected = connect(key, sandbox.api_url(key))
    yield connected
    connected.close()


@pytest.fixture
def picture(tmp_path: Path) -> Medium:
    return image(tmp_path, alt="Eine graue Fläche")


@pytest.fixture
def begun(network_clock: NetworkClock) -> datetime:
    """The networks' time when the test began."""
    return network_clock()
