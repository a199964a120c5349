"""The tables from answers to errors, row by row: each is reached, names its source, and has a sentence for people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from babel.messages.pofile import read_po

from planner.web.messages.advice import ADVICE
from planner.web.posts.trouble import WHY
from publishers.base import Duplicate, NetworkError, Uncertain
from publishers.errors import BEFORE_TABLES, BY_STATUS, Answer, Rule
from publishers.facebook.errors import judge as facebook
from publishers.linkedin.errors import judge as linkedin
from publishers.twitter.errors import judge as twitter
from publishers.xing.errors import judge as xing
from tests.publishers import tables

JUDGES = {"facebook": facebook, "linkedin": linkedin, "twitter": twitter, "xing": xing}
ROWS = [(key, rule) for key, (_title, rules) in tables.TABLES.items() for rule in rules]
CATALOGUE = tables.FILE.parents[2] / "planner" / "translations" / "de" / "LC_MESSAGES" / "messages.po"


def body_of(key: str, rule: Rule) -> dict[str, Any]:
    """An answer as the network words it, which says what the row wants, and nothing else."""
    code, words = rule.code or "", rule.says
    if key == "facebook":
        numbers = {"": 987, "permission": 200, "transient": 987}
        number = numbers[code] if code in numbers else int(code)
        return {"error": {"code": number, "message": words, "is_transient": code == "transient"}}
    if key == "twitter":
        if code.isdigit():
            return {"errors": [{"code": int(code), "message": words}]}
        kind, _, period = code.partition("/")
        return {"type": f"https://api.twitter.com/2/problems/{kind or 'other'}", "detail": words, "period": period}
    return {"error_name": code, "message": words} if key == "xing" else {"code": code, "message": words}


def judged(key: str, rule: Rule) -> NetworkError:
    status = rule.status if isinstance(rule.status, int) else 400
    error = JUDGES[key](Answer(status, {}, json.dumps(body_of(key, rule)).encode()))
    assert error is not None
    return error


@pytest.mark.parametrize(("key", "rule"), ROWS, ids=[f"{key}: {rule.code} {rule.message}" for key, rule in ROWS])
def test_each_row_is_reached_and_none_is_hidden_by_one_above(key: str, rule: Rule) -> None:
    error = judged(key, rule)
    assert type(error) is rule.kind
    assert rule.message in str(error)
    assert error.advice == rule.advice


def test_each_row_names_its_source_and_has_a_sentence_in_both_languages() -> None:
    with CATALOGUE.open("rb") as file:
        german = {message.id: message.string for message in read_po(file) if not message.fuzzy}
    for rule in (*BEFORE_TABLES, *(rule for _key, rule in ROWS), *BY_STATUS):
        assert rule.source, rule
        for sentence in (WHY[tables.verdict_of(rule).code], ADVICE[rule.advice]):
            assert german.get(str(sentence)), sentence


def test_a_server_error_a_redirect_and_a_conflict_are_unconfirmed_whatever_a_row_says_of_their_code() -> None:
    """What may have been accepted is never refused: only a duplicate, which is looked for as well, may say more."""
    for key, rule in ROWS:
        for status in (302, 408, 409, 425, 500, 502, 503, 504):
            error = JUDGES[key](Answer(status, {}, json.dumps(body_of(key, rule)).encode()))
            if status >= 500 or rule.code is None:
                assert isinstance(error, (Uncertain, Duplicate)), (key, rule, status)


def test_the_page_says_what_the_tables_say() -> None:
    assert tables.FILE.read_text(encoding="utf-8") == tables.page(), "make tables"


def test_the_page_about_networks_names_the_permissions_that_the_adapters_ask_for() -> None:
    text = tables.NETWORKS.read_text(encoding="utf-8")
    assert text == tables.networks_page(text), "make tables"
