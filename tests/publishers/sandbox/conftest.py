"""A sandbox of its own for each test, whose networks' time stands still until the test moves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from publishers.sandbox import Sandbox
from tests.publishers.sandbox.callers import Facebook, LinkedIn, Twitter, Xing
from tests.support.clock import FakeClock


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as running:
        yield running


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def twitter(sandbox: Sandbox, http: requests.Session) -> Twitter:
    return Twitter(http, sandbox.api_url("twitter"))


@pytest.fixture
def facebook(sandbox: Sandbox, http: requests.Session) -> Facebook:
    return Facebook(http, sandbox.api_url("facebook"))


@pytest.fixture
def linkedin(sandbox: Sandbox, http: requests.Session) -> LinkedIn:
    return LinkedIn(http, sandbox.api_url("linkedin"))


@pytest.fixture
def xing(sandbox: Sandbox, http: requests.Session) -> Xing:
    return Xing(http, sandbox.api_url("xing"))
