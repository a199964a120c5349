"""What waits for a lead's yes."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from planner.bootstrap import Platform
from planner.domain.states import PostStatus
from planner.models import Channel, Notice, Post
from planner.services import notices, posts
from planner.services.posts import Content, PartInput, PollInput, VariantInput, When
from tests.support import files
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_media, make_post
from tests.support.web import Browsing, ClientOf


@pytest.fixture
def bob(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.bob)
    client.send("/language", language="en")
    return client


@pytest.fixture
def waiting(platform: Platform, company: Company, linkedin: Channel) -> Post:
    """A post of charlie's for tomorrow."""
    tomorrow = platform.clock.now() + timedelta(days=1)
    return make_post(platform, company.charlie, [linkedin], When(at=tomorrow), text="Tag der offenen Tür.")


def status_of(platform: Platform, post: Post) -> PostStatus:
    with platform.database.read() as session:
        return session.get_one(Post, post.id).status


def test_everyone_sees_what_waits_and_only_leads_decide(client_of: ClientOf, company: Company, waiting: Post) -> None:
    for actor in (company.charlie, company.rita):
        page = client_of(actor).get("/approvals")
        assert "Tag der offenen Tür." in page.text
        assert "Zurückgeben" not in page.text
        assert client_of(actor).send(f"/approvals/{waiting.id}").status_code == 403
        assert client_of(actor).send(f"/approvals/{waiting.id}/return", note="Nein").status_code == 403
        assert client_of(actor).send("/approvals/bulk", chosen=f"{waiting.id}:1").status_code == 403


def test_an_outsider_sees_and_approves_nothing(
    client_of: ClientOf, platform: Platform, company: Company, waiting: Post
) -> None:
    oscar = client_of(company.oscar)
    assert "Tag der offenen Tür." not in oscar.get("/approvals").text
    oscar.send(f"/approvals/{waiting.id}")
    assert status_of(platform, waiting) is PostStatus.IN_APPROVAL
    answer = oscar.send("/approvals/bulk", chosen=f"{waiting.id}:1")
    assert "Tag der offenen Tür." not in answer.text


def test_a_card_shows_variants_images_channels_and_time(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    image = make_media(platform, company.charlie)
    make_post(
        platform,
        company.charlie,
        [linkedin, twitter],
        When(at=platform.clock.now() + timedelta(days=2)),
        text="Lang und ausführlich.",
        media=(image,),
        variants={twitter.id: VariantInput(text="Kurz.")},
        note="Bild ist freigegeben.",
    )
    page = bob.get("/approvals").text
    for part in ("Lang und ausführlich.", "Kurz.", f"/media/{image}/thumbnail", "@brandt", "Bild ist freigegeben."):
        assert part in page
    assert "Wed, 18 Mar 2026, 10:00" in page


def test_one_click_approves_and_can_be_undone(bob: Browsing, platform: Platform, waiting: Post) -> None:
    assert bob.send(f"/approvals/{waiting.id}", version="1").status_code == 302
    assert status_of(platform, waiting) is PostStatus.SCHEDULED
    assert f"/approvals/{waiting.id}/undo" in bob.get("/approvals").text
    assert bob.send(f"/approvals/{waiting.id}/undo").status_code == 302
    assert status_of(platform, waiting) is PostStatus.IN_APPROVAL


def test_a_post_that_changed_since_it_was_shown_is_not_approved(
    bob: Browsing, platform: Platform, waiting: Post
) -> None:
    with platform.database.write() as session:
        session.get_one(Post, waiting.id).version = 2
    bob.send(f"/approvals/{waiting.id}", version="1")
    assert status_of(platform, waiting) is PostStatus.IN_APPROVAL
    assert "changed this post in the meantime" in bob.get("/approvals").text


def test_a_post_goes_back_with_a_note_that_the_author_is_told(
    bob: Browsing, platform: Platform, company: Company, waiting: Post
) -> None:
    bob.send(f"/approvals/{waiting.id}/return", note="Bitte mit Uhrzeit.")
    assert status_of(platform, waiting) is PostStatus.DRAFT
    with platform.database.read() as session:
        told = session.query(Notice).filter_by(user_id=company.charlie.user_id, kind="sent_back").one()
    assert told.data["note"] == "Bitte mit Uhrzeit."


def test_sending_back_without_a_word_is_refused_at_the_field(bob: Browsing, platform: Platform, waiting: Post) -> None:
    answer = bob.send(f"/approvals/{waiting.id}/return", note="  ")
    assert answer.status_code == 422
    assert f'id="note-{waiting.id}-error"' in answer.text
    assert status_of(platform, waiting) is PostStatus.IN_APPROVAL


def test_several_are_approved_each_for_itself_with_a_result_per_post(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel, waiting: Post
) -> None:
    other = make_post(platform, company.charlie, [linkedin], When(queue=True), text="Zweiter Beitrag.")
    with platform.database.write() as session:
        session.get_one(Post, other.id).version = 7
    answer = bob.send("/approvals/bulk", chosen=[f"{waiting.id}:1", f"{other.id}:1", "999:1", "nonsense"])
    assert answer.status_code == 200
    assert answer.text.count("Not approved") == 3
    assert status_of(platform, waiting) is PostStatus.SCHEDULED
    assert status_of(platform, other) is PostStatus.IN_APPROVAL


def test_all_going_well_says_how_many_and_can_be_taken_back(bob: Browsing, platform: Platform, waiting: Post) -> None:
    answer = bob.send_and_follow("/approvals/bulk", chosen=[f"{waiting.id}:1"])
    assert "1 post approved." in answer.text
    undo = html.unescape(re.findall(r'action="(/posts/bulk/undo[^"]*)"', answer.text)[0])
    assert bob.send_and_follow(undo).request.path == "/approvals"
    assert status_of(platform, waiting) is PostStatus.IN_APPROVAL


def test_the_most_urgent_comes_first_and_the_overdue_is_marked(
    bob: Browsing, platform: Platform, company: Company, linkedin: Channel, clock: FakeClock, waiting: Post
) -> None:
    soon = clock.now() + timedelta(minutes=30)
    make_post(platform, company.charlie, [linkedin], When(at=soon), text="Der eilige.")
    clock.advance(hours=1)
    page = bob.get("/approvals").text
    assert page.index("Der eilige.") < page.index("Tag der offenen Tür.")
    assert page.count("data-late") == 1
    assert "1 post is past its time" in page


def test_the_navigation_counts_what_waits_for_those_who_may_approve(
    bob: Browsing, client_of: ClientOf, company: Company, waiting: Post
) -> None:
    assert "waiting:</span> 1" in bob.get("/account").text
    assert "wartend:</span> 1" not in client_of(company.charlie).get("/account").text


def test_an_approved_post_no_longer_counts_as_a_notice(
    bob: Browsing, platform: Platform, company: Company, waiting: Post
) -> None:
    place, alice_id = company.workspace.id, company.alice.user_id
    assert alice_id is not None
    with platform.database.read() as session:
        assert notices.count_unread(session, place, alice_id) == 1
    bob.send(f"/approvals/{waiting.id}", version="1")
    with platform.database.read() as session:
        assert notices.count_unread(session, place, alice_id) == 0


def test_with_nothing_waiting_there_is_one_sentence(bob: Browsing, company: Company) -> None:
    assert "Nothing waits for approval." in bob.get("/approvals").text


def test_a_lead_sees_all_that_goes_out_before_saying_yes(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    film = make_media(platform, company.charlie, files.video(), "messe.mp4")
    content = Content(
        text="Was zeigen wir?",
        channels=(linkedin.id,),
        media=(film,),
        poll=PollInput(("FX 400", "FX 500"), 72, "Welche Maschine?"),
        thread=(PartInput("Der zweite Teil"),),
        first_comment="Mehr im Shop.",
        languages=("nl",),
        variants={linkedin.id: VariantInput(first_comment="Nur hier.")},
    )
    with platform.database.write() as session:
        now, folder = platform.clock.now(), platform.settings.media_folder
        posts.create(session, company.charlie, content, now=now, folder=folder, ask=True)
    page = client_of(company.bob).get("/approvals").text
    for said in (
        "Welche Maschine?",
        "FX 500",
        "Der zweite Teil",
        "Mehr im Shop.",
        "Nur hier.",
        "Niederländisch",
        "0:42",
    ):
        assert said in page
