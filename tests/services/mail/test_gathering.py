"""What becomes mail: as soon as each person wishes, several notices together, and nothing that is settled already."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Mail, Notice, User
from planner.services import accounts, approvals, notices, weekly
from planner.services.actor import Actor
from planner.services.errors import Invalid
from planner.services.mail import gather
from planner.services.posts import When
from planner.services.publishing import expiring, missed
from planner.services.publishing.moves import Ref
from tests.services.mail.conftest import Post
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post
from tests.support.mailserver import Mailbox


@pytest.fixture
def database_url(any_url: str) -> str:
    """One kind of database tells it all but for the locks, which a test of its own takes."""
    return any_url


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    return make_channel(platform.database, company, platform.clock.now(), name="Brandt auf LinkedIn")


def wish(platform: Platform, actor: Actor, **wishes: str) -> None:
    with platform.database.write() as session:
        accounts.set_mail_wishes(session, actor.user_id or 0, wishes)


def ask(platform: Platform, company: Company, text: str) -> int:
    """Charlie writes a post and asks for a yes."""
    page = make_channel(platform.database, company, platform.clock.now(), "xing", name="XING")
    post = make_post(platform, company.charlie, [page], text=text)
    with platform.database.write() as session:
        approvals.ask(session, company.charlie, post.id, now=platform.clock.now())
    return post.id


def body(mail: object) -> str:
    text = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return str(text.get_content())


def test_notices_of_two_minutes_become_one_mail_with_the_page_to_act_on(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    first = ask(platform, company, "Neue Fräse.")
    clock.advance(seconds=119)
    ask(platform, company, "Tag der offenen Tür.")
    assert post.run() == 0, "more may follow"
    clock.advance(seconds=1)
    assert post.run() == 2
    (to_alice,) = mailbox.to("alice@example.com")
    assert to_alice["Subject"] == "Sendeplan: 2 Hinweise für Sie"
    assert body(to_alice).count("Charlie bittet um Ihre Freigabe") == 2
    assert "„Neue Fräse.“" in body(to_alice)
    assert f"Öffnen: https://plan.brandt.example/approvals#post-{first}" in body(to_alice)
    assert len(mailbox.to("bob@example.com")) == 1
    clock.advance(days=2)
    assert post.run() == 0


def test_what_was_read_or_answered_or_settled_meanwhile_is_not_mailed(
    post: Post, platform: Platform, company: Company, channel: Channel, mailbox: Mailbox, clock: FakeClock
) -> None:
    asked = ask(platform, company, "Schon freigegeben.")
    with platform.database.write() as session:
        approvals.approve(session, company.bob, asked, now=clock.now())
        approvals.take_back(session, company.bob, asked, now=clock.now())
    soon = make_post(platform, company.bob, [channel], When(at=clock.now() + timedelta(hours=1)), approve=True)
    with platform.database.write() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.post_id == soon.id)).one()
        missed.miss(session, Ref.of(delivery), DeliveryState.SCHEDULED, clock.now())
        missed.tell(session, [Ref.of(delivery)], clock.now())
    clock.advance(minutes=2)
    gather(platform)
    with platform.database.write() as session:
        session.execute(update(Delivery).values(state=DeliveryState.CANCELLED))
    assert post.run() == 0
    assert mailbox.taken == []


def test_a_missed_post_is_mailed_to_its_people_at_once_with_the_way_to_it(
    post: Post, platform: Platform, company: Company, channel: Channel, mailbox: Mailbox, clock: FakeClock
) -> None:
    soon = make_post(platform, company.bob, [channel], When(at=clock.now() + timedelta(hours=1)), approve=True)
    with platform.database.write() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.post_id == soon.id)).one()
        missed.miss(session, Ref.of(delivery), DeliveryState.SCHEDULED, clock.now())
        missed.tell(session, [Ref.of(delivery)], clock.now())
    clock.advance(minutes=2)
    assert post.run() == 2
    (to_bob,) = mailbox.to("bob@example.com")
    assert "Brandt auf LinkedIn" in to_bob["Subject"]
    assert "https://plan.brandt.example/missed" in body(to_bob)


def test_a_week_before_a_channels_access_ends_whoever_writes_posts_has_a_letter_with_its_name_and_the_day(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    sealed = platform.vault.seal({"author": "urn:li:organization:5515715", "access_token": "lasts-until-then"})
    ends = clock.now() + timedelta(days=8)
    ending = make_channel(
        platform.database, company, clock.now(), name="Brandt auf LinkedIn", credentials=sealed, token_expires_at=ends
    )
    expiring.warn_due(platform)
    clock.advance(minutes=2)
    assert post.run() == 0, "there is time"
    clock.advance(days=1)
    expiring.warn_due(platform)
    expiring.warn_due(platform)
    clock.advance(minutes=2)
    assert post.run() == 3
    to = [str(letter["To"]) for letter in mailbox.taken]
    assert sorted(to) == ["Alice <alice@example.com>", "Bob <bob@example.com>", "Charlie <charlie@example.com>"]
    letter = mailbox.taken[0]
    assert letter["Subject"] == "Sendeplan: Die Verbindung von Brandt auf LinkedIn läuft bald ab"
    assert "Der Zugang endet am Di., 24. März 2026, 10:00" in body(letter)
    assert f"https://plan.brandt.example/channels/{ending.id}" in body(letter)


def test_each_person_chooses_at_once_once_a_day_or_never(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    wish(platform, company.alice, approval_asked="daily")
    wish(platform, company.bob, approval_asked="none")
    ask(platform, company, "Neue Fräse.")
    clock.advance(hours=1)
    assert post.run() == 0
    clock.set("2026-03-17T05:59:59Z")
    assert post.run() == 0
    clock.set("2026-03-17T06:00:00Z")  # seven in Berlin
    assert post.run() == 1
    (summary,) = mailbox.taken
    assert (summary["To"], summary["Subject"]) == ("Alice <alice@example.com>", "Sendeplan: Tagesübersicht, 1 Hinweis")


def test_a_wish_that_does_not_exist_is_refused(platform: Platform, company: Company) -> None:
    for wishes in ({"approval_asked": "hourly"}, {"week": "daily"}, {"weather": "now"}):
        with pytest.raises(Invalid):
            wish(platform, company.alice, **wishes)


def test_the_author_hears_of_a_yes_once_a_day_and_of_a_no_at_once(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    for actor in (company.alice, company.bob):
        wish(platform, actor, approval_asked="none")
    yes, no = ask(platform, company, "Ja."), ask(platform, company, "Nein.")
    with platform.database.write() as session:
        approvals.approve(session, company.bob, yes, now=clock.now())
        approvals.withdraw(session, company.bob, no, now=clock.now(), note="Bitte kürzer.")
    clock.advance(minutes=2)
    assert post.run() == 1
    assert "Bob hat Ihren Beitrag zurückgegeben" in mailbox.taken[0]["Subject"]
    assert "Bitte kürzer." in body(mailbox.taken[0])
    clock.advance(days=1)
    assert post.run() == 1
    assert "Bob hat Ihren Beitrag freigegeben" in body(mailbox.taken[1])


def test_where_mail_is_off_nothing_is_queued_and_old_news_does_not_come_later(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    ask(platform, company, "Neue Fräse.")
    off = post.switch_off().platform
    clock.set("2026-03-23T05:00:00Z")
    weekly.run_due(off)
    assert gather(off) == 0
    with platform.database.read() as session:
        assert session.scalars(select(Mail)).all() == []
        assert notices.count_unread(session, company.workspace.id, company.bob.user_id or 0) >= 1
    assert post.run() == 0


def test_who_left_the_workspace_gets_no_mail_about_it(
    post: Post, platform: Platform, company: Company, clock: FakeClock
) -> None:
    ask(platform, company, "Neue Fräse.")
    with platform.database.write() as session:
        for actor in (company.alice, company.bob):
            session.get_one(User, actor.user_id).active = False
    clock.advance(minutes=2)
    assert post.run() == 0
    with platform.database.read() as session:
        assert session.scalars(select(Notice).where(Notice.mail_done_at.is_(None))).all() == []


def test_the_weekly_mail_has_gaps_rhythm_what_goes_out_and_what_waits_for_a_yes(
    post: Post, platform: Platform, company: Company, mailbox: Mailbox, clock: FakeClock
) -> None:
    slots = [(1, "09:00"), (3, "09:00")]
    page = make_channel(platform.database, company, clock.now(), slots=slots, rhythm_per_week=3, name="Seite")
    when = When(at=clock.now() + timedelta(days=8))  # Tuesday, ten o'clock in Berlin
    make_post(platform, company.bob, [page], when, text="Neue Fräse.", approve=True)
    for actor in (company.alice, company.bob):
        wish(platform, actor, approval_asked="none")
    ask(platform, company, "Noch offen.")
    wish(platform, company.bob, week="none")
    clock.set("2026-03-23T05:00:00Z")
    weekly.run_due(platform)
    weekly.run_due(platform)
    post.run()
    assert {str(m["To"]) for m in mailbox.taken} == {
        "Alice <alice@example.com>",
        "Charlie <charlie@example.com>",
        "Oscar <oscar@example.com>",
    }
    (mail,) = mailbox.to("alice@example.com")
    assert mail["Subject"] == "Sendeplan: KW 13"
    said = body(mail)
    for words in (
        "Di., 24. März 2026, 10:00 · Seite: Neue Fräse.",
        "2 Sendeplätze sind noch frei",
        "Seite: 1 von 3",
        "1 Beitrag wartet auf Freigabe",
        "https://plan.brandt.example/calendar",
    ):
        assert words in said


def test_two_processes_that_gather_at_once_make_one_mail(
    postgresql_url: str, platform: Platform, clock: FakeClock
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from tests.support.factories import make_company, make_platform

    settings = {"smtp_url": platform.settings.smtp_url, "mail_from": platform.settings.mail_from}
    team = make_platform(platform.settings.instance, postgresql_url, clock, **settings)
    try:
        there = make_company(team.database, clock.now())
        ask(team, there, "Neue Fräse.")
        clock.advance(minutes=2)
        with ThreadPoolExecutor(4) as processes:
            made = sum(processes.map(gather, [team] * 4))
        assert made == 2, "one for each lead"
        with team.database.read() as session:
            assert len(session.scalars(select(Mail)).all()) == 2
    finally:
        team.close()
