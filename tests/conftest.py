"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import URL

from planner.bootstrap import Platform
from planner.database import Database
from planner.services.actor import Actor
from tests.support.browser import errors_of, launch_chromium
from tests.support.clock import FakeClock
from tests.support.databases import PostgresTemplate, SqliteTemplate, choose_shared_folder, postgres_server
from tests.support.factories import Company, make_company, make_platform
from tests.support.folders import choose_quick_folder
from tests.support.mailserver import Mailbox, mail_server
from tests.support.network import forbid_outside_connections
from tests.support.serving import serving
from tests.support.web import Browsing, ClientOf, app_around

DATABASE_VARIABLE = "SENDEPLAN_TEST_DATABASE"

_made_folders = pytest.StashKey[list[Path | None]]()


def pytest_configure(config: pytest.Config) -> None:
    forbid_outside_connections()
    config.stash[_made_folders] = [choose_shared_folder(), choose_quick_folder(config)]


def pytest_unconfigure(config: pytest.Config) -> None:
    for folder in config.stash.get(_made_folders, []):
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at Monday, 2026-03-16, 09:00 UTC, until the test moves it."""
    return FakeClock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A running PostgreSQL, one for all tests."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: URL) -> Iterator[PostgresTemplate]:
    template = PostgresTemplate(postgresql_server)
    yield template
    template.drop()


@pytest.fixture
def sqlite_url(sqlite_template: SqliteTemplate, tmp_path: Path) -> str:
    """The URL of a fresh SQLite database with the schema in it."""
    return sqlite_template.copy(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_template: PostgresTemplate) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with the schema in it."""
    with postgresql_template.copy() as url:
        yield url


@pytest.fixture
def any_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database, where the kind does not matter: SQLite, or PostgreSQL where that is asked for
    (``make unit DATABASE=postgresql``, ``make crash`` alike), so that every test can be run on either."""
    url: str = request.getfixturevalue(f"{os.environ.get(DATABASE_VARIABLE, 'sqlite')}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database with the schema in it; the test runs once on each of the two kinds."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database, once on each of the two kinds."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A fresh SQLite database, where the kind does not matter."""
    database = Database(sqlite_url)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def running_mail_server() -> Iterator[Mailbox]:
    """A mail server on this machine, one for all tests."""
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(running_mail_server: Mailbox) -> Mailbox:
    """What the mail server has taken: nothing yet."""
    for kept in (running_mail_server.taken, running_mail_server.refusals, running_mail_server.answers):
        kept.clear()
    return running_mail_server


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock) -> Iterator[Platform]:
    """Everything wired, on a fresh database and the test's clock."""
    # Where several processes may publish, they are told where their rehearsals are played.
    played = {"rehearsal_url": "http://127.0.0.1:9"} if any_url.startswith("postgresql") else {}
    platform = make_platform(tmp_path / "instance", any_url, clock, **played)
    yield platform
    platform.close()


@pytest.fixture
def company(platform: Platform) -> Company:
    """Brandt Maschinenbau with people in every role, and an outsider."""
    return make_company(platform.database, platform.clock.now())


@pytest.fixture
def app(platform: Platform) -> Flask:
    """The application around ``platform``."""
    return app_around(platform, testing=True)


@pytest.fixture
def client_of(app: Flask, company: Company) -> ClientOf:
    """``client_of(company.bob)`` is a client signed in as bob; ``client_of(None)`` a stranger."""

    def make(actor: Actor | None) -> Browsing:
        client = Browsing(app)
        if actor is not None:
            client.sign_in(actor)
        return client

    return make


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The address of the application behind a real HTTP server."""
    with serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser profile of its own, in German, in Berlin, 1440 pixels wide."""
    context = chromium.new_context(
        locale="de-DE", timezone_id="Europe/Berlin", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    context.set_default_navigation_timeout(60_000)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """An empty page; the test fails where the page's own JavaScript threw or broke the content security policy."""
    page = browser_context.new_page()
    errors = errors_of(page)
    yield page
    page.close()
    assert not errors, f"Errors in the browser's console: {errors}"
