"""The frame around all pages, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import assert_accessible
from tests.support.factories import PASSWORD, Company
from tests.support.web import email_of, sign_in

pytestmark = pytest.mark.browser


def test_the_sign_in_page_is_accessible_in_both_themes(page: Page, server: str, company: Company) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{server}/sign-in")
        assert_accessible(page)


def test_a_wrong_password_is_said_at_its_field_and_the_address_stays(page: Page, server: str, company: Company) -> None:
    page.goto(f"{server}/sign-in")
    page.locator("input[name=email]").fill(email_of(company.bob))
    page.locator("input[name=password]").fill("falsch")
    page.locator(".sign-in button[type=submit]").click()
    expect(page.locator("#field-password-error")).to_be_visible()
    expect(page.locator("input[name=email]")).to_have_value(email_of(company.bob))
    expect(page.locator("input[name=password]")).to_be_focused()
    assert_accessible(page)


def test_the_password_can_be_looked_at(page: Page, server: str, company: Company) -> None:
    page.goto(f"{server}/sign-in")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("[data-reveal]").click()
    expect(page.locator("input[name=password]")).to_have_attribute("type", "text")


def test_dark_follows_the_system_until_a_person_chooses(page: Page, server: str, company: Company) -> None:
    page.emulate_media(color_scheme="dark")
    sign_in(page, server, company.charlie)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".user-menu summary").click()
    page.locator(".user-menu button[value=light]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_the_language_changes_at_once_and_stays(page: Page, server: str, company: Company) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/account")
    page.locator(".user-menu summary").click()
    page.locator(".user-menu button[value=en]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    page.goto(f"{server}/account")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_menu_closes_with_escape_and_gives_the_focus_back(page: Page, server: str, company: Company) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/account")
    summary = page.locator(".user-menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".user-menu .menu-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".user-menu .menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()


def test_keys_are_listed_and_can_be_switched_off(page: Page, server: str, company: Company) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/account")
    page.keyboard.press("?")
    dialog = page.locator("#shortcuts-dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()


def test_an_unknown_page_says_so_inside_the_frame(page: Page, server: str, company: Company) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/gibt-es-nicht")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".sidebar")).to_be_visible()
    assert_accessible(page)
