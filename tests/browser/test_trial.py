"""Setting a developer app up in a real browser: the check, a trial sign-in through the network's page, its points; then
a channel whose connection is checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from planner.bootstrap import Platform
from planner.models import Channel
from publishers.sandbox import Sandbox, apps
from tests.browser.test_connecting import PAGE, look_at
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_platform
from tests.support.web import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    """The networks on the test's clock."""
    with Sandbox(clock=clock.now) as sandbox:
        yield sandbox


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Facebook alone, wired to the sandbox's, as the developer app that it knows."""
    platform = make_platform(
        tmp_path / "instance", any_url, clock, networks={"facebook": sandbox.api_url("facebook")},
        apps={"facebook": apps.settings("facebook")},
    )  # fmt: skip
    yield platform
    platform.close()


def test_an_operator_checks_an_app_tries_the_sign_in_and_a_channel_is_checked_later(
    page: Page, server: str, platform: Platform, company: Company, sandbox: Sandbox
) -> None:
    sign_in(page, server, company.alice)
    page.goto(f"{server}/channels/connect/facebook")
    page.get_by_role("button", name="Einstellungen prüfen").click()
    expect(page.locator("[data-level=ok]")).to_have_count(5)
    expect(page.locator("[data-level=notice]")).to_contain_text("Live-Modus")
    page.get_by_role("button", name="Anmeldung ausprobieren").click()
    page.wait_for_url(lambda url: not url.startswith(server))
    page.get_by_label("read_insights").uncheck()
    page.locator("button.allow").click()
    page.wait_for_url("**/channels/trials/*")
    expect(page.locator(".note[data-kind=success]")).to_contain_text("Kanäle lassen sich verbinden")
    expect(page.locator("[data-mark=wrong]")).to_have_count(2)
    expect(page.locator("[data-mark=wrong]").first).to_contain_text("read_insights")
    look_at(page)

    made = make_channel(
        platform.database, company, platform.clock.now(), "facebook", remote_account_id=PAGE,
        credentials=platform.vault.seal({"page_id": PAGE, "access_token": "EAABsandboxBrandtPage"}),
    )  # fmt: skip
    sandbox.withdraw("facebook", PAGE, "pages_manage_engagement")
    page.goto(f"{server}/channels/{made.id}")
    page.get_by_role("button", name="Verbindung prüfen").click()
    expect(page.locator("#check-result")).to_contain_text("pages_manage_engagement")
    with platform.database.read() as session:
        [channel] = session.query(Channel).all()
        assert channel.missing == ["pages_manage_engagement"]
