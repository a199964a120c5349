"""The check-up finds what is wrong with an installation, and says what to do."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings, Senders
from planner.domain.answers import AnswerState
from planner.domain.outbox import OutboxState
from planner.domain.states import DeliveryState
from planner.models import Answer, Delivery, Heartbeat, Workspace
from planner.security.vault import Vault
from planner.services import checkup, heartbeats
from planner.services.checkup import Finding
from planner.services.mail.waiting import put
from planner.services.posts import When
from planner.services.publishing import pause
from planner.web.messages.checkup import AREAS, SAYS, explain
from publishers.sandbox import Sandbox
from tests.support.clock import FakeClock
from tests.support.factories import CREDENTIALS, Company, make_answer, make_channel, make_platform, make_post
from tests.support.mailserver import mail_server

GOOD = {"secret_key": "a long text that only this test knows"}


def wired(folder: Path, url: str, clock: FakeClock, **changes: Any) -> Platform:
    """An instance as ``init`` makes it, with other settings."""
    folder.mkdir(mode=0o700, exist_ok=True)
    made = make_platform(folder, url, clock)
    made.close()
    return bootstrap(replace(made.settings, **{**GOOD, **changes}), clock=clock)


@pytest.fixture
def platform(tmp_path: Path, sqlite_url: str, clock: FakeClock) -> Iterator[Platform]:
    """On SQLite: PostgreSQL has a clock of its own, which is asked, and not the test's."""
    platform = wired(tmp_path / "instance", sqlite_url, clock)
    yield platform
    platform.close()


def found(platform: Platform, *, environ: dict[str, str] | None = None, **options: Any) -> dict[str, Finding]:
    """What needs somebody or is worth knowing, by its code."""
    looked = checkup.examine(platform, environ=environ or {}, **options)
    return {finding.code: finding for finding in looked if finding.level != "ok"}


def span(value: object) -> timedelta:
    assert isinstance(value, timedelta)
    return value


def with_settings(platform: Platform, **changes: Any) -> dict[str, Finding]:
    other = bootstrap(replace(platform.settings, **changes), clock=platform.clock)
    codes = found(other)
    other.close()
    return codes


def test_a_running_company_is_well(platform: Platform, company: Company) -> None:
    heartbeats.beat(platform, "scheduler", "me")
    assert found(platform) == {}


def test_every_code_has_its_sentences_and_every_sentence_its_code() -> None:
    folder = Path(checkup.__file__).parent
    trees = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")}
    nodes = [(name, node) for name, tree in trees.items() for node in ast.walk(tree)]
    used = {node.value for _, node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for name, call in nodes:
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"ok", "notice", "problem", "found"}:
            area, code = (ast.unparse(argument).strip("'") for argument in call.args[:2])
            assert area in AREAS, f"{name}:{call.lineno}"
            assert code == "code" or code in SAYS, f"{name}:{call.lineno}"
    codes = used & SAYS.keys()
    assert codes == set(SAYS)


def test_folder_and_schema(platform: Platform) -> None:
    instance = platform.settings.instance
    (instance / "config.toml").write_text('log_level = "INFO"')
    instance.chmod(0o755)
    with platform.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    codes = found(platform)
    assert codes.keys() == {"folder_open", "schema_old"}
    assert codes["folder_open"].params["command"] == f"chmod go-rwx {instance} {instance / 'config.toml'}"
    assert codes["schema_old"].params["there"] == "0001"
    with platform.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "schema_newer" in found(platform)
    lost = wired(instance, f"sqlite:///{instance / 'nowhere' / 'x.sqlite'}", FakeClock())
    assert found(lost)["database_silent"].problem
    lost.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_a_command_left_in_the_folder_as_another_user_is_named_with_what_gives_it_back(platform: Platform) -> None:
    instance = platform.settings.instance
    (instance / "in-use.lock").touch()
    os.chown(instance / "in-use.lock", 65534, 65534)
    foreign = found(platform)["folder_foreign"]
    assert foreign.problem
    assert foreign.params == {"files": "in-use.lock", "command": f"chown -R --reference={instance} {instance}"}


def test_settings_one_by_one(platform: Platform, company: Company) -> None:
    def codes(**changes: Any) -> set[str]:
        return set(with_settings(platform, **changes)) - {"scheduler_never"}

    assert codes() == set()
    assert codes(lease_seconds=10.0) == {"lease_short"}
    assert codes(reconcile_settle_seconds=30.0) == {"settle_short"}
    assert codes(secure_cookies=True) == {"url_missing"}
    assert codes(public_url="http://plan.company.example") == {"url_plain"}
    assert codes(public_url="http://localhost:8000") == set()
    assert codes(public_url="plan.company.example") == {"url_wrong"}
    assert codes(public_url="https://plan.company.example") == {"cookies_plain"}
    assert codes(public_url="https://plan.company.example", secure_cookies=True) == set()
    assert codes(secret_key="short") == {"secret_short"}


def test_names_that_set_nothing_are_told_with_the_name_that_was_meant(platform: Platform) -> None:
    file = platform.settings.instance / "config.toml"
    file.write_text('lease_second = 3\n[networks.linkedin]\nclient_idd = "x"\nclient_id = "x"')
    file.chmod(0o600)
    environ = {
        "SENDEPLAN_LOGLEVEL": "DEBUG",
        "SENDEPLAN_FACEBOK_API_URL": "x",
        "SENDEPLAN_COLOUR_OF_THE_SKY": "blue",
        "SENDEPLAN_XING_API_URL": "x",
        "SENDEPLAN_LOG_LEVEL": "INFO",
        "SENDEPLAN_INSTANCE": "x",
        "SENDEPLAN_TEST_DATABASE_URL": "x",
        "PATH": "",
    }
    looked = checkup.examine(platform, environ=environ)
    named = {f.params["name"]: f.params.get("nearest") for f in looked if f.code.startswith("setting_")}
    assert named == {
        "SENDEPLAN_LOGLEVEL": "SENDEPLAN_LOG_LEVEL",
        "SENDEPLAN_FACEBOK_API_URL": "SENDEPLAN_FACEBOOK_API_URL",
        "SENDEPLAN_COLOUR_OF_THE_SKY": None,
        "lease_second": "lease_seconds",
        "networks.linkedin.client_idd": "linkedin_client_id",
    }


def test_deliveries_that_do_not_go_on(platform: Platform, company: Company, clock: FakeClock) -> None:
    channel = make_channel(platform.database, company, clock.now(), credentials=platform.vault.seal({"a": "b"}))
    make_post(platform, company.alice, [channel], When(at=clock.now() + timedelta(hours=1)), approve=True)
    clock.advance(hours=1)
    heartbeats.beat(platform, "scheduler", "me")

    def codes(**values: Any) -> dict[str, Finding]:
        with platform.database.write() as session:
            session.execute(update(Delivery).values(updated_at=clock.now(), **values))
        return found(platform)

    now = clock.now()
    assert codes() == {}, "due this second"
    assert codes(state=DeliveryState.SENDING, lease_until=now - timedelta(minutes=1)) == {}
    assert codes(lease_until=now - timedelta(minutes=3))["left_behind"].params["count"] == 1
    assert codes(state=DeliveryState.UNKNOWN) == {}
    assert codes(state=DeliveryState.NEEDS_PERSON).keys() == {"undecided"}
    late = codes(state=DeliveryState.SCHEDULED, try_at=now - timedelta(minutes=3))
    assert late["overdue"].params == {"count": 1, "since": now - timedelta(minutes=3)}
    with platform.database.write() as session:
        pause.pause_workspace(session, company.alice, "Krise", now=now)
    assert found(platform).keys() == {"workspace_paused"}, "held on purpose"
    clock.advance(hours=25)
    codes_after: dict[str, Finding] = {}
    for state in (DeliveryState.UNKNOWN, DeliveryState.MISSED):
        with platform.database.write() as session:
            session.execute(update(Delivery).values(state=state))
        codes_after |= found(platform)
    assert codes_after.keys() == {"workspace_paused", "unconfirmed_long", "undecided_long", "scheduler_silent"}


def test_answers_that_do_not_go_on(platform: Platform, company: Company, clock: FakeClock) -> None:
    channel = make_channel(platform.database, company, clock.now(), credentials=platform.vault.seal({"a": "b"}))
    make_answer(platform.database, channel, clock.now(), state=AnswerState.SENDING, deadline_at=clock.now())

    def after(minutes: float = 0, seconds: float = 0) -> dict[str, Finding]:
        clock.advance(minutes=minutes, seconds=seconds)
        heartbeats.beat(platform, "scheduler", "me")
        return found(platform)

    since = clock.now()
    assert after(minutes=2) == {}
    assert after(seconds=1)["answers_left_behind"].params == {"count": 1, "since": since}
    with platform.database.write() as session:
        session.execute(update(Answer).values(state=AnswerState.UNKNOWN))
    assert after(minutes=87) == {}
    assert after(minutes=1)["answers_unconfirmed_long"].params == {"count": 1, "since": since}
    with platform.database.write() as session:
        session.execute(update(Answer).values(state=AnswerState.NEEDS_PERSON, doubt_since=since))
    assert found(platform)["answers_undecided"].params == {"count": 1}
    assert after(minutes=60 * 24)["answers_undecided_long"].params == {"count": 1, "since": since}
    assert found(platform, workspace_id=company.oscar.workspace_id) == {}, "another's workspace"


def test_workers_that_are_missing_are_a_problem_and_workers_nobody_calls_are_worth_knowing(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    calling = replace(platform, settings=replace(platform.settings, senders=Senders.WORKERS))

    def workers(of: Platform) -> dict[str, str]:
        return {f.code: f.level for f in checkup.examine(of, environ={}) if f.area == "workers"}

    assert (workers(platform), workers(calling)) == ({}, {"workers_missing": "problem"})
    heartbeats.beat(platform, heartbeats.WORKER + "one", "one")
    assert (workers(platform), workers(calling)) == ({"workers_uncalled": "notice"}, {"workers_run": "ok"})

    clock.advance(days=2)
    assert workers(calling) == {"workers_missing": "problem"}
    heartbeats.forget_dead_workers(platform)
    with platform.database.read() as session:
        assert session.scalars(select(Heartbeat.name)).all() == []


def test_channels_that_lose_or_lost_their_access(platform: Platform, company: Company, clock: FakeClock) -> None:
    sealed = platform.vault.seal(CREDENTIALS["twitter"])
    until = clock.now() + timedelta(days=3)
    make_channel(platform.database, company, clock.now(), "twitter", credentials=sealed, token_expires_at=until)
    assert found(platform)["channel_expiring"].params["until"] == until
    assert not found(platform)["channel_expiring"].problem
    clock.advance(days=2)
    assert found(platform)["channel_expiring"].problem, "on the last day somebody has to act"
    clock.advance(days=2)
    assert found(platform)["channel_reconnect"].problem
    other = Vault([Fernet.generate_key().decode()]).seal(CREDENTIALS["twitter"])
    make_channel(platform.database, company, clock.now(), "twitter", credentials=other, remote_account_id="9")
    assert found(platform)["channel_unreadable"].problem


def test_what_belongs_to_another_workspace_is_not_named(platform: Platform, company: Company) -> None:
    with platform.database.write() as session:
        session.execute(update(Workspace).values(paused_at=platform.clock.now()))
    said = " ".join(str(f.params) for f in checkup.examine(platform, workspace_id=company.workspace.id))
    assert "Brandt" in said
    assert "Anderswo" not in said


def test_scheduler_and_backup_by_their_age(platform: Platform, company: Company, clock: FakeClock) -> None:
    assert found(platform).keys() == {"scheduler_never"}
    assert not found(platform)["scheduler_never"].problem, "before the first start it is in order"
    channel = make_channel(platform.database, company, clock.now(), credentials=platform.vault.seal({"a": "b"}))
    make_post(platform, company.alice, [channel], When(at=clock.now() + timedelta(days=99)), approve=True)
    assert found(platform)["scheduler_never"].problem, "somebody relies on it"
    heartbeats.beat(platform, "scheduler", "me")
    clock.advance(minutes=2)
    assert found(platform)["scheduler_silent"].problem
    clock.advance(days=9)
    assert "backup_never" in found(platform)
    heartbeats.beat(platform, "backup", "me")
    assert "backup_never" not in found(platform)
    clock.advance(days=9)
    assert "backup_old" in found(platform)


def test_mail_is_looked_at_without_sending_any(platform: Platform, company: Company) -> None:
    mail = {"mail_from": "a@b.example", "public_url": "http://localhost:8000"}
    with mail_server() as mailbox:
        assert not {code for code in with_settings(platform, smtp_url=mailbox.url, **mail) if "mail" in code}
        assert "mail_without_links" in with_settings(platform, smtp_url=mailbox.url, mail_from="a@b.example")
        assert mailbox.taken == []
        away = mailbox.url.replace("//", "//u:sehr-geheim@")
    refused = with_settings(platform, smtp_url=away, **mail)["mail_not_taken"]
    assert refused.params["why"] == "mail_server_away"
    assert "sehr-geheim" not in str(refused)
    with platform.database.write() as session:
        put(session, "test", platform.clock.now(), workspace_id=company.workspace.id).state = OutboxState.GIVEN_UP
    assert found(platform)["mail_given_up"].params["count"] == 1


def test_clocks_that_disagree(postgresql_url: str, tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC))
    platform = wired(tmp_path / "instance", postgresql_url, clock)
    assert not found(platform).keys() & {"clock_ahead", "clock_behind", "connections_few"}
    clock.advance(seconds=10)
    assert found(platform)["clock_ahead"].level == "notice"
    clock.advance(minutes=10)
    skewed = found(platform)["clock_ahead"]
    assert (skewed.level, skewed.params["whose"]) == ("problem", "database")
    assert timedelta(minutes=10) <= span(skewed.params["apart"]) < timedelta(minutes=12)
    with platform.database.write() as session:
        session.add(Heartbeat(name="worker", owner="far", at=clock.now() + timedelta(minutes=5)))
    assert found(platform)["heartbeat_ahead"].params == {"role": "worker", "ahead": timedelta(minutes=5)}
    clock.advance(hours=-1)
    assert "clock_behind" in found(platform)
    assert "connections_few" in with_settings(platform, sender_threads=5000)
    platform.close()


@pytest.mark.parametrize(("says", "code"), [("no", "clock_not_in_step"), ("yes", None), ("", None)])
def test_what_the_system_says_of_its_clock(platform: Platform, tmp_path: Path, says: str, code: str | None) -> None:
    command = tmp_path / "timedatectl"
    command.write_text(f"#!/bin/sh\necho {says}\n")
    command.chmod(0o755)
    codes = found(platform, environ={"PATH": str(tmp_path)})
    assert ("clock_not_in_step" in codes) == (code is not None)


def test_the_networks_clocks_are_asked_only_where_that_is_allowed(platform: Platform, clock: FakeClock) -> None:
    ahead = clock.now() + timedelta(minutes=4)
    with Sandbox(clock=lambda: ahead) as sandbox:
        urls = {key: sandbox.api_url(key) for key in ("linkedin", "facebook", "twitter")}
        urls["xing"] = "http://127.0.0.1:1"
        networks = {key: NetworkSettings(url) for key, url in urls.items()}
        asking = bootstrap(replace(platform.settings, networks=networks), clock=clock)
        assert not sandbox.requests()
        assert "clock_behind" not in found(asking)
        looked = list(checkup.examine(asking, environ={}, online=True))
        asking.close()
    apart = {f.params["whose"]: span(f.params["apart"]) for f in looked if f.code == "clock_behind"}
    assert apart.keys() == {"LinkedIn", "Facebook", "X"}
    assert all(abs(one - timedelta(minutes=4)) <= timedelta(seconds=1) for one in apart.values())
    assert [f.params["network"] for f in looked if f.code == "network_silent"] == ["XING"]
    assert {f.code for f in looked if f.level == "notice"} >= {"network_redirected"}


def test_a_look_that_fails_hides_none_of_the_others(platform: Platform, company: Company) -> None:
    with platform.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE attempt")
        connection.exec_driver_sql("ALTER TABLE member RENAME TO somewhere_else")
    codes = found(platform)
    assert codes["look_failed"].params == {"look": "people", "error": "OperationalError"}
    assert "scheduler_never" in codes


def test_the_sentences_take_what_the_findings_give(platform: Platform, company: Company) -> None:
    """In English, without a request, as the command says them."""
    for finding in checkup.examine(platform, environ={"SENDEPLAN_LOGLEVEL": "x"}):
        said, hint = explain(finding, str, str)
        assert "%(" not in said + hint
        assert bool(hint) == (finding.level != "ok"), finding.code


def test_a_version_of_a_networks_api_is_warned_of_before_it_ends(platform: Platform, company: Company) -> None:
    heartbeats.beat(platform, "scheduler", "me")
    sealed = platform.vault.seal(CREDENTIALS["linkedin"])
    make_channel(platform.database, company, platform.clock.now(), "linkedin", credentials=sealed)

    def with_version(version: str) -> dict[str, Finding]:
        networks = {"linkedin": NetworkSettings(None, {"api_version": version})}
        return with_settings(platform, networks=networks)

    assert "version_ends" not in with_version("202506")  # on 2026-03-16: ends in three months
    ending = with_version("202505")["version_ends"]
    assert (ending.problem, ending.params["setting"]) == (False, "SENDEPLAN_LINKEDIN_API_VERSION")
    assert with_version("202502")["version_over"].problem
    assert with_version("latest")["version_unreadable"].problem
