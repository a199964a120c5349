"""A script that talks to the API with a token."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from planner.bootstrap import Platform
from planner.domain.roles import Role
from planner.services import tokens
from planner.services.actor import Actor

PREFIX = "/api/v1"


def make_token(platform: Platform, actor: Actor, role: Role | None = None, name: str = "Skript") -> str:
    """A token for the actor's workspace, with their role or another."""
    maker = Actor(actor.workspace_id, Role.ADMIN, "Einrichtung")
    with platform.database.write() as session:
        return tokens.create(session, maker, name, role or actor.role, now=platform.clock.now())[1]


class Script:
    """A client without cookies. Paths are those behind the version: ``/posts``."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self._client = app.test_client(use_cookies=False)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.send("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.send("PUT", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.send("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.send("DELETE", path, **options)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """``body`` is sent as JSON; ``data`` among the options as it is."""
        if body is not None:
            options["json"] = body
        return self._client.open(PREFIX + path, method=method, headers={**self._headers, **(headers or {})}, **options)


def made(answer: TestResponse) -> dict[str, Any]:
    """The body of an answer that must be a success."""
    assert answer.status_code in (200, 201), answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """The body of a problem of this status, whole and well-formed."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.text)
    assert set(body) == {"type", "title", "status", "detail", "code", "errors"}
    assert body["status"] == status
    assert body["detail"]
    assert all(set(error) == {"field", "code", "message"} for error in body["errors"])
    return body


def fields(body: dict[str, Any]) -> dict[str, str]:
    """What is wrong at which field: field name to code."""
    return {error["field"]: error["code"] for error in body["errors"]}
