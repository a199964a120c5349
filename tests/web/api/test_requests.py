"""Requests that cannot be taken get a problem document, whatever is wrong with them; never a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.api import Script, fields, made, problem
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_platform
from tests.support.web import app_around
from tests.web.api.conftest import ScriptOf


@pytest.fixture
def database_url(any_url: str) -> str:
    """What is wrong with a request is seen before any database is asked: one kind is enough."""
    return any_url


def test_without_a_token_nothing_is_told(script_of: ScriptOf) -> None:
    answer = script_of(None).get("/posts")
    assert problem(answer, 401)["code"] == "token_missing"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Sendeplan"'


@pytest.mark.parametrize("header", ["Bearer sp_falsch", "Basic YTpi", "Bearer", "Bearer \u00e4\u00f6"])
def test_a_token_that_opens_nothing_is_refused(app: Flask, header: str) -> None:
    answer = Script(app, None).get("/posts", headers={"Authorization": header})
    problem(answer, 401)


def test_a_browsers_cookie_opens_nothing_here(app: Flask, company: Company) -> None:
    client = app.test_client()
    page = client.get("/sign-in").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    client.post(
        "/sign-in", data={"csrf_token": token, "email": "alice@example.com", "password": "wochenplan am montag"}
    )
    assert client.get("/account").status_code == 200
    problem(client.get("/api/v1/posts"), 401)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"nichts",
        b'{"text": NaN}',
        b'{"text": "\xff"}',
        b'{"text": "\\ud800"}',
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_json_is_a_bad_request(admin: Script, body: bytes) -> None:
    answer = admin.post("/posts", data=body, headers={"Content-Type": "application/json"})
    problem(answer, 400)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ([], "body", "dict_type"),
        ("text", "body", "dict_type"),
        ({"txt": "Hallo"}, "txt", "extra_forbidden"),
        ({"text": 5}, "text", "string_type"),
        ({"text": None}, "text", "string_type"),
        ({"text": "a\u0000b"}, "text", "characters_forbidden"),
        ({"text": "x" * 100_001}, "text", "string_too_long"),
        ({"channels": ["eins"]}, "channels.0", "id_invalid"),
        ({"channels": [1]}, "channels.0", "id_invalid"),
        ({"channels": ["9" * 400]}, "channels.0", "id_invalid"),
        ({"channels": {"a": 1}}, "channels", "list_type"),
        ({"channels": ["1"] * 101}, "channels", "list_too_long"),
        ({"publish_at": "morgen"}, "publish_at", "moment_invalid"),
        ({"publish_at": "2026-03-17T09:30:00"}, "publish_at", "moment_invalid"),
        ({"publish_at": "2026-02-30T09:30:00Z"}, "publish_at", "moment_invalid"),
        ({"publish_at": "9999-12-31T23:59:59Z"}, "publish_at", "moment_invalid"),
        ({"publish_at": 1_800_000_000}, "publish_at", "moment_invalid"),
        ({"queue": "yes"}, "queue", "bool_type"),
        ({"variants": {"x": {}}}, "variants.x", "id_invalid"),
        ({"variants": {"1": {"text": 1}}}, "variants.1.text", "string_type"),
        ({"topic": 10**30}, "topic", "id_invalid"),
        ({"tags": [""]}, "tags.0", "string_too_short"),
    ],
)
def test_a_wrong_field_is_named(admin: Script, body: Any, field: str, code: str) -> None:
    assert fields(problem(admin.post("/posts", body), 422)) == {field: code}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=5.0", "limit"),
        ("limit=9999999999999999999999", "limit"),
        ("cursor=abc", "cursor"),
        ("status=fertig", "status.0"),
        ("chanel=1", "chanel"),
        ("from=gestern", "from"),
        ("from=0001-01-01", "from"),
        ("channel=-1", "channel"),
        ("q=%00", "q"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_a_wrong_query_parameter_is_named(admin: Script, query: str, field: str) -> None:
    assert list(fields(problem(admin.get(f"/posts?{query}"), 422))) == [field]


def test_an_address_that_takes_no_parameters_says_so(admin: Script) -> None:
    assert fields(problem(admin.get("/me?x=1"), 422)) == {"x": "extra_forbidden"}


@pytest.mark.parametrize("path", ["/posts/0", "/posts/abc", "/posts/99999999999999999999", "/posts/%00", "/posts/1"])
def test_what_is_not_there_is_not_found(admin: Script, path: str) -> None:
    problem(admin.get(path), 404)


def test_an_unknown_address_and_an_unknown_method_are_problems_too(admin: Script) -> None:
    assert problem(admin.get("/beitraege"), 404)["code"] == "address_unknown"
    answer = admin.put("/posts", {})
    assert problem(answer, 405)["code"] == "method_unknown"
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_body_of_another_kind_is_refused(admin: Script) -> None:
    answer = admin.post("/posts", data=b"text=Hallo", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert problem(answer, 415)["code"] == "json_wanted"
    assert problem(admin.post("/media", data=b"x", headers={"Content-Type": "text/plain"}), 415)


def test_a_body_that_is_too_large_is_refused(admin: Script) -> None:
    answer = admin.post("/posts", data=b'"' + b"x" * 2_000_001 + b'"', headers={"Content-Type": "application/json"})
    assert problem(answer, 413)["code"] == "body_too_large"


def test_problems_are_told_in_german_to_who_prefers_it(admin: Script) -> None:
    english = problem(admin.get("/posts/1"), 404)["detail"]
    german = problem(admin.get("/posts/1", headers={"Accept-Language": "de-DE, en;q=0.5"}), 404)["detail"]
    assert english == "There is no such entry in this workspace."
    assert german != english


def test_our_own_failure_is_a_problem_and_tells_nothing_of_its_inside(app: Flask, admin: Script, tmp_path: Any) -> None:
    admin.get("/me")
    media = tmp_path / "instance" / "media"
    media.parent.mkdir(exist_ok=True)
    media.write_text("a file where the folder should be")
    answer = admin.post("/media", data=_picture(), headers={"Content-Type": "image/png"})
    body = problem(answer, 500)
    assert body["code"] == "internal_error"
    assert "Traceback" not in answer.text
    assert "media" not in body["detail"]


def test_while_the_database_is_away_script_and_person_are_told_so_and_when_to_come_back(
    tmp_path: Path, clock: FakeClock
) -> None:
    platform = make_platform(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:1/nowhere", clock)
    app = app_around(platform, testing=False)
    answer = Script(app, "sp_" + "x" * 40).get("/me")
    assert problem(answer, 503)["code"] == "database_away"
    assert int(answer.headers["Retry-After"]) > 0
    page = app.test_client().get("/calendar.ics?token=sp_" + "x" * 40)
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert "Datenbank" in page.text
    assert "127.0.0.1" not in answer.text + page.text
    platform.close()


def test_answers_are_not_kept_by_caches(admin: Script) -> None:
    assert admin.get("/me").headers["Cache-Control"] == "no-store"


def test_fifty_requests_in_a_second_are_all_answered(admin: Script) -> None:
    assert {admin.get("/me").status_code for _ in range(120)} == {200}


def test_a_token_tells_what_it_is(admin: Script, company: Company) -> None:
    assert made(admin.get("/me")) == {"token": "Skript", "role": "admin", "workspace": str(company.workspace.id)}
    assert made(admin.get("/workspace"))["zone"] == "Europe/Berlin"
    assert [m["name"] for m in made(admin.get("/members"))["items"]] == ["Alice", "Bob", "Charlie", "Rita"]


def _picture() -> bytes:
    from tests.support.factories import picture

    return picture()
