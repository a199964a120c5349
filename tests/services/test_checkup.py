"""The check-up finds what is wrong with an installation, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import update

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.security.vault import Vault
from planner.services import heartbeats
from planner.services.checkup import Finding, examine
from planner.services.posts import When
from planner.services.publishing import pause
from tests.support.clock import FakeClock
from tests.support.factories import CREDENTIALS, Company, make_channel, make_platform, make_post


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Platform]:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    platform = make_platform(folder, database_url, clock)
    yield platform
    platform.close()


def found(platform: Platform, sign: str) -> dict[str, Finding]:
    return {f.what: f for f in examine(platform) if f.sign == sign}


def test_a_running_company_is_well(platform: Platform, company: Company) -> None:
    heartbeats.beat(platform, "scheduler", "me")
    assert found(platform, "!!") == {}
    assert found(platform, "--") == {}


def test_a_scheduler_that_fell_silent_is_a_problem(platform: Platform, company: Company, clock: FakeClock) -> None:
    assert "never run" in found(platform, "--")["scheduler"].said
    heartbeats.beat(platform, "scheduler", "me")
    clock.advance(minutes=3)
    problem = found(platform, "!!")["scheduler"]
    assert "2026-03-16 09:00" in problem.said
    assert "sendeplan serve" in problem.hint


def test_a_pause_is_worth_knowing(platform: Platform, company: Company, clock: FakeClock) -> None:
    with platform.database.write() as session:
        pause.pause_workspace(session, company.alice, "Krise", now=clock.now())
    assert "Brandt Maschinenbau" in found(platform, "--")["pause"].said


def test_deliveries_that_were_left_behind_and_that_wait_are_counted(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    channel = make_channel(platform.database, company, clock.now())
    make_post(platform, company.alice, [channel], When(at=clock.now() + timedelta(hours=1)), approve=True)

    def set_all(**values: Any) -> None:
        with platform.database.write() as session:
            session.execute(update(Delivery).values(**values))

    set_all(state=DeliveryState.SENDING, lease_until=clock.now() - timedelta(minutes=16))
    assert found(platform, "!!")["deliveries"].said.startswith("1 were left behind")
    set_all(state=DeliveryState.NEEDS_PERSON)
    assert found(platform, "--")["deliveries"].said.startswith("1 wait for a person")


def test_channels_that_lose_or_lost_their_access_are_named(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    sealed = platform.vault.seal(CREDENTIALS["twitter"])
    soon = clock.now() + timedelta(days=3)
    make_channel(platform.database, company, clock.now(), "twitter", credentials=sealed, token_expires_at=soon)
    assert "loses its access at 2026-03-19" in found(platform, "--")["channel"].said
    clock.advance(days=4)
    assert found(platform, "!!")["channel"].said.endswith("has lost its access.")


def test_credentials_that_the_keys_cannot_read_are_named(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    sealed = Vault([Fernet.generate_key().decode()]).seal(CREDENTIALS["twitter"])
    make_channel(platform.database, company, clock.now(), "twitter", credentials=sealed)
    assert "cannot read" in found(platform, "!!")["channel"].said


def test_a_folder_that_others_can_read_and_a_schema_that_is_old(platform: Platform, tmp_path: Path) -> None:
    platform.settings.instance.chmod(0o755)
    with platform.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    problems = found(platform, "!!")
    assert set(problems) == {"folder", "database"}
    assert "chmod" in problems["folder"].hint
    assert problems["database"].hint == "Run: sendeplan db upgrade"


def test_a_database_that_does_not_answer_is_named(platform: Platform, tmp_path: Path, clock: FakeClock) -> None:
    lost = replace(platform.settings, database_url=f"sqlite:///{tmp_path / 'nowhere' / 'x.sqlite'}")
    from planner.bootstrap import bootstrap

    other = bootstrap(lost, clock=clock)
    problems = found(other, "!!")
    other.close()
    assert "does not answer" in problems["database"].said
