"""Connecting by consent in a real browser: away to a network of the sandbox, its page, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Slot
from planner.services.posts import When
from publishers.sandbox import Sandbox
from tests.support import sandboxed
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post
from tests.support.web import sign_in

pytestmark = pytest.mark.browser

PAGE = "104872951638204"
WAYS = {
    "facebook": ["Brandt Maschinenbau", "Brandt Service & Ersatzteile"],
    "twitter": ["@BrandtMaschinen"],
    "linkedin": ["Brandt Akademie", "Katrin Vogel"],
    "xing": ["Katrin Vogel"],
}
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1440), ("dark", 360))

sandbox = sandboxed.seeded


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Wired to the sandbox networks as the developer app that they know."""
    platform = sandboxed.wired(tmp_path / "instance", any_url, clock, sandbox, apps=sandboxed.APPS)
    yield platform
    platform.close()


def look_at(page: Page) -> None:
    """In light on a desk, in dark on a phone."""
    for scheme, width in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.reload()
        assert_accessible(page)
        assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 1440, "height": 900})


def leave(page: Page, server: str, network: str) -> None:
    """From the page of a network to that network's own."""
    page.goto(f"{server}/channels/new?network={network}")
    page.locator(".consent-way button").click()
    page.wait_for_url(lambda url: not url.startswith(server))


def test_one_way_through_per_network_and_all_its_pages_are_accessible(
    page: Page, server: str, platform: Platform, company: Company
) -> None:
    sign_in(page, server, company.alice)
    for network, accounts in WAYS.items():
        page.goto(f"{server}/channels/connect/{network}")
        look_at(page)
        page.goto(f"{server}/channels/new?network={network}")
        look_at(page)
        leave(page, server, network)
        look_at(page)
        page.locator("button.allow").click()
        page.wait_for_url("**/channels/connecting/*")
        look_at(page)
        for account in accounts:
            page.locator(".account-choice", has_text=account).locator("input").check()
        page.locator("form.card button[type=submit]").click()
        page.wait_for_url(lambda url: "/connecting/" not in url)
    with platform.database.read() as session:
        made = [(c.network, c.name) for c in session.query(Channel).order_by(Channel.id)]
    assert made == [(network, account) for network, accounts in WAYS.items() for account in accounts]


def test_reconnecting_keeps_slots_and_queue_and_what_waited_goes_on(
    page: Page, server: str, platform: Platform, company: Company
) -> None:
    now = platform.clock.now()
    channel = make_channel(
        platform.database, company, now, "facebook", [(1, "09:00")], name="Unsere Seite", remote_account_id=PAGE,
        credentials=platform.vault.seal({"page_id": PAGE, "access_token": "ended"}), reconnect_since=now,
    )  # fmt: skip
    waiting = make_post(platform, company.bob, [channel], When(at=now + timedelta(hours=1)), approve=True)
    queued = make_post(platform, company.bob, [channel], When(queue=True), text="In der Reihe", approve=True)
    with platform.database.write() as session:
        delivery = session.query(Delivery).filter_by(post_id=waiting.id).one()
        delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, "reconnect"
        place = session.query(Delivery).filter_by(post_id=queued.id).one().publish_at
    sign_in(page, server, company.alice)
    page.goto(f"{server}/channels/{channel.id}")
    page.locator(".note form[action$='/connect/facebook'] button").click()
    page.wait_for_url(lambda url: not url.startswith(server))
    page.locator("button.allow").click()
    page.wait_for_url(f"{server}/channels/{channel.id}")
    with platform.database.read() as session:
        assert session.get_one(Channel, channel.id).reconnect_since is None
        assert session.query(Slot).filter_by(channel_id=channel.id).count() == 1
        assert session.query(Delivery).filter_by(post_id=waiting.id).one().state is DeliveryState.SCHEDULED
        assert session.query(Delivery).filter_by(post_id=queued.id).one().publish_at == place


def test_who_says_no_or_brings_a_forged_answer_sees_a_clear_page(
    page: Page, server: str, platform: Platform, company: Company
) -> None:
    sign_in(page, server, company.alice)
    leave(page, server, "twitter")
    page.locator("button[value=deny]").click()
    page.wait_for_url("**/channels/connect/twitter/back?**")
    expect(page.locator(".note")).to_contain_text("Sie haben den Zugang bei X nicht erlaubt.")
    look_at(page)
    page.locator("main .btn-primary").click()
    expect(page.locator(".consent-way")).to_be_visible()
    page.goto(f"{server}/channels/connect/twitter/back?code=x&state=forged")
    expect(page.locator(".note")).to_contain_text("gehört zu nichts, was hier begonnen wurde")
    look_at(page)
    with platform.database.read() as session:
        assert session.query(Channel).count() == 0
