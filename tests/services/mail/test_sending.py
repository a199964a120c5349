"""Mails arrive once, are tried again as long as there is hope, and are given up with a reason."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.outbox import OutboxState
from planner.models import Mail, User
from planner.services import mail, outbox
from planner.services.mail.waiting import put
from tests.services.mail.conftest import Post
from tests.support.clock import FakeClock
from tests.support.factories import Company
from tests.support.mailserver import Mailbox


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """What SMTP answers does not depend on the database; the race is run on both."""
    both = "both_databases" in request.fixturenames
    url: str = request.getfixturevalue("both_databases" if both else "sqlite_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def both_databases(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def write(platform: Platform, company: Company, count: int = 1) -> None:
    """Test mails to alice."""
    with platform.database.write() as session:
        for _ in range(count):
            put(session, "test", platform.clock.now(), workspace_id=company.workspace.id, user_id=company.alice.user_id)


def mails(platform: Platform) -> list[Mail]:
    with platform.database.read() as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def only(platform: Platform) -> Mail:
    (found,) = mails(platform)
    return found


def test_a_mail_is_plain_text_and_html_in_the_persons_language_with_address_and_the_way_out(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox
) -> None:
    write(platform, company)
    assert post.run() == 1
    (german,) = mailbox.taken
    assert (german["To"], german["From"]) == ("Alice <alice@example.com>", "Sendeplan <plan@brandt.example>")
    assert german["Subject"] == "Sendeplan: Test-E-Mail"
    assert german["List-Unsubscribe"] == "<https://plan.brandt.example/account#mail>"
    assert german["Auto-Submitted"] == "auto-generated"
    assert german["Date"].datetime == platform.clock.now()
    plain, html = german.get_body(("plain",)), german.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Guten Tag Alice," in plain.get_content()
    assert "Sendeplan öffnen: https://plan.brandt.example/\r\n" in plain.get_content()
    assert 'href="https://plan.brandt.example/account#mail"' in html.get_content()

    with platform.database.write() as session:
        session.get_one(User, company.alice.user_id).language = "en"
    write(platform, company)
    post.run()
    assert mailbox.taken[1]["Subject"] == "Sendeplan: test mail"
    assert post.run() == 0, "each mail goes once"


def test_without_a_public_address_a_mail_has_no_links(platform: Platform, company: Company, mailbox: Mailbox) -> None:
    bare = replace(platform, settings=replace(platform.settings, public_url=None), writer=None)
    write(bare, company)
    assert mail.send_due(bare, bare.letters()) == 1
    assert "http" not in mailbox.taken[0].as_string()
    assert mailbox.taken[0]["List-Unsubscribe"] is None


def test_two_senders_at_once_send_each_mail_once(
    both_databases: str, platform: Platform, company: Company, mailbox: Mailbox
) -> None:
    write(platform, company, 6)
    letters = platform.letters()
    senders = [threading.Thread(target=mail.send_due, args=(platform, letters)) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(mailbox.taken) == 6
    assert {m.state for m in mails(platform)} == {OutboxState.SENT}
    assert len({taken["Message-ID"] for taken in mailbox.taken}) == 6


def test_a_mail_that_a_dead_process_held_goes_out_under_its_own_id_when_the_lease_is_over(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    write(platform, company)
    lost = outbox.claim(platform, Mail)
    assert lost is not None
    assert post.run() == 0, "it may be on its way"
    clock.advance(outbox.LEASE)
    assert post.run() == 1
    assert f"sendeplan-{lost.id}-{only(platform).key}@brandt.example" in mailbox.taken[0]["Message-ID"]
    assert not outbox.finish(platform, lost, OutboxState.GIVEN_UP), "whoever was overtaken writes nothing"
    assert only(platform).state is OutboxState.SENT


def test_what_is_refused_for_now_is_tried_again_later_and_later_and_given_up_after_a_day(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    write(platform, company)
    start, tries = clock.now(), 0
    while only(platform).state is not OutboxState.GIVEN_UP:
        mailbox.refusals[:] = ["451 4.7.1 Greylisted"]
        clock.set(only(platform).due_at)
        post.run()
        tries += 1
    found = only(platform)
    assert 20 < tries < 40
    assert timedelta(hours=22) < clock.now() - start <= timedelta(days=1)
    assert (found.error_code, found.error) == ("mail_recipient_refused", "451 4.7.1 Greylisted")
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("where", "code"), [("refusals", "mail_recipient_refused"), ("answers", "mail_content_refused")]
)
def test_what_is_refused_for_good_is_given_up_at_once_and_holds_up_no_other(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, where: str, code: str
) -> None:
    write(platform, company, 2)
    getattr(mailbox, where).append("550 5.1.1 No such user")
    assert post.run() == 1
    first, second = mails(platform)
    assert (first.state, first.error_code, first.error) == (OutboxState.GIVEN_UP, code, "550 5.1.1 No such user")
    assert second.state is OutboxState.SENT


def test_a_server_that_is_away_costs_one_try_of_one_mail(
    platform: Platform, company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    away = replace(platform.settings, smtp_url="smtp://sendeplan:sehr-geheim@127.0.0.1:1")
    write(platform, company, 2)
    assert mail.send_due(replace(platform, settings=away), platform.letters()) == 0
    assert [m.attempts for m in mails(platform)] == [1, 0]
    assert mails(platform)[0].error_code == "mail_server_away"
    assert "sehr-geheim" not in caplog.text
    assert "sehr-geheim" not in repr(away)


def test_a_person_who_left_gets_none_and_a_name_cannot_add_a_header(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox
) -> None:
    write(platform, company)
    with platform.database.write() as session:
        session.get_one(User, company.alice.user_id).active = False
    assert post.run() == 0
    assert only(platform).state is OutboxState.NEEDLESS
    with platform.database.write() as session:
        alice = session.get_one(User, company.alice.user_id)
        alice.active, alice.name = True, "Alice\r\nBcc: all@example.com"
    write(platform, company)
    post.run()
    assert mailbox.taken[0]["Bcc"] is None
    assert mailbox.taken[0]["To"].addresses[0].addr_spec == "alice@example.com"


def test_old_rows_go_after_a_month(post: Post, platform: Platform, company: Company, clock: FakeClock) -> None:
    write(platform, company)
    post.run()
    clock.advance(days=31)
    write(platform, company)
    outbox.forget_old(platform)
    assert [m.state for m in mails(platform)] == [OutboxState.WAITING]
