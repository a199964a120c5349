"""The OpenAPI document is whole and true: a machine that reads it finds nothing that it does not say."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from planner.bootstrap import Platform
from planner.web.api import OPERATIONS
from tests.support.api import Script, make_token
from tests.support.factories import Company

#: A channel that is not there, or a time that is past, is refused although its shape is right.
UNFIT = {"positive_data_acceptance"}
#: A form's field is a text whatever is put into it: "null" and "[1]" are titles.
UNFIT_FOR_FORMS = {"negative_data_rejection"}
EXAMPLES = 5


@pytest.fixture
def database_url(any_url: str) -> str:
    """What a document says does not depend on the database."""
    return any_url


@pytest.fixture
def described(app: Flask) -> dict[str, Any]:
    answer = Script(app, None).get("/openapi.json")
    assert answer.status_code == 200, "the description needs no token"
    body: dict[str, Any] = answer.get_json()
    return body


def test_it_describes_every_operation_with_a_sentence(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    found = {(m.upper(), path) for path, item in described["paths"].items() for m in item}
    assert found == {(o.method, o.path) for o in OPERATIONS}
    for item in described["paths"].values():
        for operation in item.values():
            assert operation["summary"]


def test_every_route_of_the_api_is_an_operation(app: Flask) -> None:
    routes = {
        (method, rule.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes - {("GET", "/openapi.json")} == {(o.method, o.path) for o in OPERATIONS}


def test_operation_names_are_unique() -> None:
    names = [o.name for o in OPERATIONS]
    assert len(names) == len(set(names))


def test_a_fuzzer_finds_no_difference_between_the_document_and_the_answers(
    app: Flask, platform: Platform, company: Company, ids: dict[str, str]
) -> None:
    token = make_token(platform, company.alice)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    # The token is ours to send: cases without one say nothing about the fields.
    schema.config.generation.update(with_security_parameters=False)
    load_all_checks()
    known = {name: CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in UNFIT}
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        is_form = operation.path == "/media"
        checks = [check for name, check in known.items() if not (is_form and name in UNFIT_FOR_FORMS)]

        _hold(operation, checks, ids, token)


def _hold(operation: Any, checks: list[Any], ids: dict[str, str], token: str) -> None:
    """Raises where an answer of the operation is none that the document describes."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @_given(operation, ids)  # type: ignore[untyped-decorator]
    def hold(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=checks)

    hold()


def _given(operation: Any, ids: dict[str, str]) -> Any:
    """Cases that fit the description and cases that do not, about things that are there."""
    path = {name: ids[name] for name in ids if f"{{{name}}}" in operation.path} or None
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=path)
    unfitting = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE, path_parameters=path)
    return given(case=strategies.one_of(fitting, unfitting))
