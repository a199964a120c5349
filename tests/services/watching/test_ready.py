"""Ready or not, with the code of what is wrong; and who may read the figures."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from werkzeug.datastructures import Headers

from planner import create_app
from planner.bootstrap import Platform, bootstrap
from planner.scheduler import Scheduler
from planner.services import heartbeats
from planner.services.watching import Access, Watch, access, readiness
from tests.support.clock import FakeClock
from tests.support.factories import CREDENTIALS, Company, make_channel, make_settings
from tests.support.queries import counted


@pytest.fixture(autouse=True)
def company(platform: Platform, company: Company) -> Company:
    platform.settings.media_folder.mkdir(parents=True)
    return company


def reason(platform: Platform, clock: FakeClock) -> str | None:
    clock.advance(seconds=2)
    return Watch(platform).ready().reason


def test_each_thing_that_keeps_it_from_serving_has_its_code(
    platform: Platform, company: Company, clock: FakeClock, tmp_path: Path
) -> None:
    assert reason(platform, clock) is None
    other_keys = replace(platform.settings, encryption_keys=(Fernet.generate_key().decode(),))
    sealed = platform.vault.seal(CREDENTIALS["twitter"])
    make_channel(platform.database, company, clock.now(), "twitter", credentials=sealed)
    assert reason(platform, clock) is None
    for settings, code in (
        (other_keys, "keys_do_not_open_credentials"),
        (replace(platform.settings, database_url=f"sqlite:///{tmp_path / 'no' / 'x'}"), "database_unreachable"),
        (replace(platform.settings, database_url=f"sqlite:///{tmp_path / 'empty'}"), "schema_not_current"),
        (replace(platform.settings, instance=tmp_path / "gone" / "gone"), "media_folder_not_writable"),
    ):
        ailing = bootstrap(settings, clock=clock)
        assert reason(ailing, clock) == code
        answer = create_app(ailing).test_client().get("/readyz")
        assert (answer.status_code, answer.json["reason"]) == (503, code)  # type: ignore[index]
        assert str(tmp_path) not in answer.text
        assert create_app(ailing).test_client().get("/healthz").status_code == 200, "alive all the same"
        ailing.close()


def test_where_a_scheduler_runs_in_the_process_its_pulse_counts(platform: Platform, clock: FakeClock) -> None:
    scheduler = Scheduler(platform)
    scheduler.start()
    scheduler.stop()
    heartbeats.beat(platform, "scheduler", scheduler.owner)
    assert reason(platform, clock) is None
    clock.advance(minutes=2)
    assert reason(platform, clock) == "scheduler_silent"


def test_asking_often_costs_nothing(platform: Platform, clock: FakeClock) -> None:
    watch = Watch(platform)
    with counted(platform.database) as statements:
        for _ in range(5):
            assert watch.ready().reason is None
    assert len(statements) <= 4


def test_a_database_that_hangs_keeps_nobody_waiting(
    platform: Platform, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
        url = f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"
        hanging = bootstrap(replace(platform.settings, database_url=url), clock=clock)
        watch, before = Watch(hanging), threading.active_count()
        for _ in range(3):
            assert watch.ready().reason == "database_slow"
            clock.advance(seconds=2)
        assert threading.active_count() == before + 1, "who asks again waits for the same one"
    hanging.close()


HERE = {"Host": "127.0.0.1:8000"}


@pytest.mark.parametrize(
    ("peer", "headers", "changes", "expected"),
    [
        ("127.0.0.1", HERE, {}, Access.GRANTED),
        ("::1", {"Host": "[::1]:8000"}, {}, Access.GRANTED),
        ("::ffff:127.0.0.1", {"Host": "localhost"}, {}, Access.GRANTED),
        ("192.0.2.7", HERE, {}, Access.REFUSED),
        (None, HERE, {}, Access.REFUSED),
        ("127.0.0.1", {"Host": "plan.company.example"}, {}, Access.REFUSED),
        ("127.0.0.1", {"Host": "[::1"}, {}, Access.REFUSED),
        ("127.0.0.1", {**HERE, "X-Forwarded-For": "192.0.2.7"}, {}, Access.REFUSED),
        ("127.0.0.1", HERE, {"secure_cookies": True}, Access.REFUSED),
        ("127.0.0.1", HERE, {"metrics_token": "t0ken"}, Access.GRANTED),
        ("192.0.2.7", HERE, {"metrics_token": "t0ken"}, Access.TOKEN_WANTED),
        ("192.0.2.7", {"Authorization": "Bearer t0ken"}, {"metrics_token": "t0ken"}, Access.GRANTED),
        ("127.0.0.1", {**HERE, "Authorization": "Bearer t0ke"}, {"metrics_token": "t0ken"}, Access.TOKEN_WANTED),
        ("192.0.2.7", {"Authorization": "Bearer "}, {"metrics_token": ""}, Access.REFUSED),
        ("192.0.2.7", {"Authorization": "Bearer None"}, {}, Access.REFUSED),
    ],
)
def test_figures_are_for_this_machine_or_for_who_has_the_token(
    tmp_path: Path, peer: str | None, headers: dict[str, str], changes: dict[str, object], expected: Access
) -> None:
    settings = make_settings(tmp_path, "sqlite://", **changes)
    assert access(settings, peer, Headers(headers)) is expected
