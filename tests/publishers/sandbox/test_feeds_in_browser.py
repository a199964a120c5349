"""The feeds page in a real browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from publishers.base import Connection, OutgoingPost, Poll, ThreadPart, Under, Waiting
from publishers.outgoing import follow_ups
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import send
from tests.publishers.files import document, film
from tests.publishers.sandbox.callers import ORGANIZATION, PAGE, X_USER, XING_USER, png
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.clock import FakeClock

pytestmark = pytest.mark.browser

ACCOUNTS = {"facebook": PAGE, "twitter": X_USER, "linkedin": ORGANIZATION, "xing": XING_USER}
LINK = "https://www.brandt-maschinenbau.example/aktuelles/portalfraese-in-halle-drei"


@pytest.fixture
def filled(sandbox: Sandbox, clock: FakeClock) -> Sandbox:
    for key, account in ACCOUNTS.items():
        for days in range(1, 8):
            images = [(png(64, 32), "Portalfräse in Halle 3")] if days % 2 and key != "xing" else []
            created_at = clock() - timedelta(days=days)
            sandbox.backfill(key, account, f"Die Portalfräse, Tag {days}", created_at, link=LINK, images=images)
    return sandbox


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_the_feeds_are_accessible_and_fit_the_window(
    filled: Sandbox, page: Page, scheme: Literal["light", "dark"], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(filled.url)
    assert page.locator("article").count() == 28
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_new_post_appears_by_itself_and_open_comments_stay_open(
    filled: Sandbox, page: Page, clock: FakeClock
) -> None:
    page.goto(filled.url)
    page.locator("details").first.evaluate("details => { details.open = true; }")
    filled.backfill("xing", XING_USER, "Gerade erschienen", clock())
    page.get_by_text("Gerade erschienen").wait_for()
    assert page.locator("details[open]").count() == 1


def test_films_documents_polls_threads_and_first_comments_are_shown(
    sandbox: Sandbox, page: Page, clock: FakeClock, tmp_path: Path
) -> None:
    publish(sandbox, clock, "twitter", OutgoingPost("Erster Teil", thread=(ThreadPart("Zweiter Teil"),)))
    publish(sandbox, clock, "twitter", OutgoingPost("Mit Sensor?", poll=Poll(("Ja", "Noch nicht"), 24)))
    paper = document(tmp_path, pages=3, title="Datenblatt G7")
    publish(sandbox, clock, "linkedin", OutgoingPost("Alle Maße", media=(paper,), first_comment="Fragen gern hier"))
    publish(sandbox, clock, "facebook", OutgoingPost("Rundgang", media=(film(tmp_path),), languages=("de",)))
    page.goto(sandbox.url)
    assert page.locator(".thread li").all_inner_texts() == ["Zweiter Teil"]
    assert page.locator("#twitter article").count() == 2, "a part stands with its post"
    assert page.get_by_role("list", name="Umfrage").get_by_role("listitem").count() == 2
    assert page.get_by_role("link", name="Datenblatt G7").locator("..").inner_text() == "Datenblatt G7 (3 Seiten)"
    assert page.locator("#linkedin details").get_by_text("Fragen gern hier").count() == 1
    assert page.locator("#facebook video").get_attribute("aria-label") == "Video"
    assert page.get_by_text("Nur für Sprachen: German").count() == 1
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def publish(sandbox: Sandbox, clock: FakeClock, key: str, post: OutgoingPost) -> None:
    """Through the adapter, with all that follows the post. Waiting moves the networks' clock on."""
    waiting = Waiting(lambda: clock().timestamp(), lambda seconds: clock.advance(seconds=seconds))
    [given] = [entry for entry in sandbox.credentials() if entry["network"] == key]
    publisher = network(key).connect(given, Connection(sandbox.api_url(key), waiting=waiting))
    root = send(publisher, post)
    for kind, part in follow_ups(post):
        send(publisher, replace(part, under=Under(kind, root.remote_id, root.remote_id)))
    publisher.close()
