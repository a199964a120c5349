"""One sandbox for all tests of the adapters; each test begins with nothing posted and nothing broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publishers.base import Medium, Publisher
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, KEYS, NetworkClock, connect, image, register, skipping


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
def publisher(sandbox: Sandbox, key: str, network_clock: NetworkClock) -> Iterator[Publisher]:
    connected = connect(key, sandbox.api_url(key), waiting=skipping(network_clock))
    yield connected
    connected.close()


@pytest.fixture
def picture(tmp_path: Path) -> Medium:
    return image(tmp_path, alt="Eine graue Fläche")


@pytest.fixture
def begun(network_clock: NetworkClock) -> datetime:
    """The networks' time when the test began."""
    return network_clock()
