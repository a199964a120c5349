"""Servers start, answer, publish and stop as they should."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from publishers.sandbox import Sandbox
from tests.cli.test_setup import assert_failed
from tests.support.command import PATIENCE, Sendeplan


class Client:
    """A script against a running server."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address + "/api/v1"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self._session.request(method, self._address + path, json=body, timeout=PATIENCE)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found


def token_of(sendeplan: Sendeplan, role: str = "admin") -> str:
    done = sendeplan("token", "create", "--role", role, "--name", "Skript")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def eventually(look: Callable[[], Any], every: float = 0.05) -> Any:
    """The first true answer, asked for ``every`` so many seconds; what is asked for happens in another process."""
    until = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < until, "it never happened"
        time.sleep(every)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_and_stops_when_asked(sendeplan: Sendeplan, number: int) -> None:
    with sendeplan.running("serve", "--port", "0") as server:
        assert requests.get(server.address + "/healthz", timeout=PATIENCE).json() == {"status": "ok"}
        assert requests.get(server.address + "/api/v1/posts", timeout=PATIENCE).status_code == 401
        assert server.stop(number) == 0
    assert "Traceback" not in "".join(server.errors)


def test_serve_brings_an_old_schema_up_to_date(sendeplan: Sendeplan) -> None:
    (sendeplan.instance / "sendeplan.sqlite").unlink()
    with sendeplan.running("serve", "--port", "0") as server:
        assert requests.get(server.address + "/healthz", timeout=PATIENCE).status_code == 200


def test_a_port_that_is_taken_is_named(sendeplan: Sendeplan) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_failed(sendeplan("serve", "--port", port), f"Port {port} is in use")
        assert_failed(sendeplan("sandbox", "--port", port), "cannot start")
    assert_failed(sendeplan("web", "--host", "192.0.2.1"), "Cannot listen on 192.0.2.1")


def test_a_post_goes_from_a_script_to_the_network_by_itself(sendeplan: Sendeplan) -> None:
    with Sandbox() as sandbox:
        server_of = Sendeplan(sendeplan.instance, **sandbox.environment())
        token = token_of(server_of)
        with server_of.running("serve", "--port", "0") as server:
            ask = Client(server.address, token)
            post = published(ask, sandbox, verify=True)
            assert [p["text"] for p in sandbox.posts()] == ["Hallo"]
            done = server_of("metrics", "pull", "--all")
            assert (done.returncode, done.stderr) == (0, "")
            (figures,) = ask("GET", f"/posts/{post}/metrics")["deliveries"]
            assert figures["as_of"]
            checked = server_of("doctor")
            assert "The scheduler is running." in checked.stdout
            assert checked.returncode == 0, checked.stdout


def test_web_and_scheduler_run_apart_and_publish_together(sendeplan: Sendeplan) -> None:
    with Sandbox() as sandbox:
        apart = Sendeplan(sendeplan.instance, SENDEPLAN_SAFETY_TICK_SECONDS="0.3", **sandbox.environment())
        token = token_of(apart)
        with (
            apart.running("web", "--port", "0") as server,
            apart.running("scheduler", says="is running") as scheduler,
        ):
            ask = Client(server.address, token)
            published(ask, sandbox)
            assert scheduler.stop() == 0
            assert server.stop() == 0


def published(ask: Client, sandbox: Sandbox, **options: bool) -> str:
    """Connect the sandbox's LinkedIn page, plan a post for the next moment and wait until it is out; the post's id."""
    account = next(a for a in sandbox.credentials() if a.pop("network") == "linkedin")
    connect = {"network": "linkedin", "name": account.pop("name"), "credentials": account, **options}
    channel = ask("POST", "/channels", connect)["id"]
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    body = {"text": "Hallo", "channels": [channel], "publish_at": soon, "approved": True}
    post: str = ask("POST", "/posts", body)["id"]
    eventually(lambda: ask("GET", f"/posts/{post}")["status"] == "published")
    return post


def test_the_sandbox_runs_alone_and_says_how_to_use_it(sendeplan: Sendeplan) -> None:
    with sendeplan.running("sandbox", "--port", "0", says="Credentials:") as sandbox:
        said = "\n".join(sandbox.said)
        assert "SENDEPLAN_FACEBOOK_API_URL=http://127.0.0.1:" in said
        assert sandbox.stop(signal.SIGINT) == 0


def test_lines_of_the_log_are_json_where_that_is_wanted(sendeplan: Sendeplan) -> None:
    import json

    logging = Sendeplan(sendeplan.instance, SENDEPLAN_LOG_FORMAT="json", SENDEPLAN_LOG_LEVEL="DEBUG")
    with logging.running("serve", "--port", "0") as server:
        requests.get(server.address + "/healthz", timeout=PATIENCE)
        assert server.stop() == 0
    assert server.errors
    assert all({"event", "level", "timestamp"} <= json.loads(line).keys() for line in server.errors)
