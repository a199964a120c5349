"""The feeds page in a real browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Page

from publishers.sandbox import Sandbox
from tests.publishers.sandbox.callers import ORGANIZATION, PAGE, X_USER, XING_USER, png
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.clock import FakeClock

pytestmark = pytest.mark.browser

ACCOUNTS = {"facebook": PAGE, "twitter": X_USER, "linkedin": ORGANIZATION, "xing": XING_USER}
LINK = "https://www.brandt-maschinenbau.example/aktuelles/portalfraese-in-halle-drei"


@pytest.fixture
def filled(sandbox: Sandbox, clock: FakeClock) -> Sandbox:
    for network, account in ACCOUNTS.items():
        for days in range(1, 8):
            images = [(png(64, 32), "Portalfräse in Halle 3")] if days % 2 and network != "xing" else []
            created_at = clock() - timedelta(days=days)
            sandbox.backfill(network, account, f"Die Portalfräse, Tag {days}", created_at, link=LINK, images=images)
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
