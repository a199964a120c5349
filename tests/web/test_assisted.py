"""Publishing by hand, and entering figures by hand."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Event, Media, Post, Snapshot, Topic, Workspace
from planner.services.by_hand import CODE
from planner.services.posts import MentionInput, PollInput, When
from planner.services.publishing import notices
from planner.services.publishing.moves import Ref
from planner.services.publishing.status import refresh_status
from tests.support import files
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_media, make_post, picture
from tests.support.published import delivery_of, make_published
from tests.support.web import Browsing, ClientOf

LIVE = "https://www.xing.com/feed/posts/abc"


@pytest.fixture
def xing(platform: Platform, company: Company) -> Channel:
    """A channel that a person serves."""
    return make_channel(platform.database, company, platform.clock.now(), "xing", name="XING von Hand")


@pytest.fixture
def charlie(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.charlie)
    client.send("/language", language="en")
    return client


@pytest.fixture
def due(platform: Platform, company: Company, xing: Channel, clock: FakeClock) -> Delivery:
    """A publication whose time came half an hour ago, and its owner was told."""
    image = make_media(platform, company.charlie)
    when = When(at=clock.now() + timedelta(minutes=30))
    link = "https://brandt.example/stellen"
    post = make_post(
        platform, company.bob, [xing], when, approve=True, text="Wir stellen ein.", link=link, media=(image,)
    )
    clock.advance(hours=1)
    with platform.database.write() as session:
        delivery = session.query(Delivery).filter_by(post_id=post.id).one()
        delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, CODE
        refresh_status(session, post.id)
        notices.about_delivery(session, Ref.of(delivery), clock.now(), "delivery_assisted")
    return delivery


def test_what_is_due_is_listed_and_the_overdue_is_marked(charlie: Browsing, due: Delivery) -> None:
    page = charlie.get("/assisted").text
    assert "Wir stellen ein." in page
    assert "Overdue" in page
    assert "waiting:</span> 1" in page


def test_the_page_has_text_image_and_link_at_hand(charlie: Browsing, due: Delivery) -> None:
    page = charlie.get(f"/assisted/{due.id}").text
    assert "Wir stellen ein." in page.split('id="hand-text"')[1]
    assert "download=" in page
    assert "https://www.xing.com/spi/shares/new?url=https%3A%2F%2Fbrandt.example%2Fstellen" in page
    assert "attach what you saved" in page
    pictures = re.findall(r'src="(/media/[^"]+)"', page)
    assert len(pictures) == 1
    with charlie.get(pictures[0]) as shown:
        assert shown.status_code == 200


def test_a_poll_its_languages_and_alternative_texts_are_at_hand_to_copy(
    charlie: Browsing, platform: Platform, company: Company, clock: FakeClock
) -> None:
    linkedin = make_channel(platform.database, company, clock.now(), "linkedin", by_hand_since=clock.now())
    poll = PollInput(("Ja, sofort", "Nein"), 72, "Lohnt sich das?")
    more = {"poll": poll, "languages": ("de",), "mentions": (MentionInput("Brandt", "linkedin", "2414183"),)}
    when = When(at=clock.now() + timedelta(minutes=30))
    asked = make_post(platform, company.bob, [linkedin], when, approve=True, text="Danke an Brandt.", **more)
    page = charlie.get(f"/assisted/{delivery_of(platform, asked).id}").text
    for name, words in (("question", "Lohnt sich das?"), ("option-1", "Ja, sofort"), ("option-2", "Nein")):
        assert re.search(rf'id="hand-{name}"[^>]*>{re.escape(words)}<', page)
        assert f'data-copy="hand-{name}"' in page
    assert "3 days" in page
    assert "German" in page
    assert "Danke an Brandt." in page.split('id="hand-text"')[1]
    assert "choose the account" in page

    image = make_media(platform, company.charlie)
    with platform.database.write() as session:
        session.get_one(Media, image).alt = "Eine Fräse"
    shown = make_post(platform, company.bob, [linkedin], when, approve=True, media=(image,))
    page = charlie.get(f"/assisted/{delivery_of(platform, shown).id}").text
    assert re.search(r'id="hand-alt-1"[^>]*>Eine Fräse<', page)
    assert 'data-copy="hand-alt-1"' in page
    assert "Set up the poll" not in page


def test_a_film_that_no_still_can_be_made_of_is_offered_without_a_picture(
    charlie: Browsing, platform: Platform, company: Company, clock: FakeClock
) -> None:
    youtube = make_channel(platform.database, company, clock.now(), "youtube")
    film = make_media(platform, company.charlie, files.video(), "halle.mp4")
    when = When(at=clock.now() + timedelta(minutes=30))
    post = make_post(platform, company.bob, [youtube], when, approve=True, media=(film,))
    page = charlie.get(f"/assisted/{delivery_of(platform, post).id}").text
    assert f'href="/media/{film}" download="halle.mp4"' in page
    assert "/thumbnail" not in page


def test_without_a_link_the_network_itself_is_opened_and_no_image_is_spoken_of(
    charlie: Browsing, platform: Platform, company: Company, xing: Channel, clock: FakeClock
) -> None:
    when = When(at=clock.now() + timedelta(hours=1))
    post = make_post(platform, company.bob, [xing], when, approve=True, text="Nur Text.")
    page = charlie.get(f"/assisted/{delivery_of(platform, post).id}").text
    assert 'href="https://www.xing.com/"' in page
    assert "attach" not in page


def test_it_needs_a_hand_and_no_decision_and_turns_red_only_when_overdue(
    charlie: Browsing, platform: Platform, company: Company, xing: Channel, clock: FakeClock
) -> None:
    post = make_post(platform, company.bob, [xing], When(at=clock.now() + timedelta(minutes=10)), approve=True)
    with platform.database.write() as session:
        delivery = session.query(Delivery).filter_by(post_id=post.id).one()
        delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, CODE
        topic = Topic(
            workspace_id=company.workspace.id, title="Stellen", created_at=clock.now(), updated_at=clock.now()
        )
        session.add(topic)
        session.flush()
        session.get_one(Post, post.id).topic_id = topic.id
        refresh_status(session, post.id)
    for minutes, status, look in ((20, "assisted", "assisted"), (20, "overdue", "overdue")):
        clock.advance(minutes=minutes)
        pages = ["/posts", f"/posts/{post.id}", f"/calendar/entries/{post.id}", f"/assisted/{delivery.id}", "/topics"]
        for page in pages:
            shown = charlie.get(page).text
            assert f'data-status="{status}"' in shown, page
            assert 'data-status="needs_person"' not in shown, page
        assert "post-row-link" in charlie.get("/posts?status=assisted").text
        assert "post-row-link" not in charlie.get("/posts?status=needs_person").text
        drawn = charlie.get("/calendar/events?start=2026-03-01T00:00:00Z&end=2026-04-01T00:00:00Z").json
        assert [e["byHand"] for e in (drawn or {})["entries"]] == [look]


def test_one_click_notes_it_as_published_at_its_address(charlie: Browsing, platform: Platform, due: Delivery) -> None:
    assert charlie.send(f"/assisted/{due.id}/publication", url=LIVE).status_code == 302
    with platform.database.read() as session:
        delivery = session.get_one(Delivery, due.id)
        status = session.get_one(Post, delivery.post_id).status
    assert (delivery.state, delivery.remote_url, status.value) == (DeliveryState.PUBLISHED, LIVE, "published")


def test_once_it_is_published_the_notice_is_settled(client_of: ClientOf, company: Company, due: Delivery) -> None:
    bob = client_of(company.bob)
    bob.send("/language", language="en")
    before = bob.get("/notices").text
    assert "data-unread" in before
    assert "Text and files are ready to copy." in before
    client_of(company.charlie).send(f"/assisted/{due.id}/publication", url=LIVE)
    after = bob.get("/notices").text
    assert "data-unread" not in after
    assert "settled" in after
    assert "Text and files are ready to copy." not in after


def test_the_address_may_be_left_empty_and_a_wrong_one_is_said_at_its_field(
    charlie: Browsing, platform: Platform, due: Delivery
) -> None:
    answer = charlie.send(f"/assisted/{due.id}/publication", url="xing, oben")
    assert answer.status_code == 422
    assert 'id="field-url-error"' in answer.text
    assert 'value="xing, oben"' in answer.text
    assert charlie.send(f"/assisted/{due.id}/publication", url="").status_code == 302


def test_a_second_published_changes_nothing_and_is_answered_by_what_is_known(
    charlie: Browsing, client_of: ClientOf, company: Company, platform: Platform, due: Delivery
) -> None:
    charlie.send(f"/assisted/{due.id}/publication", url=LIVE)
    bob = client_of(company.bob)
    bob.send("/language", language="en")

    answer = bob.send_and_follow(f"/assisted/{due.id}/publication", url="https://www.xing.com/other")

    assert "That was known already: Charlie noted it as published at 11:00." in answer.text
    with platform.database.read() as session:
        assert session.get_one(Delivery, due.id).remote_url == LIVE
        events = session.query(Event).filter_by(subject="delivery", subject_id=due.id, kind="published").count()
    assert events == 1


def test_an_address_that_was_missing_is_added_later(charlie: Browsing, platform: Platform, due: Delivery) -> None:
    charlie.send(f"/assisted/{due.id}/publication", url="")
    assert "Add the address of the post" in charlie.get(f"/assisted/{due.id}").text
    charlie.send(f"/assisted/{due.id}/publication", url=LIVE)
    with platform.database.read() as session:
        assert session.get_one(Delivery, due.id).remote_url == LIVE
    assert LIVE in charlie.get(f"/assisted/{due.id}").text


def test_an_address_of_another_network_is_refused(charlie: Browsing, platform: Platform, due: Delivery) -> None:
    answer = charlie.send(f"/assisted/{due.id}/publication", url="https://www.linkedin.com/feed/update/1")
    assert answer.status_code == 422
    assert "This is no address at XING." in answer.text
    with platform.database.read() as session:
        assert session.get_one(Delivery, due.id).state is DeliveryState.NEEDS_PERSON


def test_two_people_see_who_has_taken_it_and_it_can_be_taken_over(
    charlie: Browsing, client_of: ClientOf, company: Company, due: Delivery
) -> None:
    bob = client_of(company.bob)
    bob.send("/language", language="en")
    assert "Nobody has taken this on yet." in bob.get(f"/assisted/{due.id}").text

    assert charlie.ask(f"/assisted/{due.id}/taking").get_json()["taken"] == "You took this on at 11:00."
    refused = bob.ask(f"/assisted/{due.id}/taking")
    assert (refused.status_code, refused.get_json()["detail"]) == (409, "Charlie has taken this on already.")
    assert "Charlie took this on at 11:00." in bob.get(f"/assisted/{due.id}").text
    assert "Charlie took this on at 11:00." in bob.get("/assisted").text
    bob.send(f"/assisted/{due.id}/taking", over="yes")

    assert "Bob took this on at 11:00." in charlie.get(f"/assisted/{due.id}").text
    assert client_of(company.rita).send(f"/assisted/{due.id}/taking").status_code == 403
    assert client_of(company.oscar).send(f"/assisted/{due.id}/taking").status_code == 404


def test_all_files_come_in_one_each_under_its_own_name(
    charlie: Browsing, client_of: ClientOf, platform: Platform, company: Company, xing: Channel, clock: FakeClock
) -> None:
    names = ("fraese.png", "fraese.png", "halle.png")
    colors = ("red", "green", "blue")
    media = tuple(
        make_media(platform, company.bob, picture(color=color), name) for name, color in zip(names, colors, strict=True)
    )
    threads = make_channel(platform.database, company, clock.now(), "threads", name="Threads")
    post = make_post(
        platform, company.bob, [threads], When(at=clock.now() + timedelta(hours=1)), approve=True, media=media
    )
    delivery = delivery_of(platform, post)
    page = charlie.get(f"/assisted/{delivery.id}").text
    assert "Save all 3 files" in page

    packed = charlie.get(f"/assisted/{delivery.id}/files.zip")

    data = packed.data
    packed.close()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["fraese.png", "fraese-2.png", "halle.png"]
        assert archive.read("fraese-2.png") == picture(color="green")
    assert client_of(company.oscar).get(f"/assisted/{delivery.id}/files.zip").status_code == 404


def test_title_hashtags_and_what_follows_are_copied_apart(
    charlie: Browsing, platform: Platform, company: Company, clock: FakeClock
) -> None:
    pins = make_channel(platform.database, company, clock.now(), "pinterest", name="Pins")
    image = make_media(platform, company.bob)
    text = "Die BX 500\n\nMehr dazu. #Maschinenbau #BX500"
    when = When(at=clock.now() + timedelta(hours=1))
    post = make_post(platform, company.bob, [pins], when, approve=True, text=text, media=(image,))
    page = charlie.get(f"/assisted/{delivery_of(platform, post).id}").text
    assert "Die BX 500" in page.split('id="hand-title"')[1][:60]
    assert "#Maschinenbau #BX500" in page.split('id="hand-tags"')[1][:80]


def test_what_does_not_fit_now_moves_to_another_time_or_is_dropped(
    charlie: Browsing, platform: Platform, due: Delivery, clock: FakeClock
) -> None:
    charlie.ask(f"/assisted/{due.id}/taking")
    past = charlie.send(f"/assisted/{due.id}/later", at="2026-03-16T08:00")
    assert (past.status_code, "2026-03-16T08:00" in past.text) == (422, True)
    assert charlie.send(f"/assisted/{due.id}/later", at="").status_code == 422
    assert charlie.send(f"/assisted/{due.id}/later", slot="yes").status_code == 422

    assert charlie.send(f"/assisted/{due.id}/later", at="2026-03-17T08:00").location.endswith("/assisted")

    with platform.database.read() as session:
        moved = session.get_one(Delivery, due.id)
    assert (moved.state, moved.taken_by_id, moved.wall_time) == (DeliveryState.SCHEDULED, None, "2026-03-17T08:00")
    with platform.database.write() as session:
        again = session.get_one(Delivery, due.id)
        again.state, again.error_code = DeliveryState.NEEDS_PERSON, CODE
    charlie.send(f"/assisted/{due.id}/cancellation")
    with platform.database.read() as session:
        assert session.get_one(Delivery, due.id).state is DeliveryState.CANCELLED


def test_while_publishing_is_paused_the_page_says_not_to(charlie: Browsing, platform: Platform, due: Delivery) -> None:
    assert "Do not publish this now" not in charlie.get(f"/assisted/{due.id}").text
    with platform.database.write() as session:
        session.get_one(Workspace, due.workspace_id).paused_at = platform.clock.now()
    assert "Do not publish this now" in charlie.get(f"/assisted/{due.id}").text


def test_the_first_screens_name_what_is_overdue(charlie: Browsing, due: Delivery) -> None:
    for page in ("/calendar", "/success"):
        assert "should have been published by hand by now" in charlie.get(page).text
    charlie.send(f"/assisted/{due.id}/publication", url=LIVE)
    assert "should have been published by hand by now" not in charlie.get("/calendar").text


def test_instagram_has_figures_of_its_own(
    charlie: Browsing, platform: Platform, company: Company, clock: FakeClock
) -> None:
    insta = make_channel(platform.database, company, clock.now(), "instagram", name="Insta")
    image = make_media(platform, company.bob)
    post = make_published(platform, company.bob, insta, clock.now() - timedelta(days=2), approve=True, media=(image,))
    delivery = delivery_of(platform, post)
    page = charlie.get(f"/assisted/{delivery.id}").text
    assert 'name="views"' in page
    assert "How often the video or the post was played or viewed" in page
    assert "How often people passed the post on." in page
    charlie.send(f"/assisted/{delivery.id}/figures", views="1.240", saves="", reactions="31")
    with platform.database.read() as session:
        snapshot = session.query(Snapshot).one()
    assert (snapshot.reactions, snapshot.extra) == (31, {"views": 1240})
    assert 'value="1240"' in charlie.get(f"/assisted/{delivery.id}").text


def test_readers_look_and_outsiders_find_nothing(client_of: ClientOf, company: Company, due: Delivery) -> None:
    rita, oscar = client_of(company.rita), client_of(company.oscar)
    assert "Veröffentlichung bestätigen" not in rita.get(f"/assisted/{due.id}").text
    assert rita.send(f"/assisted/{due.id}/publication", url=LIVE).status_code == 403
    assert rita.send(f"/assisted/{due.id}/figures", reach="1").status_code == 403
    assert oscar.get(f"/assisted/{due.id}").status_code == 404
    assert oscar.send(f"/assisted/{due.id}/publication", url=LIVE).status_code == 404
    assert "Wir stellen ein." not in oscar.get("/assisted").text


def test_figures_are_entered_by_hand_and_an_empty_field_stays_missing(
    charlie: Browsing, platform: Platform, company: Company, xing: Channel
) -> None:
    post = make_published(platform, company.bob, xing, platform.clock.now() - timedelta(days=2), approve=True)
    delivery = delivery_of(platform, post)
    assert "Figures are missing" in charlie.get("/assisted").text
    fields = {"impressions": "1.240", "reactions": "0", "reach": ""}
    assert charlie.send(f"/assisted/{delivery.id}/figures", **fields).status_code == 302
    with platform.database.read() as session:
        snapshot = session.query(Snapshot).one()
    assert (snapshot.impressions, snapshot.reactions, snapshot.reach, snapshot.source) == (1240, 0, None, "manual")
    assert "Figures are missing" not in charlie.get("/assisted").text


def test_a_figure_that_is_none_is_said_at_its_field_and_stays_typed(
    charlie: Browsing, platform: Platform, company: Company, xing: Channel
) -> None:
    post = make_published(platform, company.bob, xing, platform.clock.now() - timedelta(days=2), approve=True)
    delivery = delivery_of(platform, post)
    answer = charlie.send(f"/assisted/{delivery.id}/figures", impressions="many", clicks="7")
    assert answer.status_code == 422
    assert 'id="field-impressions-error"' in answer.text
    assert 'value="many"' in answer.text
    assert 'value="7"' in answer.text
    assert charlie.send(f"/assisted/{delivery.id}/figures").status_code == 422


def test_without_anything_to_do_there_is_one_sentence(charlie: Browsing) -> None:
    assert "Nothing is to be done by hand." in charlie.get("/assisted").text
