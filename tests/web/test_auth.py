"""Signing in and out."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from planner.bootstrap import Platform
from planner.models import User
from planner.web.auth import safe_target
from tests.support.factories import PASSWORD, Company
from tests.support.web import ClientOf, email_of


def test_a_stranger_is_sent_to_sign_in_and_then_on_to_the_page(client_of: ClientOf, company: Company) -> None:
    stranger = client_of(None)
    answer = stranger.get("/account")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=%2Faccount"
    assert "Bitte melden Sie sich zuerst an." in stranger.get(answer.location).text
    answer = stranger.send("/sign-in", email=email_of(company.rita), password=PASSWORD, next="/account")
    assert answer.location == "/account"


def test_whoever_comes_to_the_front_door_is_not_told_off(client_of: ClientOf, company: Company) -> None:
    stranger = client_of(None)
    answer = stranger.get("/")
    assert answer.location == "/sign-in"
    assert "Bitte melden Sie sich zuerst an." not in stranger.get(answer.location).text


def test_the_address_may_be_written_in_capitals_and_with_spaces(client_of: ClientOf, company: Company) -> None:
    stranger = client_of(None)
    stranger.get("/sign-in")
    answer = stranger.send("/sign-in", email=f" {email_of(company.rita).upper()} ", password=PASSWORD)
    assert answer.status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client_of: ClientOf, company: Company) -> None:
    stranger = client_of(None)
    stranger.get("/sign-in")
    wrong = stranger.send("/sign-in", email="rita@example.com", password="falsch")
    unknown = stranger.send("/sign-in", email="nobody@example.com", password="falsch")
    assert wrong.status_code == unknown.status_code == 422
    wrong_text, unknown_text = (re.sub(r'(csrf[^>]+)"[^"]+">', r"\1", answer.text) for answer in (wrong, unknown))
    assert wrong_text.replace("rita@", "nobody@") == unknown_text


def test_a_closed_account_cannot_sign_in(client_of: ClientOf, company: Company, platform: Platform) -> None:
    with platform.database.write() as session:
        session.get_one(User, company.rita.user_id).active = False
    stranger = client_of(None)
    stranger.get("/sign-in")
    assert stranger.send("/sign-in", email=email_of(company.rita), password=PASSWORD).status_code == 422


def test_after_ten_wrong_passwords_for_one_account_the_server_waits(client_of: ClientOf, company: Company) -> None:
    stranger = client_of(None)
    stranger.get("/sign-in")
    answers = [stranger.send("/sign-in", email=email_of(company.rita), password=f"{n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


def test_signing_in_rightly_many_times_is_no_attack(client_of: ClientOf, company: Company) -> None:
    for _ in range(12):
        client_of(company.rita)


def test_signing_out_ends_the_session(client_of: ClientOf, company: Company) -> None:
    rita = client_of(company.rita)
    assert rita.get("/account").status_code == 200
    rita.send("/sign-out")
    assert rita.get("/account").status_code == 302


def test_a_form_without_its_token_is_refused_in_plain_words(client_of: ClientOf, company: Company) -> None:
    rita = client_of(company.rita)
    rita.token = "forged"
    answer = rita.send("/sign-out")
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    assert rita.get("/account").status_code == 200


def test_a_new_password_ends_the_other_sessions(client_of: ClientOf, company: Company) -> None:
    here, elsewhere = client_of(company.rita), client_of(company.rita)
    answer = here.send("/account/password", old=PASSWORD, new="ein ganz neuer Satz")
    assert answer.status_code == 302
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("falsch", "ein ganz neuer Satz", "old"), (PASSWORD, "kurz", "new"), (PASSWORD, "rita@example.com", "new")],
)
def test_an_unusable_password_is_refused_at_its_field(
    client_of: ClientOf, company: Company, old: str, new: str, field: str
) -> None:
    answer = client_of(company.rita).send("/account/password", old=old, new=new)
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert "data-focus" in answer.text.split('action="/account/password"')[1], "the page opens where it is said"


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "/\t/example.com",
        "javascript:alert(1)",
        "account",
        "/sign-out",
        "/api/v1/posts",
        "",
        None,
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(app: Flask, target: str | None) -> None:
    with app.test_request_context():
        assert safe_target(target) == "/"


def test_a_page_of_ours_is_a_safe_target(app: Flask) -> None:
    with app.test_request_context():
        assert safe_target("/posts?status=draft&q=messe") == "/posts?status=draft&q=messe"
