"""Web pages, scheduler and workers as processes of their own, and what they say where something is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import requests

from publishers.sandbox import Sandbox
from tests.cli.test_running import Client, eventually, token_of
from tests.cli.test_setup import assert_failed
from tests.cli.test_watching import scrape, value
from tests.support.command import PATIENCE, Sendeplan

#: Python code that makes this process one where the extra was never installed.
WITHOUT_THE_EXTRA = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "procrastinate":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
"""


def test_a_worker_says_what_it_needs(sendeplan: Sendeplan, postgresql_url: str, tmp_path: Path) -> None:
    assert_failed(sendeplan("worker"), "set SENDEPLAN_SENDERS=workers")
    assert_failed(sendeplan("worker", SENDEPLAN_SENDERS="robots"), "SENDEPLAN_SENDERS", "“here” or “workers”")
    for command in (("worker",), ("scheduler",), ("db", "upgrade")):
        assert_failed(sendeplan(*command, SENDEPLAN_SENDERS="workers"), "PostgreSQL", "SENDEPLAN_DATABASE_URL")

    team = {"SENDEPLAN_SENDERS": "workers", "SENDEPLAN_DATABASE_URL": postgresql_url}
    assert_failed(sendeplan("worker", **team), "Run `sendeplan db upgrade` first")
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_THE_EXTRA, encoding="utf-8")
    bare = {**team, "PYTHONPATH": str(tmp_path)}
    for command in (("worker",), ("db", "upgrade")):
        assert_failed(sendeplan(*command, **bare), "pip install 'sendeplan[team]'")
    alone = {**bare, "SENDEPLAN_SENDERS": "here"}
    assert sendeplan("db", "upgrade", **alone).returncode == 0, "without workers, nothing of it is needed"


def test_pages_scheduler_and_workers_run_apart_and_publish_together(sendeplan: Sendeplan, postgresql_url: str) -> None:
    team = {"SENDEPLAN_SENDERS": "workers", "SENDEPLAN_DATABASE_URL": postgresql_url}
    with Sandbox() as sandbox:
        apart = Sendeplan(sendeplan.instance, **team, **sandbox.environment())
        assert apart("init").returncode == 0
        token = token_of(apart)
        with (
            apart.running("worker", "--metrics-port", "0", says="is running") as worker,
            apart.running("web", "--port", "0") as server,
            apart.running("scheduler", says="is running") as scheduler,
        ):
            eventually(lambda: "Workers that give signs of life: 1." in apart("doctor").stdout)
            ask = Client(server.address, token)
            account = next(a for a in sandbox.credentials() if a.pop("network") == "linkedin")
            connect = {"network": "linkedin", "name": account.pop("name"), "credentials": account}
            channel = ask("POST", "/channels", connect)["id"]
            soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
            post = ask("POST", "/posts", {"text": "Hallo", "channels": [channel], "publish_at": soon, "approved": True})
            eventually(lambda: ask("GET", f"/posts/{post['id']}")["status"] == "published")

            with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
                (owners,) = connection.execute("SELECT owner FROM attempt").fetchall()
            assert f"-{worker.process.pid}-" in owners[0], "it was the worker that sent it"
            there = next(line for line in worker.said if "/metrics" in line).split()[-1].removesuffix("/metrics")
            noted = ("sendeplan_attempts_total", (("network", "linkedin"), ("outcome", "published")))
            seen = eventually(lambda: next((s for s in [scrape(there)] if noted in s), None))
            assert value(seen, "sendeplan_delivery_lateness_seconds_count", network="linkedin") == 1
            ready = requests.get(there + "/readyz", timeout=PATIENCE)
            assert ready.json()["checks"]["worker"] == {"ok": True, "code": None}, ready.text
            for running in (scheduler, worker, server):
                assert running.stop() == 0
                assert "Traceback" not in "".join(running.errors)
