"""The same POST twice under one key has its effect once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.roles import Role
from planner.models import IdempotencyKey
from tests.support.api import Script, fields, made, make_token, problem
from tests.support.clock import FakeClock
from tests.support.databases import on_one_kind
from tests.support.factories import Company, picture
from tests.web.api.conftest import ScriptOf

KEY = {"Idempotency-Key": "montag-1"}


def test_the_second_answer_is_the_first_one(admin: Script) -> None:
    first = admin.post("/posts", {"text": "Hallo"}, headers=KEY)
    second = admin.post("/posts", {"text": "Hallo"}, headers=KEY)
    assert (second.status_code, second.data, second.content_type) == (201, first.data, first.content_type)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(made(admin.get("/posts"))["items"]) == 1


def test_ten_at_the_same_moment_make_one(app: Flask, platform: Platform, company: Company) -> None:
    token = make_token(platform, company.alice)

    def send(_number: int) -> tuple[int, bytes]:
        answer = Script(app, token).post("/posts", {"text": "Hallo"}, headers=KEY)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(10) as threads:
        answers = set(threads.map(send, range(10)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert len(made(Script(app, token).get("/posts"))["items"]) == 1


def test_another_request_under_the_same_key_is_refused(admin: Script) -> None:
    made(admin.post("/posts", {"text": "Hallo"}, headers=KEY))
    other = admin.post("/posts", {"text": "Guten Tag"}, headers=KEY)
    assert fields(problem(other, 422)) == {"Idempotency-Key": "idempotency_key_reused"}
    elsewhere = admin.post("/topics", {"title": "Hallo"}, headers=KEY)
    assert fields(problem(elsewhere, 422)) == {"Idempotency-Key": "idempotency_key_reused"}


def test_what_was_refused_may_be_sent_again_under_its_key(admin: Script) -> None:
    problem(admin.post("/posts", {"text": "Hallo", "topic": "1"}, headers=KEY), 422)
    made(admin.post("/topics", {"title": "Messe"}))
    topic = made(admin.get("/topics"))["items"][0]["id"]
    made(admin.post("/posts", {"text": "Hallo", "topic": topic}, headers=KEY))


def test_two_tokens_do_not_share_their_keys(admin: Script, script_of: ScriptOf, company: Company) -> None:
    first = made(admin.post("/posts", {"text": "Hallo"}, headers=KEY))
    second = made(script_of(company.alice).post("/posts", {"text": "Hallo"}, headers=KEY))
    assert first["id"] != second["id"]


def test_a_key_is_forgotten_after_a_day(admin: Script, platform: Platform, clock: FakeClock) -> None:
    made(admin.post("/posts", {"text": "Hallo"}, headers=KEY))
    clock.advance(timedelta(days=1, seconds=1))
    made(admin.post("/posts", {"text": "Hallo"}, headers=KEY))
    assert len(made(admin.get("/posts"))["items"]) == 2
    with platform.database.read() as session:
        assert len(session.scalars(select(IdempotencyKey)).all()) == 1


@on_one_kind
@pytest.mark.parametrize("key", ["", "mit Leerzeichen", "x" * 201, "grün"])
def test_a_key_of_the_wrong_shape_is_refused(admin: Script, key: str) -> None:
    answer = admin.post("/posts", {"text": "Hallo"}, headers={"Idempotency-Key": key})
    assert fields(problem(answer, 422)) == {"Idempotency-Key": "idempotency_key_invalid"}


def test_the_same_image_twice_is_one_upload_although_the_form_differs(admin: Script) -> None:
    from io import BytesIO

    answers = [
        admin.post("/media", data={"file": (BytesIO(picture()), "fräse.png"), "alt": "Fräse"}, headers=KEY)
        for _ in range(2)
    ]
    assert made(answers[0]) == made(answers[1])


def test_a_key_does_not_help_who_may_not_write(script_of: ScriptOf, company: Company) -> None:
    assert company.rita.role is Role.READER
    problem(script_of(company.rita).post("/posts", {"text": "Hallo"}, headers=KEY), 403)
