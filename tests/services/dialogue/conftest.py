"""A company whose channels are connected to the sandbox networks, where people talk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, KEYS, register
from tests.services.dialogue.talk import Talk
from tests.services.metrics.published import wired
from tests.support.clock import FakeClock
from tests.support.factories import Company


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock, limits={}) as sandbox:
        for key in KEYS:
            register(sandbox, key, CREDENTIALS[key])
        yield sandbox


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    platform = wired(tmp_path / "instance", any_url, clock, sandbox)
    yield platform
    platform.close()


@pytest.fixture
def talk(platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock) -> Talk:
    return Talk(platform, company, sandbox, clock)
