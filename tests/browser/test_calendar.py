"""The calendar in a real browser: looking, moving by mouse and by keyboard, taking back."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Post
from planner.services.posts import When
from planner.services.publishing.status import refresh_status
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.factories import Company, make_channel, make_post
from tests.support.web import sign_in

pytestmark = pytest.mark.browser

WEDNESDAY = When(at=datetime(2026, 3, 18, 13, 0, tzinfo=UTC))  # 14:00 in Berlin


@pytest.fixture
def post(platform: Platform, company: Company, linkedin: Channel) -> Post:
    """A scheduled post on Wednesday at 14:00."""
    return make_post(platform, company.bob, [linkedin], WEDNESDAY, text="Neue Fräse", approve=True)


def test_an_entry_is_dragged_to_another_day_and_taken_back(
    page: Page, server: str, company: Company, platform: Platform, post: Post
) -> None:
    open_calendar(page, server, company, "month")
    entry = entry_of(page, post)
    expect(entry).to_contain_text("14:00")
    expect(entry).to_contain_text("Neue Fräse")
    drag(page, entry, day(page, "2026-03-20"))
    toast = page.locator(".toast-message").filter(has=page.locator("[data-toast-action]"))
    expect(toast).to_be_visible()
    assert int(toast.get_attribute("data-seconds") or 0) >= 10
    assert wall_time(platform, post) == "2026-03-20T14:00"
    expect(day(page, "2026-03-20").locator(f"[data-post='{post.id}']")).to_be_visible()
    toast.locator("[data-toast-action]").focus()
    page.keyboard.press("Enter")
    expect(day(page, "2026-03-18").locator(f"[data-post='{post.id}']")).to_be_visible()
    assert wall_time(platform, post) == "2026-03-18T14:00"


def test_of_more_networks_than_fit_beside_the_time_the_rest_is_counted_and_named(
    page: Page, server: str, company: Company, platform: Platform
) -> None:
    now = platform.clock.now()
    four = [
        make_channel(platform.database, company, now, network, name=network)
        for network in ("facebook", "twitter", "linkedin", "xing")
    ]
    everywhere = make_post(platform, company.bob, four, WEDNESDAY, text="Neue Fräse", approve=True)
    open_calendar(page, server, company, "month")
    networks = entry_of(page, everywhere).locator(".entry-networks")
    expect(networks.locator("svg")).to_have_count(2)
    expect(networks).to_contain_text("+2")
    head = entry_of(page, everywhere).locator(".entry-head")
    assert head.evaluate("e => e.scrollWidth <= e.clientWidth")
    named = (networks.locator(".entry-more").get_attribute("title") or "").split(", ")
    shown = networks.locator("svg").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    assert sorted([*named, *shown]) == ["Facebook", "LinkedIn", "X (Twitter)", "XING"]
    page.locator(".calendar-views").get_by_text("Liste", exact=True).click()
    expect(entry_of(page, everywhere).locator(".entry-networks svg")).to_have_count(4)


def test_a_drop_on_a_past_day_goes_back_and_says_why(
    page: Page, server: str, company: Company, platform: Platform, post: Post
) -> None:
    open_calendar(page, server, company, "month")
    drag(page, entry_of(page, post), day(page, "2026-03-11"))
    expect(page.locator("#toasts-urgent .toast-message")).to_be_visible()
    expect(day(page, "2026-03-18").locator(f"[data-post='{post.id}']")).to_be_visible()
    assert wall_time(platform, post) == "2026-03-18T14:00"


def test_what_is_being_sent_cannot_be_dragged(
    page: Page, server: str, company: Company, platform: Platform, post: Post
) -> None:
    with platform.database.write() as session:
        session.scalars(select(Delivery)).one().state = DeliveryState.SENDING
        refresh_status(session, post.id)
    open_calendar(page, server, company, "month")
    entry = entry_of(page, post)
    expect(entry).to_have_attribute("data-movable", "false")
    drag(page, entry, day(page, "2026-03-20"))
    expect(day(page, "2026-03-18").locator(f"[data-post='{post.id}']")).to_be_visible()
    assert wall_time(platform, post) == "2026-03-18T14:00"


def test_in_the_week_an_entry_is_dragged_to_another_hour(
    page: Page, server: str, company: Company, platform: Platform, post: Post
) -> None:
    open_calendar(page, server, company, "week")
    box = entry_of(page, post).bounding_box()
    rows = [page.locator(f"[data-calendar] [data-time='{hour}:00:00']").first.bounding_box() for hour in (14, 16)]
    assert box
    assert rows[0]
    assert rows[1]
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 30, steps=5)
    page.mouse.move(box["x"] + 20, box["y"] + 10 + rows[1]["y"] - rows[0]["y"], steps=8)
    page.mouse.up()
    expect(page.locator("[data-toast-action]")).to_be_visible()
    assert wall_time(platform, post) == "2026-03-18T16:00"


def test_the_same_move_by_keyboard_alone(
    page: Page, server: str, company: Company, platform: Platform, post: Post
) -> None:
    open_calendar(page, server, company, "month")
    entry_of(page, post).focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#remote-dialog")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    dialog.locator("[data-entry-move]").focus()
    page.keyboard.press("Enter")
    field = dialog.locator("input[name=publish_at]")
    expect(field).to_be_focused()
    assert_accessible(page)
    field.fill("2026-03-10T08:00")
    page.keyboard.press("Control+Enter")
    expect(dialog.locator(".field-error")).to_be_visible()
    expect(field).to_have_value("2026-03-10T08:00")
    field.fill("2026-03-19T08:30")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(day(page, "2026-03-19").locator(f"[data-post='{post.id}']")).to_be_visible()
    assert wall_time(platform, post) == "2026-03-19T08:30"


def test_to_the_next_free_slot_from_the_menu(
    page: Page, server: str, company: Company, platform: Platform, post: Post
) -> None:
    open_calendar(page, server, company, "month")
    entry_of(page, post).click()
    page.locator("[data-entry-move]").click()
    page.locator(".move-slot button[type=submit]").click()
    expect(day(page, "2026-03-17").locator(f"[data-post='{post.id}']")).to_be_visible()
    assert wall_time(platform, post) == "2026-03-17T09:00"


def test_deleting_from_the_calendar_can_be_taken_back_by_a_key(
    page: Page, server: str, company: Company, post: Post
) -> None:
    open_calendar(page, server, company, "month")
    entry_of(page, post).click()
    page.locator("[data-entry-delete]").click()
    expect(entry_of(page, post)).to_have_count(0)
    expect(page.locator("[data-toast-action]")).to_be_visible()
    page.keyboard.press("u")
    expect(entry_of(page, post)).to_be_visible()


def test_a_free_slot_opens_the_composer_with_its_time_and_channel(
    page: Page, server: str, company: Company, linkedin: Channel
) -> None:
    open_calendar(page, server, company, "month")
    day(page, "2026-03-19").locator(f"[data-gap='{linkedin.id}']").click()
    page.wait_for_url("**/posts/new?**")
    expect(page.locator("#field-publish_at")).to_have_value("2026-03-19T10:00")
    expect(page.locator(f"[data-channel-box][value='{linkedin.id}']")).to_be_checked()
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"/calendar\?"))
    expect(page.locator("[data-calendar]")).to_be_focused()


def test_an_empty_day_and_an_empty_hour_open_the_composer(
    page: Page, server: str, company: Company, linkedin: Channel
) -> None:
    open_calendar(page, server, company, "month")
    day(page, "2026-03-25").click(position={"x": 60, "y": 60})
    expect(page.locator("#field-publish_at")).to_have_value("2026-03-25T10:00")
    page.go_back()
    page.locator("[data-calendar-view=week]").click()
    expect(page.locator("[data-calendar] [data-time='15:00:00']").first).to_be_visible()
    page.locator("[data-calendar] [data-time='16:00:00']").first.scroll_into_view_if_needed()
    column = page.locator("[data-calendar] [data-date='2026-03-20']").last.bounding_box()
    row = page.locator("[data-calendar] [data-time='15:00:00']").first.bounding_box()
    assert column
    assert row
    page.mouse.click(column["x"] + column["width"] / 2, row["y"] + 10)
    expect(page.locator("#field-publish_at")).to_have_value("2026-03-20T15:00")


def test_a_draft_is_dragged_into_the_calendar(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    draft = make_post(platform, company.charlie, [linkedin], text="Liegt noch da")
    open_calendar(page, server, company, "month")
    drag(page, page.locator(f"[data-draft='{draft.id}']"), day(page, "2026-03-24"))
    expect(day(page, "2026-03-24").locator(f"[data-post='{draft.id}']")).to_be_visible()
    expect(page.locator(f"[data-draft='{draft.id}']")).to_have_count(0)
    assert wall_time(platform, draft) == "2026-03-24T10:00"


def test_keys_change_the_view_and_the_address_keeps_it(page: Page, server: str, company: Company, post: Post) -> None:
    open_calendar(page, server, company, "month")
    for key, view in (("w", "week"), ("l", "list"), ("m", "month")):
        page.keyboard.press(key)
        expect(page.locator(f"[data-calendar-view={view}]")).to_have_attribute("aria-pressed", "true")
        assert f"view={view}" in page.url
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-calendar-title]")).to_contain_text("April 2026")
    page.reload()
    expect(page.locator("[data-calendar-title]")).to_contain_text("April 2026")
    page.keyboard.press("t")
    expect(entry_of(page, post)).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("[data-calendar-search]")).to_be_focused()
    page.keyboard.type("gibt es nicht")
    expect(entry_of(page, post)).to_have_count(0)


def test_it_opens_on_the_row_of_today_or_where_one_left_it(
    page: Page, server: str, company: Company, post: Post
) -> None:
    page.set_viewport_size({"width": 1280, "height": 420})
    open_calendar(page, server, company, "month")
    expect(entry_of(page, post)).to_be_in_viewport()
    expect(day(page, "2026-03-16")).to_be_in_viewport(ratio=0.9)
    bar = page.locator("[data-calendar-bar]")
    expect(bar).not_to_be_in_viewport()
    page.mouse.wheel(0, -2000)
    expect(bar).to_be_in_viewport()
    page.goto(f"{server}/posts")
    page.go_back()
    expect(entry_of(page, post)).to_be_attached()
    expect(bar).to_be_in_viewport()
    page.keyboard.press("t")
    expect(day(page, "2026-03-16")).to_be_in_viewport(ratio=0.9)


def test_keys_can_be_switched_off(page: Page, server: str, company: Company, post: Post) -> None:
    open_calendar(page, server, company, "month")
    page.keyboard.press("?")
    dialog = page.locator("#shortcuts-dialog")
    expect(dialog).to_be_visible()
    dialog.locator("#shortcuts-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page.locator("[data-calendar-view=month]")).to_have_attribute("aria-pressed", "true")


def test_filters_narrow_what_is_shown(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel, twitter: Channel, post: Post
) -> None:
    other = make_post(platform, company.charlie, [twitter], WEDNESDAY, text="Nur auf X")
    open_calendar(page, server, company, "month")
    expect(entry_of(page, other)).to_be_visible()
    page.locator("[data-calendar-filter] summary").click()
    page.locator(f"[data-filters] [name=channel][value='{linkedin.id}']").check()
    expect(entry_of(page, other)).to_have_count(0)
    expect(entry_of(page, post)).to_be_visible()
    page.reload()
    expect(entry_of(page, post)).to_be_visible()
    expect(entry_of(page, other)).to_have_count(0)


def test_the_rhythm_stands_beside_the_week(page: Page, server: str, company: Company, post: Post) -> None:
    open_calendar(page, server, company, "week")
    expect(page.locator("[data-rhythm] [data-tone=warning]")).to_contain_text("Brandt")
    expect(page.locator("[data-rhythm]")).to_contain_text(re.compile(r"1 (von|of) 2"))


def test_a_reader_can_look_but_not_move(
    page: Page, server: str, company: Company, platform: Platform, post: Post
) -> None:
    sign_in(page, server, company.rita)
    page.goto(f"{server}/calendar?view=month&date=2026-03-16")
    entry = entry_of(page, post)
    drag(page, entry, day(page, "2026-03-20"))
    assert wall_time(platform, post) == "2026-03-18T14:00"
    entry.click()
    expect(page.locator("#remote-dialog a.btn-primary")).to_be_visible()
    expect(page.locator("[data-entry-move]")).to_have_count(0)


def test_on_a_phone_the_list_comes_first_and_a_touch_moves(
    page: Page, server: str, company: Company, platform: Platform, post: Post
) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/calendar")
    expect(page.locator("[data-calendar-view=list]")).to_have_attribute("aria-pressed", "true")
    expect(entry_of(page, post)).to_be_visible()
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    entry_of(page, post).click()
    page.locator("[data-entry-move]").click()
    page.locator("input[name=publish_at]").fill("2026-03-20T11:00")
    assert_no_sideways_scroll(page)
    page.locator("[data-move-form] [data-default]").click()
    expect(page.locator("#remote-dialog")).to_be_hidden()
    assert wall_time(platform, post) == "2026-03-20T11:00"
    page.locator("[data-calendar-view=month]").click()
    expect(entry_of(page, post)).to_be_visible()
    assert_no_sideways_scroll(page)


def open_calendar(page: Page, server: str, company: Company, view: str) -> None:
    if page.url == "about:blank":
        sign_in(page, server, company.charlie)
    page.goto(f"{server}/calendar?view={view}&date=2026-03-16")
    expect(page.locator(f"[data-calendar-view={view}]")).to_have_attribute("aria-pressed", "true")


def entry_of(page: Page, post: Post) -> Locator:
    return page.locator(f"[data-calendar] [data-post='{post.id}']")


def day(page: Page, date: str) -> Locator:
    """A day's cell in the month."""
    return page.locator(f"[data-calendar] [role=gridcell][data-date='{date}']")


def drag(page: Page, what: Locator, to: Locator) -> None:
    """By hand, in steps: a drag begins only after the pointer went some way."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 30, start["y"] + 20, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=12)
    page.mouse.up()


def wall_time(platform: Platform, post: Post) -> str | None:
    with platform.database.read() as session:
        return session.scalars(select(Delivery.wall_time).where(Delivery.post_id == post.id)).one()
