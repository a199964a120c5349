"""A post's page, the list and the queue in a real browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post, Snapshot
from planner.services.posts import When
from planner.services.publishing.status import refresh_status
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.factories import Company, make_media, make_post
from tests.support.web import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def post(platform: Platform, company: Company, linkedin: Channel, twitter: Channel) -> Post:
    """Published on X, with figures; on LinkedIn somebody has to say whether it is live."""
    at = platform.clock.now() + timedelta(hours=1)
    image = make_media(platform, company.charlie)
    made = make_post(platform, company.bob, [linkedin, twitter], When(at=at), approve=True, media=(image,))
    with platform.database.write() as session:
        for delivery in session.scalars(select(Delivery)):
            if delivery.channel_id == twitter.id:
                delivery.state, delivery.published_at = DeliveryState.PUBLISHED, at
                for hours in (1, 4, 9):
                    taken = at + timedelta(hours=hours)
                    session.add(
                        Snapshot(delivery_id=delivery.id, taken_at=taken, impressions=100 * hours, latest=hours == 9)
                    )
            else:
                delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, "cannot_list"
        refresh_status(session, made.id)
    return made


def test_a_posts_page_is_accessible_and_fits(page: Page, server: str, company: Company, post: Post) -> None:
    sign_in(page, server, company.bob)
    for scheme, width in (("light", 1440), ("dark", 360)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(f"{server}/posts/{post.id}")
        expect(page.locator("canvas")).to_be_visible()
        for details in page.locator("main details:not(.menu) > summary").all():
            details.click()
        assert_no_sideways_scroll(page)
        assert_accessible(page)


def test_a_figure_says_what_it_means_by_pointer_keyboard_and_touch(
    page: Page, server: str, company: Company, post: Post
) -> None:
    sign_in(page, server, company.rita)
    page.goto(f"{server}/posts/{post.id}")
    words = page.locator(".figures-table [data-term]")
    meanings = page.locator(".term-meaning:popover-open")
    words.nth(0).hover()
    expect(meanings).to_contain_text("Wer ihn zweimal sieht, zählt zweimal.")
    expect(meanings).to_contain_text("X (Twitter): die Aufrufe, die dort unter dem Beitrag stehen.")
    expect(meanings).not_to_contain_text("LinkedIn")
    meanings.hover()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(meanings).to_have_count(0)
    page.mouse.move(5, 5)
    words.nth(0).focus()
    page.keyboard.press("Tab")
    expect(meanings).to_contain_text("Reichweite:")
    page.keyboard.press("Tab")
    expect(meanings).to_contain_text("Reaktionen:")
    page.keyboard.press("Escape")
    words.last.click()
    page.mouse.move(5, 5)
    expect(meanings).to_contain_text("Interaktionen geteilt durch Impressionen.")
    words.last.click()
    expect(meanings).to_have_count(0)


def test_it_is_live_is_noted_with_its_address_and_a_wrong_one_is_said_at_its_field(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel, post: Post
) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/posts/{post.id}")
    page.locator("[data-open^=live-]").click()
    field = page.locator("dialog[open] [name=url]")
    field.fill("irgendwo")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open] .field-error")).to_be_visible()
    expect(field).to_have_value("irgendwo")
    assert_accessible(page)
    field.fill("https://linkedin.example/p/1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("a[href='https://linkedin.example/p/1']")).to_be_visible()
    with platform.database.read() as session:
        states = session.scalars(select(Delivery.state).where(Delivery.channel_id == linkedin.id)).all()
    assert states == [DeliveryState.PUBLISHED]


def test_sending_again_asks_first(page: Page, server: str, company: Company, platform: Platform, post: Post) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/posts/{post.id}")
    page.locator("form[data-confirm] button", has=page.locator("[href$='#send']")).click()
    expect(page.locator("#confirm-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    with platform.database.read() as session:
        assert DeliveryState.NEEDS_PERSON in session.scalars(select(Delivery.state)).all()


def test_moving_from_the_posts_page_and_taking_it_back(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    made = make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/posts/{made.id}")
    page.locator("[hx-get$='/times']").click()
    page.locator("#remote-dialog [name=publish_at]").fill("2026-03-20T11:00")
    page.keyboard.press("Control+Enter")
    undo = page.locator("[data-toast-action]")
    expect(undo).to_be_visible()
    assert times(platform) == ["2026-03-20T11:00"]
    undo.click()
    expect(page.locator(".delivery-time")).to_contain_text("09:00")
    assert times(platform) == ["2026-03-17T09:00"]


def test_many_are_chosen_counted_and_deleted(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    for number in range(3):
        make_post(platform, company.charlie, [linkedin], text=f"Beitrag {number}")
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/posts")
    expect(page.locator("button[value=delete]")).to_be_disabled()
    page.locator("[data-choose]").nth(0).check()
    page.locator("[data-choose]").nth(1).check()
    expect(page.locator("[data-chosen]")).to_contain_text("2")
    assert_accessible(page)
    page.locator("button[value=delete]").click()
    expect(page.locator("h1")).to_contain_text("2")
    assert_accessible(page)
    page.locator("[data-default]").click()
    expect(page.locator("[data-done=yes]")).to_have_count(2)
    assert_accessible(page)
    page.keyboard.press("u")
    expect(page.locator(".post-row")).to_have_count(3)


def test_the_queue_is_reordered_by_keyboard_and_by_hand(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    posts = [make_post(platform, company.bob, [linkedin], When(queue=True), text=t, approve=True) for t in "ABC"]
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/queue")
    items = page.locator("[data-delivery]")
    expect(items.nth(0).locator("time")).to_contain_text("17.")
    items.nth(2).locator("[data-queue-move='-1']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast-message")).to_be_visible()
    expect(items.nth(1)).to_contain_text("C")
    expect(items.nth(1).locator("time")).to_contain_text("19.")
    expect(items.nth(1).locator("[data-queue-move='-1']")).to_be_focused()
    grip, target = items.nth(2).locator("[data-grip]").bounding_box(), items.nth(0).bounding_box()
    assert grip
    assert target
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 4, steps=10)
    page.mouse.up()
    expect(page.locator(".toast-message")).to_have_count(2)
    expect(items.nth(0)).to_contain_text("B")
    with platform.database.read() as session:
        order = session.scalars(select(Delivery.post_id).order_by(Delivery.publish_at)).all()
    assert order == [posts[1].id, posts[0].id, posts[2].id]


def times(platform: Platform) -> list[str | None]:
    with platform.database.read() as session:
        return list(session.scalars(select(Delivery.wall_time).order_by(Delivery.id)))
