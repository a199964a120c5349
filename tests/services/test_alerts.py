"""Alerts: what does not move is noticed, told once, and told again when it is over; also without a scheduler."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from planner import alert_watch
from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings
from planner.domain.alarms import AlertKind
from planner.domain.answers import AnswerState
from planner.domain.outbox import OutboxState
from planner.domain.states import DeliveryState
from planner.models import Alert, Answer, Attempt, Delivery, Mail, WebhookCall
from planner.scheduler import Scheduler
from planner.services import accounts, alerts, heartbeats, webhooks
from planner.services.dialogue import answering
from planner.services.posts import When
from planner.services.webhooks import WebhookInput
from tests.publishers.raw import RawServer, Reply
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_answer, make_channel, make_platform, make_post
from tests.support.mailserver import Mailbox


@pytest.fixture
def receiver() -> Iterator[RawServer]:
    with RawServer(Reply(200)) as server:
        yield server


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, mailbox: Mailbox) -> Iterator[Platform]:
    platform = make_platform(
        tmp_path / "instance",
        database_url,
        clock,
        smtp_url=mailbox.url,
        mail_from="plan@brandt.example",
        public_url="https://plan.brandt.example",
        alert_mail="it@brandt.example, ALICE@example.com",
        webhook_private_addresses=True,
    )
    yield platform
    platform.close()


@pytest.fixture
def beating(platform: Platform) -> None:
    """A scheduler that has just given a sign."""
    heartbeats.beat(platform, "scheduler", "me")


def stuck(platform: Platform, company: Company, state: DeliveryState) -> Delivery:
    """A delivery that has just come to stand in ``state``."""
    now = platform.clock.now()
    channel = make_channel(platform.database, company, now)
    post = make_post(platform, company.bob, [channel], When(at=now + timedelta(hours=1)), approve=True)
    with platform.database.write() as session:
        session.execute(update(Delivery).where(Delivery.post_id == post.id).values(state=state, attempt_count=1))
        delivery = session.scalars(select(Delivery).where(Delivery.post_id == post.id)).one()
        finished = now if state is DeliveryState.UNKNOWN else None
        session.add(
            Attempt(
                delivery_id=delivery.id, number=1, epoch=1, owner="me", fingerprint="", started_at=now,
                deadline_at=now + timedelta(seconds=30), finished_at=finished,
            )
        )  # fmt: skip
    return delivery


def move_on(platform: Platform) -> None:
    with platform.database.write() as session:
        session.execute(update(Delivery).values(state=DeliveryState.NEEDS_PERSON))


def all_alerts(platform: Platform) -> list[Alert]:
    with platform.database.read() as session:
        return list(session.scalars(select(Alert).order_by(Alert.id)))


@pytest.mark.parametrize(("state", "minutes"), [(DeliveryState.SENDING, 5), (DeliveryState.UNKNOWN, 30)])
def test_a_delivery_that_stands_too_long_is_told_once_and_once_more_when_it_is_over(
    platform: Platform, company: Company, beating: None, clock: FakeClock, state: DeliveryState, minutes: int,
    mailbox: Mailbox,
) -> None:  # fmt: skip
    delivery = stuck(platform, company, state)
    clock.advance(minutes=minutes, seconds=-1)
    heartbeats.beat(platform, "scheduler", "me")
    assert alerts.check(platform) == 0
    clock.advance(seconds=1)
    assert alerts.check(platform) == 1
    assert alerts.check(platform) == 0, "not at each tick"
    (alert,) = all_alerts(platform)
    assert (alert.workspace_id, alert.data["delivery"]) == (company.workspace.id, str(delivery.id))
    alert_watch.tell(platform)
    assert sorted(str(m["To"]) for m in mailbox.taken) == ["Alice <alice@example.com>", "it@brandt.example"]
    assert f"seit mehr als {minutes} Minuten" in mailbox.taken[0]["Subject"]

    move_on(platform)
    assert told_after(platform, clock, minutes=1) == 0
    with platform.database.read() as session:
        assert (len(alerts.open_alerts(session)), alerts.past_alerts(session, company.workspace.id)[0].id) == (
            0,
            alert.id,
        )
    with platform.database.write() as session:
        session.execute(update(Delivery).values(state=state))
    assert told_after(platform, clock, minutes=9) == 0, "what comes back within ten minutes is told no second time"
    assert [one.gone_at for one in all_alerts(platform)] == [None]
    move_on(platform)
    assert told_after(platform, clock, minutes=1) == 0
    gone_at = clock.now()
    assert told_after(platform, clock, minutes=10) == 1
    assert alerts.check(platform) == 0
    alert_watch.tell(platform)
    assert len(mailbox.taken) == 4
    assert mailbox.taken[2]["Subject"].startswith("Sendeplan: vorbei:")
    assert [one.cleared_at for one in all_alerts(platform)] == [gone_at], "over since it went away"


def test_an_answer_that_stands_too_long_is_told_of_as_a_delivery_is(
    platform: Platform, company: Company, beating: None, clock: FakeClock, mailbox: Mailbox
) -> None:
    channel = make_channel(platform.database, company, clock.now())
    answer = make_answer(platform.database, channel, clock.now())
    work = answering.claim(platform)
    assert work is not None
    clock.advance(seconds=-1)
    assert told_after(platform, clock, minutes=5) == 0
    clock.advance(seconds=1)
    assert told_after(platform, clock, minutes=0) == 1
    (alert,) = all_alerts(platform)
    assert (alert.kind, alert.workspace_id) == (AlertKind.ANSWER_SENDING, company.workspace.id)
    assert alert.data == {"count": 1, "answer": str(answer.id), "minutes": 5}
    alert_watch.tell(platform)
    assert "1 Antwort auf einen Kommentar wird seit mehr als 5 Minuten gesendet" in mailbox.taken[0]["Subject"]

    answering.recover(platform)
    clock.advance(seconds=(work.deadline_at - work.began_at).total_seconds() - 1)
    assert (told_after(platform, clock, minutes=25), complaints(platform)) == (0, [])
    clock.advance(seconds=1)
    assert (told_after(platform, clock, minutes=0), complaints(platform)) == (1, [AlertKind.ANSWER_UNKNOWN])

    with platform.database.write() as session:
        values = {"state": AnswerState.WAITING, "try_at": clock.now(), "look_at": clock.now()}
        session.execute(update(Answer).values(values))
    answering.recover(platform)
    told_after(platform, clock, minutes=29)
    assert complaints(platform) == [], "what is looked for before its sending, after a restore, is in doubt since then"
    told_after(platform, clock, minutes=1)
    assert complaints(platform) == [AlertKind.ANSWER_UNKNOWN]


def complaints(platform: Platform) -> list[AlertKind]:
    with platform.database.read() as session:
        return [alert.kind for alert in alerts.open_alerts(session)]


def told_after(platform: Platform, clock: FakeClock, minutes: int) -> int:
    """How many alerts are told of then, by a process whose clock is alive."""
    clock.advance(minutes=minutes)
    heartbeats.beat(platform, "scheduler", "me")
    return alerts.check(platform)


def test_a_page_server_notices_a_dead_scheduler_and_tells_it_itself(
    platform: Platform, company: Company, mailbox: Mailbox, receiver: RawServer, clock: FakeClock
) -> None:
    with platform.database.write() as session:
        hook = WebhookInput(receiver.url, ("alert.raised", "alert.cleared"))
        webhooks.create(session, company.alice, platform, hook, now=clock.now())
    started = clock.now()
    heartbeats.beat(platform, "scheduler", "me")
    clock.advance(seconds=120)
    alert_watch.look(platform, started)
    assert all_alerts(platform) == []
    clock.advance(seconds=1)
    alert_watch.look(platform, started)
    alert_watch.look(platform, started)
    recipients = sorted(str(m["To"]) for m in mailbox.taken)
    assert recipients == ["Alice <alice@example.com>", "Oscar <oscar@example.com>", "it@brandt.example"]
    assert "https://plan.brandt.example/alerts" in mailbox.taken[0].as_string()
    assert [r.json["type"] for r in receiver.requests] == ["alert.raised"]
    assert receiver.last.json["data"]["kind"] == "clock"

    for _ in range(3):
        heartbeats.beat(platform, "scheduler", "another")
        alert_watch.look(platform, started)
        clock.advance(minutes=10)
    assert len(mailbox.taken) == 6
    assert [r.json["type"] for r in receiver.requests] == ["alert.raised", "alert.cleared"]


def test_a_scheduler_that_never_came_is_noticed_and_a_start_after_a_night_is_no_alarm(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    alerts.check(platform, watching_since=clock.now() - timedelta(seconds=60))
    assert all_alerts(platform) == []
    heartbeats.beat(platform, "scheduler", "me")
    clock.advance(hours=12)
    alerts.check(platform, watching_since=clock.now() - timedelta(seconds=60))
    assert all_alerts(platform) == [], "everything is just starting"
    alerts.check(platform, watching_since=clock.now() - timedelta(hours=1))
    assert len(all_alerts(platform)) == 1
    alerts.check(platform, watching_since=clock.now() - timedelta(seconds=60))
    assert all_alerts(platform)[0].cleared_at is None, "a page server that has just started proves no life"
    with platform.database.write() as session:
        session.execute(update(Alert).values(cleared_at=clock.now()))
    alerts.check(platform, watching_since=clock.now() - timedelta(hours=1))
    assert len(all_alerts(platform)) == 2, "what comes again is told again"


def test_an_alarm_that_did_not_get_through_is_tried_again_by_whoever_watches(
    platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    started = clock.now()
    clock.advance(seconds=121)
    mailbox.refusals[:] = ["451 Later"] * 3
    alert_watch.look(platform, started)
    assert mailbox.taken == []
    clock.advance(seconds=30)
    alert_watch.look(platform, started)
    assert len(mailbox.taken) == 3


def test_of_several_processes_one_tells(
    tmp_path: Path, postgresql_url: str, clock: FakeClock, mailbox: Mailbox
) -> None:
    from tests.support.factories import make_company

    team = make_platform(tmp_path, postgresql_url, clock, smtp_url=mailbox.url, mail_from="plan@brandt.example")
    try:
        make_company(team.database, clock.now())
        heartbeats.beat(team, "scheduler", "me")
        clock.advance(minutes=3)
        started = clock.now() - timedelta(minutes=3)
        team.letters()
        for _ in range(3):
            with ThreadPoolExecutor(4) as processes:
                list(processes.map(lambda _n: alert_watch.look(team, started), range(4)))
            clock.advance(minutes=10)
            heartbeats.beat(team, "scheduler", "me")
        assert len(all_alerts(team)) == 1
        with team.database.read() as session:
            mails = session.scalars(select(Mail)).all()
        assert [m.state for m in mails] == [OutboxState.SENT] * 4, "two admins, raised and over"
        assert len(mailbox.taken) == 4
    finally:
        team.close()


def test_an_admin_may_do_without_and_thresholds_are_settings(
    tmp_path: Path, any_url: str, clock: FakeClock, mailbox: Mailbox
) -> None:
    from tests.support.factories import make_company

    settings = {"alert_silence_seconds": 600.0, "smtp_url": mailbox.url, "mail_from": "plan@brandt.example"}
    platform = make_platform(tmp_path, any_url, clock, **settings)
    company = make_company(platform.database, clock.now())
    with platform.database.write() as session:
        accounts.set_mail_wishes(session, company.alice.user_id or 0, {"alert": "none"})
    started = clock.now()
    clock.advance(seconds=599)
    alert_watch.look(platform, started)
    assert all_alerts(platform) == []
    clock.advance(seconds=2)
    alert_watch.look(platform, started)
    assert [str(m["To"]) for m in mailbox.taken] == ["Oscar <oscar@example.com>"]
    with platform.database.read() as session:
        assert session.scalars(select(WebhookCall)).all() == []
    platform.close()


def test_the_watch_of_a_page_server_runs_by_itself(
    platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    platform.letters()
    with alert_watch.alert_watch(platform, every=0.01):
        clock.advance(minutes=3)
        wait_for(lambda: len(mailbox.taken) == 3)


def test_the_schedulers_clock_sends_mail_calls_webhooks_and_watches(
    platform: Platform, company: Company, mailbox: Mailbox, receiver: RawServer, clock: FakeClock
) -> None:
    with platform.database.write() as session:
        wanted = WebhookInput(receiver.url, ("alert.raised",))
        hook, _secret = webhooks.create(session, company.alice, platform, wanted, now=clock.now())
        webhooks.send_test(session, company.alice, hook.id, now=clock.now())
    stuck(platform, company, DeliveryState.SENDING)
    platform.letters()
    clock.advance(minutes=5)
    scheduler = Scheduler(platform)
    scheduler.start()
    try:
        jobs = {job.name: job.func for job in scheduler._clock.get_jobs()}
        for name in ("tick", "alerts", "mail", "webhooks", "forget"):
            jobs[name]()
    finally:
        scheduler.stop()
    assert len(mailbox.taken) == 2
    assert [r.json["type"] for r in receiver.requests] == ["webhook.test", "alert.raised"]


def wait_for(arrived: Callable[[], bool]) -> None:
    """Until a thread of ours has done its work."""
    end = time.monotonic() + 30
    while not arrived() and time.monotonic() < end:
        time.sleep(0.01)
    assert arrived()


def test_a_version_of_a_networks_api_that_ends_is_an_alert_until_a_newer_one_is_set(
    platform: Platform, company: Company
) -> None:
    def with_version(version: str) -> list[Alert]:
        networks = {"linkedin": NetworkSettings(None, {"api_version": version})}
        other = bootstrap(replace(platform.settings, networks=networks), clock=platform.clock)
        alerts.check(other)
        with other.database.read() as session:
            found = [alert for alert in alerts.open_alerts(session) if alert.kind is AlertKind.VERSION]
        other.close()
        return found

    make_channel(platform.database, company, platform.clock.now(), "linkedin", credentials="sealed")
    (alert,) = with_version("202504")
    assert alert.data["ends"] == "2026-04-15"
    assert len(with_version("202504")) == 1  # told once
    assert with_version("202603") == []
