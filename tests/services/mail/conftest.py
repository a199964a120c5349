"""A platform whose mail goes to a real server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from planner.services import mail
from planner.services.mail import waiting
from tests.support.clock import FakeClock
from tests.support.factories import make_platform
from tests.support.mailserver import Mailbox


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, mailbox: Mailbox) -> Iterator[Platform]:
    """With mail, once on each kind of database."""
    platform = make_platform(
        tmp_path / "instance",
        database_url,
        clock,
        smtp_url=mailbox.url,
        mail_from="Sendeplan <plan@brandt.example>",
        public_url="https://plan.brandt.example",
    )
    yield platform
    platform.close()


class Post:
    """The clock's job, whenever a test says so."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def run(self) -> int:
        """Gather and send; how many were sent."""
        waiting.gather(self.platform)
        return mail.send_due(self.platform, self.platform.letters())

    def switch_off(self) -> Post:
        """The same place without mail."""
        settings = replace(self.platform.settings, smtp_url=None, mail_from=None)
        return Post(replace(self.platform, settings=settings))


@pytest.fixture
def post(platform: Platform) -> Post:
    return Post(platform)
