"""Backup and restore: what was saved comes back, on either database, and nothing goes out twice because of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from planner import schema
from planner.bootstrap import Platform
from planner.database import Database
from planner.domain.states import DeliveryState
from planner.models import Alert, Attempt, Base, Channel, Delivery, Mail, Notice, Webhook, WebhookCall, Workspace
from planner.services import alerts, approvals, backup, heartbeats, webhooks
from planner.services.backup import BackupError
from planner.services.errors import Conflict
from planner.services.mail.waiting import put
from planner.services.posts import When
from planner.services.publishing import claim, pause, send
from planner.services.publishing.reconcile import reconcile
from publishers.sandbox import Sandbox
from tests.support import sandboxed
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_media, make_platform, make_post

SETTLE = 60.0

sandbox = sandboxed.seeded


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    changes = {"reconcile_settle_seconds": SETTLE}
    platform = sandboxed.wired(tmp_path / "instance", database_url, clock, sandbox, **changes)
    platform.settings.media_folder.mkdir(parents=True)
    yield platform
    platform.close()


@pytest.fixture
def channel(platform: Platform, company: Company, sandbox: Sandbox) -> Channel:
    """The sandbox's LinkedIn page."""
    account = next(a for a in sandbox.credentials() if a["network"] == "linkedin")
    credentials = {"author": account["author"], "access_token": account["access_token"]}
    return make_channel(
        platform.database,
        company,
        platform.clock.now(),
        slots=[(0, "10:00"), (3, "16:00")],
        credentials=platform.vault.seal(credentials),
        remote_account_id=account["author"],
    )


#: What a delivery's row says of being looked for after a restore.
MARKED = {"attempt_count", "attempts_forgiven", "look_at"}


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables but the signs of life, and without the marks that a restore makes."""
    with database.engine.connect() as connection:
        return {
            table.name: [
                tuple(value for column, value in zip(table.c, row, strict=True) if column.name not in MARKED)
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
            if table.name != "heartbeat"
        }


def states(platform: Platform) -> list[DeliveryState]:
    with platform.database.read() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


def send_due(platform: Platform) -> None:
    while (batch := claim.claim(platform, "test", 8)).claimed or batch.again:
        for work in batch.claimed:
            send.deliver(platform, work)


def test_all_that_was_saved_comes_back_and_what_was_there_lies_aside(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path, clock: FakeClock
) -> None:
    image = make_media(platform, company.alice)
    make_post(platform, company.alice, [channel], When(queue=True), media=(image,), tags=("Messe",), approve=True)
    make_post(platform, company.charlie, [channel], text="Entwurf")
    file = tmp_path / "save.zip"
    manifest = backup.save(platform, file)
    before = everything(platform.database)
    assert manifest.tables["post"] == 2
    assert manifest.media == 1

    make_post(platform, company.charlie, [channel], text="Nach der Sicherung")
    for stored in platform.settings.media_folder.glob("*.png"):
        stored.unlink()
    done = backup.restore(platform, file)

    after = everything(platform.database)
    changed = {"workspace", "event", "attempt"}  # paused and looked for, and the history says why
    assert {name: rows for name, rows in after.items() if name not in changed} == {
        name: rows for name, rows in before.items() if name not in changed
    }
    assert len(list(platform.settings.media_folder.glob("*.png"))) == 1
    assert (done.aside / "media").is_dir()
    assert done.doubts == 2
    assert _aside_has_three_posts(platform, done)
    with platform.database.read() as session:
        assert all(w.paused_at == clock.now() for w in session.scalars(select(Workspace)))
    assert make_post(platform, company.charlie, [channel], text="Neu").id == 3, "ids go on where they were"


def test_a_backup_of_one_kind_of_database_comes_back_on_the_other(
    sqlite_url: str, postgresql_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    from tests.support.factories import make_company

    here = make_platform(tmp_path / "here", sqlite_url, clock)
    there = make_platform(tmp_path / "there", postgresql_url, clock)
    try:
        company = make_company(here.database, clock.now())
        channel = make_channel(here.database, company, clock.now(), slots=[(2, "08:30")])
        make_post(here, company.alice, [channel], When(queue=True), approve=True)
        backup.save(here, tmp_path / "a.zip")
        backup.restore(there, tmp_path / "a.zip")
        assert everything(there.database)["delivery"] == everything(here.database)["delivery"]
        backup.save(there, tmp_path / "b.zip")
        backup.restore(here, tmp_path / "b.zip")
        assert everything(there.database)["delivery"] == everything(here.database)["delivery"]
        assert everything(there.database)["slot"] == everything(here.database)["slot"]
    finally:
        here.close()
        there.close()


def test_the_file_holds_no_key_and_credentials_only_sealed(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path
) -> None:
    file = tmp_path / "save.zip"
    backup.save(platform, file)
    with zipfile.ZipFile(file) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert channel.credentials is not None
    assert channel.credentials.encode() in content
    secrets = (platform.settings.secret_key, *platform.settings.encryption_keys, "AQXsandboxBrandtLinkedIn")
    assert not [secret for secret in secrets if secret.encode() in content]


def test_webhooks_come_back_with_their_sealed_secret_but_nothing_that_was_to_be_told(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path, clock: FakeClock
) -> None:
    with platform.database.write() as session:
        wanted = webhooks.WebhookInput("https://hook.example", webhooks.EVENTS)
        hook, secret = webhooks.create(session, company.alice, platform, wanted, now=clock.now())
        webhooks.send_test(session, company.alice, hook.id, now=clock.now())
        put(session, "test", clock.now(), workspace_id=company.workspace.id, user_id=company.alice.user_id)
    alerts.check(platform, watching_since=clock.now() - timedelta(hours=1))
    post = make_post(platform, company.charlie, [channel])
    with platform.database.write() as session:
        approvals.ask(session, company.charlie, post.id, now=clock.now())
    file = tmp_path / "save.zip"
    manifest = backup.save(platform, file)
    assert manifest.tables["webhook"] == 1
    assert not {"mail", "webhook_call", "alert"} & set(manifest.tables)
    with zipfile.ZipFile(file) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert secret.encode() not in content

    backup.restore(platform, file)
    with platform.database.read() as session:
        (back,) = session.scalars(select(Webhook))
        assert platform.vault.open(back.secret) == {"secret": secret}
        assert [session.scalars(select(kind)).all() for kind in (Mail, WebhookCall, Alert)] == [[], [], []]
        notices = session.scalars(select(Notice)).all()
    assert len(notices) == 2
    assert all(notice.mail_done_at for notice in notices), "nobody gets a mail a second time because of it"


def test_what_went_out_after_the_backup_is_found_and_not_sent_again(
    platform: Platform, company: Company, channel: Channel, sandbox: Sandbox, tmp_path: Path, clock: FakeClock
) -> None:
    soon = clock.now() + timedelta(minutes=5)
    make_post(platform, company.alice, [channel], When(at=soon), text="Ging hinaus", approve=True)
    backup.save(platform, tmp_path / "save.zip")
    clock.set(soon)
    send_due(platform)
    assert [p["text"] for p in sandbox.posts()] == ["Ging hinaus"]

    clock.advance(minutes=10)
    assert backup.restore(platform, tmp_path / "save.zip").doubts == 1
    assert states(platform) == [DeliveryState.UNKNOWN]
    with pytest.raises(Conflict, match="unconfirmed_after_restore"), platform.database.write() as session:
        pause.release_workspace(session, company.alice, now=clock.now())
    clock.advance(seconds=SETTLE)
    reconcile(platform)
    assert states(platform) == [DeliveryState.PUBLISHED]
    with platform.database.write() as session:
        pause.release_workspace(session, company.alice, now=clock.now())
    send_due(platform)
    assert len(sandbox.posts()) == 1


def test_what_did_not_go_out_is_sent_once_the_pause_is_lifted(
    platform: Platform, company: Company, channel: Channel, sandbox: Sandbox, tmp_path: Path, clock: FakeClock
) -> None:
    soon = clock.now() + timedelta(minutes=5)
    make_post(platform, company.alice, [channel], When(at=soon), text="Kommt noch", approve=True)
    later = When(at=clock.now() + timedelta(days=1))
    make_post(platform, company.alice, [channel], later, text="Hat Zeit", approve=True)
    backup.save(platform, tmp_path / "save.zip")
    clock.set(soon + timedelta(minutes=1))
    backup.restore(platform, tmp_path / "save.zip")
    assert states(platform) == [DeliveryState.UNKNOWN, DeliveryState.SCHEDULED]
    for _ in range(4):
        clock.advance(seconds=SETTLE)
        reconcile(platform)
    assert states(platform) == [DeliveryState.SCHEDULED, DeliveryState.SCHEDULED]
    send_due(platform)
    assert sandbox.posts() == [], "everything is paused"
    with platform.database.write() as session:
        pause.release_workspace(session, company.alice, now=clock.now())
    send_due(platform)
    assert [p["text"] for p in sandbox.posts()] == ["Kommt noch"]


def test_what_was_being_sent_is_in_doubt(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path, clock: FakeClock
) -> None:
    make_post(platform, company.alice, [channel], When(at=clock.now()), approve=True)
    assert claim.claim(platform, "test", 8).claimed
    backup.save(platform, tmp_path / "save.zip")
    backup.restore(platform, tmp_path / "save.zip")
    assert states(platform) == [DeliveryState.UNKNOWN]


def test_nothing_is_restored_while_another_machines_scheduler_lives(
    postgresql_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    platform = make_platform(tmp_path / "instance", postgresql_url, clock)
    backup.save(platform, tmp_path / "save.zip")
    heartbeats.beat(platform, "scheduler", "elsewhere-12-abcdef")
    clock.advance(seconds=30)
    with pytest.raises(BackupError, match="at work on this database"):
        backup.restore(platform, tmp_path / "save.zip")
    clock.advance(seconds=60)
    backup.restore(platform, tmp_path / "save.zip")
    platform.close()


def test_a_scheduler_of_this_machine_that_has_just_ended_is_not_waited_for(
    postgresql_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    platform = make_platform(tmp_path / "instance", postgresql_url, clock)
    backup.save(platform, tmp_path / "save.zip")
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    machine = socket.gethostname()[:20]
    heartbeats.beat(platform, "scheduler", f"{machine}-{os.getpid()}-abcdef")
    with pytest.raises(BackupError, match="at work on this database"):
        backup.restore(platform, tmp_path / "save.zip")
    heartbeats.beat(platform, "scheduler", f"{machine}-{ended.pid}-abcdef")
    backup.restore(platform, tmp_path / "save.zip")
    platform.close()


def test_a_file_that_is_no_backup_changes_nothing(
    platform: Platform, company: Company, channel: Channel, tmp_path: Path
) -> None:
    make_post(platform, company.charlie, [channel])
    good = tmp_path / "save.zip"
    backup.save(platform, good)
    before = everything(platform.database)
    (tmp_path / "text.zip").write_text("kein Archiv")
    damaged = bytearray(good.read_bytes())
    place = damaged.find(b"tables/post.jsonl") + 60
    damaged[place : place + 20] = bytes(20)
    (tmp_path / "damaged.zip").write_bytes(damaged)
    _rewrite(good, tmp_path / "newer.zip", schema="9999")
    _rewrite(good, tmp_path / "future.zip", format=2)
    _rewrite(good, tmp_path / "short.zip", tables={"post": 7})
    _rewrite(good, tmp_path / "climbing.zip", extra="media/../../escaped.png")
    for name in ("missing", "text", "damaged", "newer", "future", "short", "climbing"):
        with pytest.raises(BackupError):
            backup.restore(platform, tmp_path / f"{name}.zip")
        assert everything(platform.database) == before, name
    assert not (tmp_path.parent / "escaped.png").exists()


def test_a_backup_never_overwrites_a_file(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "save.zip").write_text("wichtig")
    with pytest.raises(BackupError, match="there already"):
        backup.save(platform, tmp_path / "save.zip")
    assert (tmp_path / "save.zip").read_text() == "wichtig"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".sendeplan")] == []


def test_an_older_backup_is_brought_up_to_date(platform: Platform, tmp_path: Path, clock: FakeClock) -> None:
    old = make_platform(tmp_path / "old", f"sqlite:///{tmp_path / 'old.sqlite'}", clock)
    with old.database.engine.begin() as connection:
        schema.upgrade_on(connection, "0001")
        connection.execute(
            text(
                "INSERT INTO user (id, email, name, password_hash, active, session_epoch, created_at) VALUES "
                "(7, 'alt@example.com', 'Alt', 'x', 1, 0, '2026-01-01 00:00:00')"
            )
        )
    _save_old(old, tmp_path / "old.zip")
    old.close()
    backup.restore(platform, tmp_path / "old.zip")
    assert schema.is_current(platform.database)
    assert [row[1] for row in everything(platform.database)["user"]] == ["alt@example.com"]
    with platform.database.write() as session:
        session.execute(update(Workspace).values(name="geht"))


def _aside_has_three_posts(platform: Platform, done: backup.Restored) -> bool:
    if platform.database.is_sqlite:
        assert done.schema is None
        (file,) = done.aside.glob("*.sqlite")
        old = Database(f"sqlite:///{file}")
        count = len(everything(old)["post"])
        old.dispose()
        return count == 3
    with platform.database.engine.connect() as connection:
        return connection.execute(text(f'SELECT count(*) FROM "{done.schema}".post')).scalar() == 3  # noqa: S608


def _rewrite(source: Path, target: Path, *, extra: str = "", **changes: Any) -> None:
    """The same backup, saying something else of itself."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as changed:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "manifest.json":
                values = json.loads(content)
                changes["tables"] = {**values["tables"], **changes.get("tables", {})}
                content = json.dumps({**values, **changes}).encode()
            changed.writestr(name, content)
        if extra:
            changed.writestr(extra, b"x")


def _save_old(platform: Platform, target: Path) -> None:
    """As the version of that time would have: only the tables that there were."""
    with platform.database.engine.connect() as connection, zipfile.ZipFile(target, "w") as archive:
        row = dict(connection.execute(text("SELECT * FROM user")).mappings().one())
        row["created_at"] = "2026-01-01T00:00:00+00:00"
        row["active"] = bool(row["active"])
        archive.writestr("tables/user.jsonl", json.dumps(row) + "\n")
        manifest = {"format": 1, "version": "0.1.0", "schema": "0001", "created_at": "2026-01-01T00:00:00Z"}
        manifest |= {"tables": {"user": 1}, "media": 0}
        archive.writestr("manifest.json", json.dumps(manifest))


def test_a_database_that_came_back_by_its_own_means_sends_nothing_again_once_that_is_declared(
    platform: Platform, company: Company, channel: Channel, sandbox: Sandbox, clock: FakeClock
) -> None:
    soon = clock.now() + timedelta(minutes=30)
    make_post(platform, company.alice, [channel], When(at=soon), text="Um halb", approve=True)
    with platform.database.write() as session:
        put(session, "test", clock.now(), workspace_id=company.workspace.id, user_id=company.alice.user_id)
    with platform.database.read() as session:
        before = {c.name: getattr(session.scalars(select(Delivery)).one(), c.name) for c in Delivery.__table__.columns}
    saved_at = clock.now()
    clock.set(soon)
    send_due(platform)
    with platform.database.write() as session:  # as the database was half an hour ago
        session.execute(delete(Attempt))
        session.execute(update(Delivery).values(before))
    clock.advance(minutes=20)

    with pytest.raises(BackupError, match="still to come"):
        backup.declare(platform, clock.now() + timedelta(minutes=1))
    assert backup.declare(platform, saved_at) == 1
    with platform.database.read() as session:
        assert session.scalars(select(Mail)).all() == [], "what waited may have been mailed since"
    send_due(platform)
    reconcile(platform)
    assert states(platform) == [DeliveryState.PUBLISHED]
    with platform.database.write() as session:
        pause.release_workspace(session, company.alice, now=clock.now())
    send_due(platform)
    assert [p["text"] for p in sandbox.posts()] == ["Um halb"]
