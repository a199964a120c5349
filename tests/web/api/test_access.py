"""Who may do what: someone allowed, a colleague whose role does not reach, and someone from another workspace."""

from __future__ import annotations

from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.domain.roles import Permission, allows
from planner.web.api import OPERATIONS
from planner.web.api.operations import Operation
from tests.support.api import Script, made, problem
from tests.support.clock import FakeClock
from tests.support.factories import Company
from tests.web.api.conftest import ScriptOf

WRITING = [o for o in OPERATIONS if o.writes]
#: Bodies that are whole, so that nothing but the right to do it can be missing.
BODIES: dict[str, Any] = {
    "create_channel": {"network": "xing"},
    "answer_conversation": {"text": "Gern."},
    "resolve_answer": {"live": True},
    "reconnect_channel": {"credentials": {}},
    "set_slots": {"slots": []},
    "resolve_delivery": {"live": True, "url": "https://brandt.example"},
    "resolve_missed": {"resolutions": [{"delivery": "1", "action": "drop"}]},
    "plan_rehearsed": {"plans": [{"delivery": "1", "when": "slot"}]},
    "create_topic": {"title": "Neu"},
    "create_campaign": {"name": "Neu"},
    "create_goal": {"name": "Neu", "metric": "reach", "target": 5, "starts_on": "2026-01-01", "ends_on": "2026-12-31"},
    "create_audience": {"name": "Neu"},
    "create_category": {"name": "Neu"},
    "create_format": {"name": "Neu"},
    "edit_remote": {"text": "Neu"},
    "change_zone": {"zone": "Europe/London", "keep": "clock"},
    "create_webhook": {"url": "https://hook.example", "events": ["alert.raised"]},
} | {key: {"reason": "Krise"} for key in ("pause_channel", "pause_campaign", "pause_everything")}


def test_each_role_may_do_what_it_may_and_nothing_more(
    script_of: ScriptOf, company: Company, ids: dict[str, str]
) -> None:
    for operation in WRITING:
        for person in (company.rita, company.charlie, company.bob):
            if not allows(person.role, operation.permission):
                body = problem(_send(script_of(person), operation, ids), 403)
                assert body["code"] == f"forbidden_{operation.permission}", operation.name


def test_a_reader_reads_everything_but_where_calls_go(
    script_of: ScriptOf, company: Company, ids: dict[str, str]
) -> None:
    reader = script_of(company.rita)
    for operation in OPERATIONS:
        if not operation.writes:
            answer = _send(reader, operation, ids)
            expected = 200 if operation.permission is Permission.READ else 403
            assert answer.status_code == expected, f"{operation.name}: {answer.text}"


def test_an_outsider_finds_nothing_of_ours(script_of: ScriptOf, company: Company, ids: dict[str, str]) -> None:
    outsider = script_of(company.oscar)
    for operation in OPERATIONS:
        if operation.path_names and operation.path_names not in (("period",), ("week",)):
            problem(_send(outsider, operation, ids), 404)


def test_an_outsiders_lists_are_empty(script_of: ScriptOf, company: Company, ids: dict[str, str]) -> None:
    outsider = script_of(company.oscar)
    for operation in OPERATIONS:
        if operation.method == "GET" and not operation.path_names and operation.name.startswith("list_"):
            items = made(_send(outsider, operation, ids))["items"]
            assert [i for i in items if i.get("name") != "Oscar"] == [], operation.name


@pytest.mark.parametrize("reference", ["channels", "media", "topic", "campaign", "category"])
def test_an_outsider_cannot_refer_to_what_is_ours(
    script_of: ScriptOf, company: Company, ids: dict[str, str], reference: str
) -> None:
    key = ids[{"channels": "channel_id"}.get(reference, f"{reference}_id")]
    body = {"text": "Hallo", reference: [key] if reference in ("channels", "media") else key}
    problem(script_of(company.oscar).post("/posts", body), 422)
    assert made(script_of(company.oscar).get("/posts"))["items"] == []


def test_credentials_are_never_given_back(script_of: ScriptOf, company: Company, ids: dict[str, str]) -> None:
    admin = script_of(company.alice)
    secret = "EAAB-geheim-12345"
    body = {"network": "facebook", "name": "Seite", "credentials": {"page_id": "77", "access_token": secret}}
    answer = admin.post("/channels", body)
    assert made(answer)["account"] == "77"
    for path in ("/channels", f"/channels/{answer.get_json()['id']}"):
        assert secret not in admin.get(path).text
    assert secret not in answer.text


def test_a_revoked_token_opens_nothing_any_more(
    script_of: ScriptOf, company: Company, platform: Platform, clock: FakeClock
) -> None:
    from planner.services import tokens

    script = script_of(company.charlie)
    made(script.get("/me"))
    with platform.database.write() as session:
        for token in tokens.all_of(session, company.workspace.id):
            tokens.revoke(session, company.alice, token.id, now=clock.now())
    assert problem(script.get("/me"), 401)["code"] == "token_unknown"


def test_the_last_use_of_a_token_is_noted_at_most_once_a_minute(
    script_of: ScriptOf, company: Company, platform: Platform, clock: FakeClock
) -> None:
    from planner.services import tokens

    def last_used() -> Any:
        with platform.database.read() as session:
            return tokens.all_of(session, company.workspace.id)[0].last_used_at

    script = script_of(company.charlie)
    first = clock.now()
    made(script.get("/me"))
    clock.advance(seconds=59)
    made(script.get("/me"))
    assert last_used() == first
    clock.advance(seconds=1)
    made(script.get("/me"))
    assert last_used() == clock.now()


def test_history_names_the_token(admin: Script, platform: Platform, company: Company) -> None:
    from sqlalchemy import select

    from planner.models import Event

    made(admin.post("/posts", {"text": "Hallo"}))
    with platform.database.read() as session:
        query = select(Event.actor, Event.user_id).where(Event.subject == "post", Event.kind == "created")
        assert tuple(session.execute(query).one()) == ("Skript", None)


def _send(script: Script, operation: Operation, ids: dict[str, str]) -> Any:
    path = operation.path.format(**ids)
    if operation.name in ("get_calendar", "get_summary"):
        path += "?from=2026-03-01&to=2026-03-31"
    if operation.name == "preview_zone":
        path += "?zone=Europe/London"
    options: dict[str, Any] = {}
    if operation.name == "upload_media":
        options = {"data": b"x", "headers": {"Content-Type": "image/png"}}
    body = BODIES.get(operation.name, {}) if operation.body is not None else None
    return script.send(operation.method, path, body, **options)
