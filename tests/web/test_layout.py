"""The frame's own parts."""

from __future__ import annotations

import json
import re

from flask import Flask, render_template_string
from flask_babel import force_locale

from planner.bootstrap import Platform
from tests.support.factories import Company
from tests.support.web import ClientOf


def test_a_sentence_for_javascript_keeps_its_placeholders(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        page = render_template_string('{{ texts({"moved": _("Moved to %(time)s.")}) }}')
    found = re.search(r"<script[^>]*data-texts>(.*)</script>", page)
    assert found
    assert json.loads(found[1]) == {"moved": "Moved to %(time)s."}


def test_what_is_put_into_a_sentence_is_escaped(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        page = render_template_string('{{ _("Hello %(name)s", name="<b>") }}')
    assert page == "Hello &lt;b&gt;"


def test_the_database_may_be_gone_and_the_error_page_still_comes(
    app: Flask, client_of: ClientOf, company: Company, platform: Platform
) -> None:
    app.testing = False
    rita = client_of(company.rita)
    with platform.database.engine.begin() as connection:
        connection.exec_driver_sql('ALTER TABLE "user" RENAME TO elsewhere')
    answer = rita.get("/account")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert not any(said in answer.text for said in ("no such table", "does not exist"))
    assert "<h1>" in answer.text


def test_every_page_forbids_what_is_not_ours(client_of: ClientOf) -> None:
    policy = client_of(None).get("/sign-in").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy


def test_built_files_are_kept_for_ever_and_come_compressed(client_of: ClientOf) -> None:
    stranger = client_of(None)
    page = stranger.get("/sign-in").text
    style = re.search(r'href="(/static/dist/app-[0-9A-Z]{8}\.css)"', page)
    assert style
    with stranger.get(style[1], headers={"Accept-Encoding": "br"}) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_pause_is_seen_on_every_page(client_of: ClientOf, company: Company, platform: Platform) -> None:
    with platform.database.write() as session:
        home = session.merge(company.workspace)
        home.paused_at = platform.clock.now()
        home.pause_reason = "Rückruf <Baureihe F>"
    assert "Rückruf &lt;Baureihe F&gt;" in client_of(company.rita).get("/account").text
