"""A person with a browser, without the browser: forms are sent with what the page itself put into them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from planner import create_app
from planner.bootstrap import Platform
from planner.services.actor import Actor
from planner.web.extensions import limiter
from tests.support.factories import PASSWORD

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
_apps: dict[tuple[object, ...], tuple[Flask, dict[str, Any]]] = {}


def app_around(platform: Platform, *, testing: bool) -> Flask:
    """The application around this platform. One is made for each kind of settings and handed from test to test: to map
    its addresses and to compile its templates takes ten times as long as most tests."""
    settings = platform.settings
    kind = (testing, settings.secret_key, settings.max_upload_bytes, settings.secure_cookies)
    if kind not in _apps:
        app = create_app(platform)
        app.testing = testing
        _apps[kind] = app, dict(app.extensions)
    app, as_made = _apps[kind]
    app.extensions.clear()
    app.extensions.update({**as_made, "sendeplan": platform})
    with app.app_context():
        limiter.reset()
    return app


def email_of(actor: Actor) -> str:
    """The address someone of the test company signs in with."""
    return f"{actor.label.lower()}@example.com"


class Browsing:
    """A client with cookies. ``send`` adds the token of the last page, as a form does."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self.token = ""

    def sign_in(self, actor: Actor) -> None:
        """Through the real form."""
        self.get("/sign-in")
        answer = self.send("/sign-in", email=email_of(actor), password=PASSWORD)
        assert answer.status_code == 302, answer.text
        self.get("/account")

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page, in German unless told otherwise."""
        options.setdefault("headers", {"Accept-Language": "de"})
        answer = self._client.get(path, **options)
        found = _TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return answer

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Send a form by POST."""
        data = {"csrf_token": self.token, **fields}
        return self._client.post(path, data=data, headers={"Accept-Language": "de"})

    def send_and_follow(self, path: str, **fields: Any) -> TestResponse:
        """Send a form by POST, and go where the answer leads."""
        data = {"csrf_token": self.token, **fields}
        return self._client.post(path, data=data, headers={"Accept-Language": "de"}, follow_redirects=True)

    def send_json(self, method: str, path: str, body: Any = None) -> TestResponse:
        """What the page's own JavaScript does."""
        return self._client.open(path, method=method, json=body, headers={"X-CSRFToken": self.token})

    def ask(self, path: str, **fields: Any) -> TestResponse:
        """What the page's own JavaScript sends as a form, to get JSON."""
        headers = {"X-CSRFToken": self.token, "Accept": "application/json", "Accept-Language": "de"}
        return self._client.post(path, data=fields, headers=headers)

    def ask_raw(self, path: str, body: bytes, kind: str) -> TestResponse:
        """As :meth:`ask`, with a body that is ready."""
        headers = {"X-CSRFToken": self.token, "Accept": "application/json", "Accept-Language": "de"}
        return self._client.post(path, data=body, content_type=kind, headers=headers)


#: What the fixture ``client_of`` gives.
ClientOf = Callable[[Actor | None], Browsing]


def sign_in(page: Page, server: str, actor: Actor) -> None:
    """Sign in a real browser."""
    page.goto(f"{server}/sign-in")
    page.locator("input[name=email]").fill(email_of(actor))
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form .btn-primary").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
