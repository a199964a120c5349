"""Deciding about what was missed in a real browser: with the mouse, with the keyboard, on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery
from planner.services.posts import When
from planner.services.publishing import missed
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_post
from tests.support.web import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def lost(platform: Platform, company: Company, clock: FakeClock, linkedin: Channel, twitter: Channel) -> None:
    """Three posts on LinkedIn and two on X that an outage of a day left behind."""
    for n, channels in enumerate(([linkedin, twitter], [linkedin, twitter], [linkedin])):
        at = clock.now() + timedelta(hours=1 + 10 * n)
        make_post(platform, company.bob, channels, When(at=at), text=f"Beitrag {n}", approve=True)
    clock.advance(hours=26)
    missed.sweep(platform)


def test_one_screen_decides_about_everything_and_its_decision_can_be_undone(
    page: Page, server: str, company: Company, platform: Platform
) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/calendar")
    page.locator(".missed-banner a").click()
    page.wait_for_url("**/missed")
    selects = page.locator("select[name^=choice-]")
    expect(selects).to_have_count(5)

    # Everything to the next slots: the channel without slots says so, and gets a choice of its own.
    page.locator("[value='all:slot']").click()
    expect(page.locator(".missed-outcome").filter(has_text="Kein Sendeplatz")).to_have_count(2)
    page.locator(".missed-channel").filter(has_text="@brandt").locator("[value$=':now']").click()
    expect(page.locator(".missed-outcome").filter(has_text="Kein Sendeplatz")).to_have_count(0)
    expect(page.locator(".missed-outcome").filter(has_text="sofort")).to_have_count(1)

    # The spacing is seen at once, also by who uses only the keyboard.
    page.locator("[name=spacing]").fill("45")
    page.keyboard.press("Tab")
    expect(page.locator(".missed-outcome").filter(has_text="12:45")).to_have_count(1)
    selects.first.focus()
    page.keyboard.press("End")
    expect(selects.first).to_have_value("later")
    expect(page.locator("[data-missed-summary]")).to_contain_text("später entschieden")
    assert_accessible(page)

    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/missed/decisions/*")
    assert_accessible(page)
    with platform.database.read() as session:
        found = [d.state for d in session.scalars(select(Delivery))]
    assert sorted(found) == sorted([DeliveryState.SCHEDULED] * 4 + [DeliveryState.MISSED])

    page.locator("form[action$=undo] button").click()
    page.wait_for_url("**/missed")
    expect(page.locator("select[name^=choice-]")).to_have_count(5)


def test_it_fits_a_phone_in_both_colours(page: Page, server: str, company: Company) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    sign_in(page, server, company.charlie)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{server}/missed")
        assert_no_sideways_scroll(page)
        assert_accessible(page)
    page.locator("[value='all:drop']").click()
    expect(page.locator("[data-missed-summary]")).to_contain_text("5 werden abgesagt")
    page.locator(".missed-bar button").click()
    page.wait_for_url("**/missed/decisions/*")
    assert_no_sideways_scroll(page)
