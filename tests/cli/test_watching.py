"""Seen from outside: real processes, read as Prometheus reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from publishers.sandbox import Sandbox
from tests.cli.test_running import Client, eventually, token_of
from tests.support.command import PATIENCE, Sendeplan

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(address: str, **headers: str) -> Samples:
    answer = requests.get(address + "/metrics", headers=headers, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, tuple(sorted(labels.items()))))


def test_pages_and_scheduler_apart_each_tell_of_themselves_and_both_of_the_database(sendeplan: Sendeplan) -> None:
    with Sandbox() as sandbox:
        apart = Sendeplan(
            sendeplan.instance,
            SENDEPLAN_SAFETY_TICK_SECONDS="0.3",
            SENDEPLAN_METRICS_TOKEN="watch-me",
            SENDEPLAN_METRICS_PORT="0",
            **sandbox.environment(),
        )
        token = token_of(apart)
        with (
            apart.running("web", "--port", "0") as server,
            apart.running("scheduler", says="is running") as scheduler,
        ):
            there = next(line for line in scheduler.said if "/metrics" in line).split()[-1].removesuffix("/metrics")
            ask = Client(server.address, token)
            account = next(a for a in sandbox.credentials() if a.pop("network") == "linkedin")
            connect = {"network": "linkedin", "name": account.pop("name"), "credentials": account, "verify": True}
            channel = ask("POST", "/channels", connect)["id"]
            soon = datetime.now(UTC) + timedelta(seconds=1)
            body: dict[str, Any] = {"text": "Geheime Neuheit", "channels": [channel], "approved": True}
            post = ask("POST", "/posts", {**body, "publish_at": soon.isoformat()})["id"]
            ask("POST", "/posts", {**body, "publish_at": (soon + timedelta(hours=1)).isoformat()})
            eventually(lambda: ask("GET", f"/posts/{post}")["status"] == "published")
            noted = ("sendeplan_attempts_total", (("network", "linkedin"), ("outcome", "published")))
            seen = eventually(lambda: next((s for s in [scrape(there)] if noted in s), None))

            assert value(seen, "sendeplan_deliveries", state="published") == 1
            assert value(seen, "sendeplan_deliveries_ahead") == 1
            assert value(seen, "sendeplan_deliveries_due") == 0
            assert value(seen, "sendeplan_attempts_total", network="linkedin", outcome="published") == 1
            assert value(seen, "sendeplan_delivery_lateness_seconds_count", network="linkedin") == 1
            assert value(seen, "sendeplan_network_call_seconds_count", network="linkedin", operation="publish") == 1
            assert (value(seen, "sendeplan_heartbeat_age_seconds", role="scheduler") or 0) < PATIENCE
            assert (value(seen, "process_resident_memory_bytes") or 0) > 10_000_000
            pages = scrape(server.address, Authorization="Bearer watch-me")
            assert value(pages, "sendeplan_deliveries", state="published") == 1
            assert value(pages, "sendeplan_network_call_seconds_count", network="linkedin", operation="verify") == 1
            assert value(pages, "sendeplan_attempts_total", network="linkedin", outcome="published") is None

            for address, checks in ((there, {"scheduler"}), (server.address, set())):
                ready = requests.get(address + "/readyz", timeout=PATIENCE)
                assert (ready.status_code, ready.json()["status"]) == (200, "ready"), ready.text
                assert ready.json()["checks"].keys() == {"database", "schema", "keys", "media"} | checks
                assert requests.get(address + "/healthz", timeout=PATIENCE).json() == {"status": "ok"}
                raw = requests.get(address + "/metrics", timeout=PATIENCE).text
                assert "Geheime" not in raw
                assert "channel=" not in raw, "nothing is throttled, nothing ends: no channel is named"
                for wrong in ({"Authorization": "Bearer nonsense"}, {"X-Forwarded-For": "203.0.113.7"}):
                    refused = requests.get(address + "/metrics", headers=wrong, timeout=PATIENCE)
                    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
            assert requests.get(there + "/elsewhere", timeout=PATIENCE).status_code == 404
            assert (scheduler.stop(), server.stop()) == (0, 0)
