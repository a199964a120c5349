"""A company whose channels are connected to the sandbox networks, where people talk."""

from __future__ import annotations

import pytest

from planner.bootstrap import Platform
from publishers.sandbox import Sandbox
from tests.services.dialogue.talk import Talk
from tests.support import sandboxed
from tests.support.clock import FakeClock
from tests.support.factories import Company

sandbox, platform = sandboxed.sandbox, sandboxed.platform


@pytest.fixture
def talk(platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock) -> Talk:
    return Talk(platform, company, sandbox, clock)
