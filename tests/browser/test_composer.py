"""The composer in a real browser: counters, previews, versions, images, and what survives errors and crashes."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from planner.bootstrap import Platform
from planner.models import Channel, Delivery, Media, Post
from planner.services.posts import When
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.factories import Company, make_post, picture
from tests.support.web import sign_in

pytestmark = pytest.mark.browser

TWO_DAYS_OLDER = """() => {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("sendeplan.kept."))) {
    const kept = JSON.parse(localStorage[key]);
    localStorage[key] = JSON.stringify({ ...kept, at: kept.at - 2 * 86400000 });
  }
}"""

LONG_LINK = "https://www.brandt-maschinenbau.de/produkte/fraesen/fx-400?aus=beitrag"


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page behind a link can be read: no name is known but this machine's."""
    look_up = socket.getaddrinfo

    def known(host: Any, *rest: Any, **more: Any) -> Any:
        if host not in (None, "127.0.0.1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "no internet")
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", known)


def test_counters_follow_typing_by_each_networks_rules(
    page: Page, server: str, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    open_composer(page, server, company, linkedin, twitter)
    page.locator("#field-text").fill("Größe 👨‍👩‍👧")
    expect(counter(page, linkedin)).to_have_text(re.compile(r"11 / 3.000$"))
    expect(counter(page, twitter)).to_have_text(re.compile(r"8 / 280$"))
    page.locator("#field-link").fill(LONG_LINK)
    expect(counter(page, linkedin)).to_have_text(re.compile(r"11 / 3.000$"))
    expect(counter(page, twitter)).to_have_text(re.compile(r"32 / 280$"))
    page.locator("#field-text").fill("漢" * 141)
    expect(counter(page, twitter)).to_have_attribute("data-tone", "danger")
    expect(counter(page, linkedin)).to_have_attribute("data-tone", "neutral")


def test_the_preview_follows_typing_and_says_that_it_is_approximate(
    page: Page, server: str, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    open_composer(page, server, company, linkedin, twitter)
    page.locator("#field-text").press_sequentially("Neu: #Fräse")
    for network in ("linkedin", "twitter"):
        preview = page.locator(f".preview[data-network={network}]")
        expect(preview.locator(".preview-text").first).to_have_text("Neu: #Fräse")
        expect(preview.locator(".preview-mark")).to_have_text("#Fräse")
    page.locator("#field-link").fill("https://www.brandt.de/fx")
    expect(page.locator(".preview[data-network=linkedin] .preview-host")).to_have_text("brandt.de")
    expect(page.locator(".composer-preview h2 .chip")).to_be_visible()


def test_a_channel_gets_its_own_version(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    open_composer(page, server, company, linkedin, twitter)
    page.locator("#field-text").fill("Der lange Text für alle")
    page.locator(f"#tab-{twitter.id}").click()
    page.locator(f"[name='variants.{twitter.id}.own_text']").check()
    own = page.locator(f"[name='variants.{twitter.id}.text']")
    expect(own).to_have_value("Der lange Text für alle")
    own.fill("Kurz")
    expect(page.locator(".preview[data-network=twitter] .preview-text").first).to_have_text("Kurz")
    expect(page.locator(".preview[data-network=linkedin] .preview-text").first).to_have_text("Der lange Text für alle")
    expect(page.locator(f"#tab-{twitter.id} .own-mark")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    post = only_post(platform)
    assert post.text == "Der lange Text für alle"
    assert [(v.channel_id, v.text) for v in post.variants] == [(twitter.id, "Kurz")]


def test_tabs_are_walked_by_arrows(
    page: Page, server: str, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    open_composer(page, server, company, linkedin, twitter)
    page.locator("#tab-base").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    selected = page.locator("[role=tab][aria-selected=true]")
    expect(selected).to_be_focused()
    assert selected.get_attribute("data-tab") != "base"
    page.keyboard.press("Home")
    expect(page.locator("#tab-base")).to_be_focused()


def test_images_are_uploaded_described_ordered_and_removed(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    open_composer(page, server, company, linkedin)
    page.locator("#field-text").fill("Mit Bildern")
    files = [payload("eins.png", "teal"), payload("zwei.png", "orange"), payload("drei.png", "navy")]
    page.locator("#upload").set_input_files(files)
    items = page.locator("[data-images=base] [data-image]")
    expect(items).to_have_count(3)
    items.nth(0).locator("[data-alt]").fill("Eine Fräse von vorn")
    items.nth(2).locator("[data-image-move=up]").click()
    expect(items.nth(1)).to_contain_text("drei.png")
    expect(items.nth(1).locator("[data-image-move=up]")).to_be_focused()
    items.nth(2).locator("[data-image-move=remove]").click()
    expect(items).to_have_count(2)
    expect(page.locator(".preview img").first).to_have_attribute("alt", "Eine Fräse von vorn")
    assert_accessible(page)
    page.locator("[data-main=untimed]").click()
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    with platform.database.read() as session:
        post = session.scalars(select(Post)).one()
        assert [m.medium.filename for m in post.media] == ["eins.png", "drei.png"]
        assert post.media[0].medium.alt == "Eine Fräse von vorn"


def test_a_file_that_is_no_image_is_refused_at_its_field_and_the_text_stays(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    open_composer(page, server, company, linkedin)
    page.locator("#field-text").fill("Bleibt stehen")
    page.locator("#upload").set_input_files(
        [FilePayload(name="bericht.png", mimeType="image/png", buffer=b"%PDF-1.7"), payload("gut.png", "teal")]
    )
    expect(page.locator("[data-images=base] [data-image-error]")).to_contain_text("bericht.png")
    expect(page.locator("[data-images=base] [data-image]")).to_have_count(1)
    expect(page.locator("#field-text")).to_have_value("Bleibt stehen")
    with platform.database.read() as session:
        assert session.scalar(select(func.count(Media.id))) == 1


def test_a_picture_can_be_dropped_into_the_field(page: Page, server: str, company: Company, linkedin: Channel) -> None:
    open_composer(page, server, company, linkedin)
    transfer = page.evaluate_handle(
        """async () => {
          const canvas = new OffscreenCanvas(8, 8);
          canvas.getContext("2d").fillRect(0, 0, 8, 8);
          const transfer = new DataTransfer();
          transfer.items.add(new File([await canvas.convertToBlob()], "gezogen.png", { type: "image/png" }));
          return transfer;
        }"""
    )
    page.locator("[data-images=base] [data-drop]").dispatch_event("dragover", {"dataTransfer": transfer})
    page.locator("[data-images=base] [data-drop]").dispatch_event("drop", {"dataTransfer": transfer})
    expect(page.locator("[data-images=base] [data-image]")).to_contain_text("gezogen.png")


def test_what_the_server_refuses_stands_at_its_field_and_everything_typed_stays(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    open_composer(page, server, company, linkedin, twitter)
    page.locator("#field-text").fill("Neue Fräse")
    page.locator("#field-link").fill("brandt punkt de")
    page.locator(f"#tab-{twitter.id}").click()
    page.locator(f"[name='variants.{twitter.id}.own_text']").check()
    page.locator(f"[name='variants.{twitter.id}.text']").fill("Kurz")
    page.locator("#tab-base").click()
    page.locator("#upload").set_input_files([payload("eins.png", "teal")])
    expect(page.locator("[data-images=base] [data-image]")).to_have_count(1)
    page.locator("#when-time").check()
    page.locator("#field-publish_at").fill("2026-03-10T10:00")
    page.locator("[data-main=timed]").click()
    summary = page.locator("[data-focus][role=alert]")
    expect(summary).to_be_focused()
    expect(page.locator("#publish_at-error")).to_be_visible()
    assert_accessible(page)
    summary.locator("a[href='#field-publish_at']").click()
    expect(page.locator("#field-publish_at")).to_be_focused()
    expect(page.locator("#field-text")).to_have_value("Neue Fräse")
    expect(page.locator("#field-link")).to_have_value("brandt punkt de")
    expect(page.locator("[data-images=base] [data-image]")).to_have_count(1)
    expect(page.locator(f"[name='variants.{twitter.id}.text']")).to_have_value("Kurz")
    page.locator("#field-link").fill("https://brandt.de")
    page.locator("#field-publish_at").fill("2026-03-18T10:00")
    page.locator("[data-main=timed]").click()
    page.wait_for_url(re.compile(r"/posts/\d+(#.*)?$"))
    assert [d.wall_time for d in deliveries(platform)] == ["2026-03-18T10:00"] * 2


def test_an_hour_that_the_clocks_skip_is_explained_when_chosen(
    page: Page, server: str, company: Company, linkedin: Channel
) -> None:
    open_composer(page, server, company, linkedin)
    page.locator("#field-text").fill("Nachts")
    page.locator("#when-time").check()
    page.locator("#field-publish_at").fill("2027-03-28T02:30")
    expect(page.locator("[data-warnings] li")).to_contain_text("03:30")
    expect(page.locator("[data-time-note]")).to_contain_text("Europe/Berlin")
    assert_accessible(page)


def test_the_queue_shows_each_channels_next_free_slot(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    make_post(platform, company.bob, [linkedin], When(queue=True), approve=True)
    open_composer(page, server, company, linkedin)
    page.locator("#field-text").fill("Für die Warteschlange")
    page.locator("#when-queue").check()
    expect(page.locator("[data-slots]")).to_contain_text("10:00")


def test_the_button_that_stands_out_follows_the_chosen_time(
    page: Page, server: str, company: Company, linkedin: Channel
) -> None:
    sign_in(page, server, company.bob)
    page.goto(f"{server}/posts/new")
    expect(page.locator("[data-default]")).to_have_attribute("value", "draft")
    page.locator("#when-queue").check()
    expect(page.locator("[data-default]")).to_have_attribute("value", "approve")


def test_a_crash_loses_nothing_and_what_was_saved_is_not_offered_again(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    open_composer(page, server, company, linkedin)
    page.locator("#field-text").fill("Fast verloren")
    page.locator("#when-queue").check()
    page.locator("#upload").set_input_files([payload("eins.png", "teal")])
    expect(page.locator("[data-images=base] [data-image]")).to_have_count(1)
    expect(page.locator("[data-kept]")).not_to_be_empty()
    # The tab dies: a page that is replaced without its events is as near as a test comes.
    page.evaluate("addEventListener('pagehide', (event) => event.stopImmediatePropagation(), true)")
    page.goto("about:blank")
    page.goto(f"{server}/posts/new")
    note = page.locator("[data-restore]")
    expect(note).to_be_visible()
    expect(note).to_contain_text(re.compile(r"von \d\d:\d\d"))
    assert_accessible(page)
    page.evaluate(TWO_DAYS_OLDER)
    page.reload()
    expect(note).to_contain_text(re.compile(r"von \w+\., \d\d\.\d\d\.\d{4}, \d\d:\d\d"))
    note.locator("[data-restore-yes]").click()
    expect(page.locator("#field-text")).to_have_value("Fast verloren")
    expect(page.locator("#when-queue")).to_be_checked()
    expect(page.locator(f"[data-channel-box][value='{linkedin.id}']")).to_be_checked()
    expect(page.locator("[data-images=base] [data-image]")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    page.goto(f"{server}/posts/new")
    expect(page.locator("#field-text")).to_have_value("")
    expect(note).to_be_hidden()
    assert only_post(platform).text == "Fast verloren"


def test_two_presses_make_one_post(page: Page, server: str, company: Company, platform: Platform) -> None:
    open_composer(page, server, company)
    page.locator("#field-text").fill("Nur einmal")
    page.evaluate(
        """() => {
          const form = document.querySelector("form[data-composer]");
          const button = form.querySelector("[value=draft][data-main]");
          const again = new FormData(form, button);
          fetch(location.href, { method: "POST", body: again }).then(() => button.click());
        }"""
    )
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    assert only_post(platform).text == "Nur einmal"


def test_two_people_edit_and_nobody_loses_a_word(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel
) -> None:
    post = make_post(platform, company.charlie, [linkedin], text="Erste Fassung")
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/posts/{post.id}/edit")
    page.locator("#field-text").fill("Meine Fassung")
    other = page.context.new_page()
    other.goto(f"{server}/posts/{post.id}/edit")
    other.locator("#field-text").fill("Fassung aus dem anderen Fenster")
    other.locator("[data-main=untimed]").click()
    other.wait_for_url(re.compile(r"/posts/\d+$"))
    page.locator("[data-main=untimed]").click()
    expect(page.locator("[data-newer-text]")).to_have_text("Fassung aus dem anderen Fenster")
    expect(page.locator("#field-text")).to_have_value("Meine Fassung")
    assert_accessible(page)
    page.locator("[data-main=untimed]").click()
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    assert only_post(platform).text == "Meine Fassung"


def test_escape_leaves_and_asks_first_where_something_was_typed(
    page: Page, server: str, company: Company, linkedin: Channel
) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/posts/new?back=/calendar?view=week")
    page.locator("#field-text").fill("Angefangen")
    page.keyboard.press("Escape")
    dialog = page.locator("#confirm-dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#field-text")).to_be_focused()
    page.keyboard.press("Escape")
    dialog.locator("[data-confirm]").click()
    page.wait_for_url(re.compile(r"/calendar\?"))


def test_the_composer_is_accessible_and_fits(
    page: Page, server: str, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    for scheme, width in (("light", 1440), ("dark", 360)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        open_composer(page, server, company, linkedin, twitter)
        page.locator("#field-text").fill("Ein Text mit #Hashtag und https://example.com " + "lang " * 80)
        page.locator("#when-time").check()
        page.locator("summary", has=page.locator("h2")).click()
        expect(counter(page, twitter)).to_have_attribute("data-tone", "danger")
        expect(page.locator("[data-live=text]")).not_to_be_empty()
        assert_no_sideways_scroll(page)
        assert_accessible(page)


def open_composer(page: Page, server: str, company: Company, *channels: Channel) -> None:
    if page.url == "about:blank":
        sign_in(page, server, company.charlie)
    page.goto(f"{server}/posts/new")
    for channel in channels:
        page.locator(f"[data-channel-box][value='{channel.id}']").check()
    expect(page.locator("#field-text")).to_be_visible()


def counter(page: Page, channel: Channel) -> Locator:
    return page.locator(f"[data-counters=base] [data-counter='{channel.id}']")


def payload(name: str, color: str) -> FilePayload:
    return FilePayload(name=name, mimeType="image/png", buffer=picture(size=(80, 60), color=color))


def only_post(platform: Platform) -> Post:
    with platform.database.read() as session:
        post = session.scalars(select(Post).options(selectinload(Post.variants))).one()
        session.expunge_all()
        return post


def deliveries(platform: Platform) -> list[Delivery]:
    with platform.database.read() as session:
        found = list(session.scalars(select(Delivery)))
        session.expunge_all()
        return found
