"""Publishing by hand on a phone, with two people: take it on, copy, save, share, and say that it is live once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Delivery, Media
from planner.services.posts import When
from planner.services.publishing import pool
from tests.support.browser import assert_accessible, assert_no_sideways_scroll, errors_of
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_media, make_post, picture
from tests.support.published import delivery_of
from tests.support.web import sign_in

pytestmark = pytest.mark.browser

LIVE = "https://www.instagram.com/p/C8brandt1/"
TEXT = "Diese Hände haben die erste BX 500 verdrahtet.\n\n#Montage #BX500"
#: A device whose apps take text and pictures, and notes what they got.
APPS = """
  window.shared = [];
  navigator.canShare = (what) => (what.files ?? []).every((file) => file.type.startsWith("image/"));
  navigator.share = async ({ text, files }) => { window.shared.push([text, (files ?? []).map((file) => file.name)]); };
"""


@pytest.fixture
def due(platform: Platform, company: Company, clock: FakeClock) -> int:
    """An Instagram post with two pictures whose time has come."""
    channel = make_channel(platform.database, company, clock.now(), "instagram", name="@brandt.maschinenbau")
    media = tuple(make_media(platform, company.bob, picture(color=c), f"{c}.png") for c in ("red", "green"))
    when = When(at=clock.now() + timedelta(minutes=1))
    link = "https://brandt.example/karriere"
    make_post(platform, company.charlie, [channel], when, text=TEXT, link=link, media=media)
    make_post(platform, company.bob, [channel], when, text=TEXT + " 2", link=link, media=media, approve=True)
    clock.advance(minutes=1)
    pool.run_due(platform, "test")
    with platform.database.read() as session:
        return session.query(Delivery).filter_by(state=DeliveryState.NEEDS_PERSON).one().id


def phone(chromium: Browser, server: str, who: object, width: int = 390) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 780}, locale="de-DE", permissions=["clipboard-read", "clipboard-write"]
    )
    context.add_init_script(APPS)
    page = context.new_page()
    sign_in(page, server, who)  # type: ignore[arg-type]
    return page


def test_on_a_phone_a_post_is_taken_on_copied_saved_shared_and_noted_once_by_two_people(
    chromium: Browser, server: str, company: Company, platform: Platform, due: int
) -> None:
    bob, charlie = phone(chromium, server, company.bob), phone(chromium, server, company.charlie, 360)
    errors = errors_of(bob)
    bob.goto(f"{server}/assisted/{due}")
    charlie.goto(f"{server}/assisted/{due}")
    expect(bob.locator("[data-taking]")).to_contain_text("noch niemand")

    # The first copy takes it on; what is copied is the whole text, the hashtags alone come apart.
    bob.get_by_role("button", name="Text kopieren").click()
    expect(bob.locator("[data-taking]")).to_contain_text("Sie haben das um")
    assert bob.evaluate("navigator.clipboard.readText()").replace("\r", "") == TEXT + " 2"
    bob.get_by_role("button", name="Nur die Hashtags kopieren").click()
    assert bob.evaluate("navigator.clipboard.readText()") == "#Montage #BX500"

    # Whoever comes second hears the name as soon as they begin.
    charlie.get_by_role("button", name="Text kopieren").click()
    expect(charlie.locator("[data-taking]")).to_contain_text("Bob hat das schon übernommen.")
    assert_no_sideways_scroll(charlie)

    # Each file has its own name, and all of them come in one.
    with bob.expect_download() as one:
        bob.get_by_role("link", name="red.png").click()
    assert one.value.suggested_filename == "red.png"
    with bob.expect_download() as every:
        bob.get_by_role("link", name="Alle 2 Dateien sichern").click()
    assert every.value.suggested_filename.endswith(".zip")
    bob.get_by_role("button", name="Mit einer App auf diesem Gerät teilen").click()
    bob.wait_for_function("window.shared.length > 0")
    assert bob.evaluate("window.shared") == [[TEXT + " 2", ["red.png", "green.png"]]]
    assert_accessible(bob)

    # An address of another network is refused and stays typed; the right one is kept, and a second changes nothing.
    address = bob.get_by_label("Adresse des Beitrags")
    address.fill("https://www.linkedin.com/feed/update/1")
    bob.get_by_role("button", name="Veröffentlicht").click()
    expect(address).to_have_value("https://www.linkedin.com/feed/update/1")
    address.fill(LIVE)
    bob.get_by_role("button", name="Veröffentlicht").click()
    expect(bob.locator("[data-status=published]")).to_be_visible()
    charlie.get_by_label("Adresse des Beitrags").fill("https://www.instagram.com/p/other/")
    charlie.get_by_role("button", name="Veröffentlicht").click()
    expect(charlie.locator(".toast-message")).to_contain_text("Bob hat es um")
    with platform.database.read() as session:
        found = session.get_one(Delivery, due)
    assert (found.state, found.remote_url, errors) == (DeliveryState.PUBLISHED, LIVE, [])


def test_the_share_sheet_keeps_the_link_when_files_go_along_and_alternative_texts_are_copied(
    chromium: Browser, server: str, company: Company, platform: Platform, clock: FakeClock
) -> None:
    channel = make_channel(platform.database, company, clock.now(), "xing", name="XING")
    media, when = make_media(platform, company.bob, picture(), "halle.png"), When(at=clock.now() + timedelta(minutes=9))
    with platform.database.write() as session:
        session.get_one(Media, media).alt = "Die neue Halle"
    link = "https://brandt.example/halle"
    post = make_post(platform, company.bob, [channel], when, text="Fertig.", link=link, media=(media,), approve=True)
    page = phone(chromium, server, company.bob)
    page.goto(f"{server}/assisted/{delivery_of(platform, post).id}")

    page.get_by_role("button", name="Mit einer App auf diesem Gerät teilen").click()
    page.wait_for_function("window.shared.length > 0")
    assert page.evaluate("window.shared") == [[f"Fertig.\n\n{link}", ["halle.png"]]]
    page.get_by_role("button", name="Alternativtext kopieren (halle.png)").click()
    expect(page.locator(".toast-message")).to_contain_text("Kopiert.")
    assert page.evaluate("navigator.clipboard.readText()") == "Die neue Halle"
    assert_accessible(page)


def test_what_does_not_fit_now_moves_and_the_copying_works_without_a_connection(
    chromium: Browser, server: str, company: Company, due: int
) -> None:
    page = phone(chromium, server, company.bob, 360)
    page.goto(f"{server}/assisted/{due}")
    page.context.set_offline(True)
    page.get_by_role("button", name="Text kopieren").click()
    expect(page.locator(".toast-message")).to_contain_text("Kopiert.")
    page.context.set_offline(False)

    page.get_by_text("Nicht jetzt").click()
    assert_accessible(page)
    page.get_by_label("Zu einer anderen Zeit").fill("2026-03-20T10:30")
    page.get_by_role("button", name="Verschieben", exact=True).click()

    expect(page.locator(".hand-list")).to_contain_text("20. März 2026, 10:30")
    assert_no_sideways_scroll(page)
