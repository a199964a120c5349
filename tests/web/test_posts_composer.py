"""Writing a post in the form: what is stored, what is refused, and that nothing typed is ever lost."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Channel, Delivery, Media, Post, Workspace
from planner.services.posts import When
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_media, make_post, picture
from tests.support.web import ClientOf

TOMORROW = "2026-03-17T10:00"


def test_a_draft_needs_nothing_but_its_text(client_of: ClientOf, company: Company, platform: Platform) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    answer = charlie.send("/posts/new", text="Ein Gedanke", action="draft", submission="one")
    assert answer.status_code == 303
    post = only_post(platform)
    assert (post.text, post.status, post.owner_id) == ("Ein Gedanke", PostStatus.DRAFT, company.charlie.user_id)


def test_an_editor_hands_a_post_in_and_it_waits(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    charlie.send("/posts/new", **filled(linkedin), action="schedule")
    post = only_post(platform)
    assert post.status is PostStatus.IN_APPROVAL
    delivery = deliveries(platform)[0]
    assert delivery.state is DeliveryState.DRAFT
    assert delivery.publish_at is not None
    assert delivery.publish_at.isoformat() == "2026-03-17T09:00:00+00:00", "10:00 in Berlin"


def test_a_lead_approves_and_schedules_in_one_step(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    bob = client_of(company.bob)
    page = bob.get("/posts/new").text
    assert 'value="approve"' in page
    bob.send("/posts/new", **filled(linkedin), action="approve")
    assert deliveries(platform)[0].state is DeliveryState.SCHEDULED


def test_an_editor_has_no_button_to_approve_and_cannot_by_hand(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    assert 'value="approve"' not in charlie.get("/posts/new").text
    assert charlie.send("/posts/new", **filled(linkedin), action="approve").status_code == 403
    assert count(platform) == 0


def test_a_queued_post_takes_the_next_free_slot_of_its_channel(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    bob = client_of(company.bob)
    bob.get("/posts/new")
    bob.send("/posts/new", **filled(linkedin, when="queue", publish_at=""), action="approve")
    delivery = deliveries(platform)[0]
    assert delivery.queued
    assert delivery.wall_time == "2026-03-17T09:00"


def test_a_channel_gets_its_own_text_and_images(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    image = make_media(platform, company.charlie)
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    own = f"variants.{twitter.id}"
    form = filled(linkedin, channels=[linkedin.id, twitter.id], media=[image], variant=[linkedin.id, twitter.id])
    form |= {f"{own}.own_text": "yes", f"{own}.text": "Kurz.", f"{own}.own_media": "yes"}
    charlie.send("/posts/new", **form, action="schedule")
    post = only_post(platform)
    assert [(v.channel_id, v.text, v.own_media) for v in post.variants] == [(twitter.id, "Kurz.", True)]
    assert [(m.media_id, m.channel_id) for m in post.media] == [(image, None)]


def test_the_same_form_sent_twice_makes_one_post(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    for _time in range(2):
        answer = charlie.send("/posts/new", **filled(linkedin), action="schedule")
        assert answer.status_code == 303
    assert count(platform) == 1


def test_an_image_sent_with_the_form_is_stored_and_stays_when_something_else_is_wrong(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    upload = (io.BytesIO(picture()), "fraese.png")
    answer = charlie.send("/posts/new", **filled(linkedin, publish_at="2020-01-01T10:00", upload=upload))
    assert answer.status_code == 422
    with platform.database.read() as session:
        image = session.scalars(select(Media)).one()
    assert f'name="media" value="{image.id}"' in answer.text
    assert count(platform) == 0


def test_buttons_beside_images_work_without_javascript(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    first, second = make_media(platform, company.charlie), make_media(platform, company.charlie)
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    form = filled(linkedin, media=[first, second])
    moved = charlie.send("/posts/new", **form, button=f"up:base:{second}")
    assert images_in(moved.text) == [second, first]
    removed = charlie.send("/posts/new", **form, button=f"remove:base:{first}")
    assert images_in(removed.text) == [second]
    assert "Neue Fräse." in removed.text
    assert count(platform) == 0


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a past time": ({"publish_at": "2020-01-01T10:00"}, "publish_at"),
    "no time": ({"publish_at": ""}, "publish_at"),
    "a time that is none": ({"publish_at": "morgen"}, "publish_at"),
    "a time far ahead": ({"publish_at": "2999-01-01T10:00"}, "publish_at"),
    "no channel": ({"channels": []}, "channels"),
    "an unknown channel": ({"channels": ["999"]}, "channels"),
    "an empty text": ({"text": " "}, "text"),
    "a text over the limit": ({"text": "x" * 3001}, "text"),
    "a link that is none": ({"link": "brandt punkt de"}, "link"),
    "an unknown image": ({"media": ["999"]}, "media"),
    "an unknown topic": ({"topic": "999"}, "topic"),
    "an unknown owner": ({"owner": "999"}, "owner"),
    "a file that is no image": ({"upload": (io.BytesIO(b"%PDF-1.4"), "bericht.png")}, "images-base"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, name: str
) -> None:
    changes, field = BAD[name]
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    typed = filled(linkedin, tags="Messe", note="Nicht vor Montag") | changes
    answer = charlie.send("/posts/new", **typed, action="schedule")
    assert answer.status_code == 422
    assert count(platform) == 0
    assert f'{field}-error"' in answer.text or f'href="#field-{field}"' in answer.text, answer.text
    assert "Nicht vor Montag" in answer.text
    assert 'value="Messe"' in answer.text
    assert "Traceback" not in answer.text


def test_a_text_too_long_for_one_variant_is_said_at_that_variant(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    own = f"variants.{twitter.id}"
    form = filled(linkedin, channels=[linkedin.id, twitter.id], variant=[twitter.id])
    form |= {f"{own}.own_text": "yes", f"{own}.text": "ä" * 281}
    answer = charlie.send("/posts/new", **form, action="schedule")
    assert answer.status_code == 422
    assert f'href="#field-{own}.text"' in answer.text
    assert "ä" * 281 in answer.text


def test_a_stale_edit_shows_both_versions_and_the_next_save_replaces(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    post = make_post(platform, company.charlie, [linkedin], text="Erste Fassung")
    charlie, bob = client_of(company.charlie), client_of(company.bob)
    charlie.get(f"/posts/{post.id}/edit")
    bob.get(f"/posts/{post.id}/edit")
    bob.send(f"/posts/{post.id}/edit", text="Fassung von Bob", channels=linkedin.id, version=1, action="draft")
    mine: dict[str, Any] = {"text": "Fassung von Charlie", "channels": linkedin.id, "action": "draft"}
    answer = charlie.send(f"/posts/{post.id}/edit", **mine, version=1)
    assert answer.status_code == 409
    assert "Fassung von Bob" in answer.text
    assert "Fassung von Charlie" in answer.text
    assert only_post(platform).text == "Fassung von Bob"
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    charlie.send(f"/posts/{post.id}/edit", **mine, version=version[1])
    assert only_post(platform).text == "Fassung von Charlie"


def test_an_edit_keeps_the_times_as_they_are(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, clock: FakeClock
) -> None:
    post = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    before = deliveries(platform)[0].publish_at
    bob = client_of(company.bob)
    page = bob.get(f"/posts/{post.id}/edit").text
    assert 'id="when-keep" value="keep" checked' in page
    bob.send(f"/posts/{post.id}/edit", text="Neu", channels=linkedin.id, version=1, when="keep", action="approve")
    delivery = deliveries(platform)[0]
    assert (delivery.publish_at, delivery.queued, delivery.state) == (before, True, DeliveryState.SCHEDULED)


def test_a_post_that_is_being_sent_cannot_be_edited(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    post = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    bob = client_of(company.bob)
    bob.get(f"/posts/{post.id}/edit")
    with platform.database.write() as session:
        session.get_one(Delivery, deliveries(platform)[0].id).state = DeliveryState.SENDING
    answer = bob.send(f"/posts/{post.id}/edit", text="Zu spät", channels=linkedin.id, version=1, when="keep")
    assert answer.status_code == 409
    assert "Zu spät" in answer.text
    assert only_post(platform).text == post.text


def test_a_click_in_the_calendar_brings_time_and_channel_along(
    client_of: ClientOf, company: Company, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    page = charlie.get(f"/posts/new?at=2026-03-19T09:00:00Z&channel={linkedin.id}").text
    assert 'value="2026-03-19T10:00"' in page
    assert re.search(rf'name="channels" value="{linkedin.id}" data-channel-box checked', page)
    assert 'value="2026-03-20T10:00"' in charlie.get("/posts/new?at=2026-03-20").text, "a day has its usual time"
    assert 'value="2026-03-16T11:00"' in charlie.get("/posts/new?at=2026-03-16").text, "today the next full hour"


def test_after_saving_one_is_back_where_one_came_from_but_never_elsewhere(
    client_of: ClientOf, company: Company, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    back = "/calendar?view=week&date=2026-03-16"
    assert charlie.send("/posts/new", text="Eins", action="draft", back=back, submission="1").location == back
    away = charlie.send("/posts/new", text="Zwei", action="draft", back="https://evil.example/", submission="2")
    assert away.location == "/"


def test_the_check_says_problems_times_and_slots(
    client_of: ClientOf, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    form = filled(linkedin, channels=[linkedin.id, twitter.id], text="ä" * 300)
    found = charlie.ask("/posts/check", **form).json
    assert found is not None
    assert "280" in found["errors"]["text"]
    assert found["time"]["at"] == "2026-03-17T09:00:00Z"
    assert "Europe/Berlin" in found["time"]["text"]
    assert found["slots"][str(linkedin.id)]["at"] == "2026-03-17T08:00:00Z"
    assert found["slots"][str(twitter.id)]["at"] is None


def test_the_check_says_what_a_post_costs_where_it_costs_anything(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    paid = make_channel(platform.database, company, platform.clock.now(), "twitter", credentials="x", name="@brandt")
    client = client_of(company.charlie)
    client.get("/posts/new")

    def costs(text: str) -> list[str]:
        found = client.ask("/posts/check", **filled(linkedin, channels=[linkedin.id, paid.id], text=text, link="")).json
        assert found is not None
        return [line.replace("\xa0", " ") for line in found["costs"]]

    assert costs("Ohne Link") == ["@brandt: 0,015 $"]
    assert costs("Mehr auf brandt.de") == ["@brandt: 0,20 $, weil ein Link den Beitrag verteuert"]


def test_the_check_explains_an_hour_that_the_clocks_skip_or_repeat(
    client_of: ClientOf, company: Company, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    skipped = charlie.ask("/posts/check", **filled(linkedin, publish_at="2027-03-28T02:30")).json
    repeated = charlie.ask("/posts/check", **filled(linkedin, publish_at="2027-10-31T02:30")).json
    assert skipped is not None
    assert repeated is not None
    assert "03:30" in skipped["warnings"][0]["text"]
    assert skipped["time"]["at"] == "2027-03-28T01:30:00Z"
    assert repeated["warnings"][0]["field"] == "publish_at"
    assert repeated["time"]["at"] == "2027-10-31T00:30:00Z"


def test_the_check_warns_of_the_same_text_and_of_a_channel_to_reconnect(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    make_post(platform, company.bob, [linkedin], When(queue=True), text="Neue Fräse.", approve=True)
    with platform.database.write() as session:
        session.get_one(Channel, linkedin.id).reconnect_since = platform.clock.now()
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    found = charlie.ask("/posts/check", **filled(linkedin)).json
    assert found is not None
    assert {w["field"] for w in found["warnings"]} == {"text", "channels"}


def test_who_may_write(client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel) -> None:
    post = make_post(platform, company.charlie, [linkedin])
    outcomes = {}
    for name in ("charlie", "rita", "oscar"):
        person = client_of(getattr(company, name))
        outcomes[name] = (
            person.get("/posts/new").status_code,
            person.get(f"/posts/{post.id}/edit").status_code,
            person.send(f"/posts/{post.id}/edit", text="Fremd", version=1, action="draft").status_code,
        )
    assert outcomes == {"charlie": (200, 200, 303), "rita": (403, 403, 403), "oscar": (200, 404, 404)}
    assert client_of(None).get("/posts/new").status_code == 302


def test_channels_and_images_of_another_company_are_unknown(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    image = make_media(platform, company.charlie)
    oscar = client_of(company.oscar)
    oscar.get("/posts/new")
    answer = oscar.send("/posts/new", **filled(linkedin, media=[image]), action="schedule")
    assert answer.status_code == 422
    assert "Brandt</span>" not in answer.text
    assert f"/media/{image}" not in answer.text


def test_a_form_without_the_token_is_refused(client_of: ClientOf, company: Company, platform: Platform) -> None:
    charlie = client_of(company.charlie)
    charlie.token = ""
    assert charlie.send("/posts/new", text="Untergeschoben", action="draft").status_code == 400
    assert count(platform) == 0


def test_without_a_needed_approval_the_button_says_schedule(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    with platform.database.write() as session:
        session.get_one(Workspace, company.workspace.id).approval_required = False
    charlie = client_of(company.charlie)
    assert 'value="approve"' not in charlie.get("/posts/new").text
    charlie.send("/posts/new", **filled(linkedin), action="schedule")
    assert deliveries(platform)[0].state is DeliveryState.SCHEDULED


def filled(channel: Channel, **changes: Any) -> dict[str, Any]:
    """What a person fills in for one channel tomorrow at ten."""
    form: dict[str, Any] = {
        "text": "Neue Fräse.",
        "channels": [channel.id],
        "when": "time",
        "publish_at": TOMORROW,
        "submission": "the-form",
        "variant": [channel.id],
    }
    return form | changes


def only_post(platform: Platform) -> Post:
    with platform.database.read() as session:
        query = select(Post).options(selectinload(Post.variants), selectinload(Post.media))
        post = session.scalars(query).one()
        session.expunge_all()
        return post


def deliveries(platform: Platform) -> list[Delivery]:
    with platform.database.read() as session:
        found = list(session.scalars(select(Delivery).order_by(Delivery.id)))
        session.expunge_all()
        return found


def count(platform: Platform) -> int:
    with platform.database.read() as session:
        return session.scalar(select(func.count(Post.id))) or 0


def images_in(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'name="media" value="(\d+)"', page)]
