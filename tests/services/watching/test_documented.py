"""What is documented for whoever watches is what is there, and all of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from planner.bootstrap import Platform
from planner.services import heartbeats
from planner.services.watching import Watch
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel

DOCS = Path(__file__).resolve().parents[3] / "docs" / "user"
PARTS = ("_total", "_bucket", "_count", "_sum")


def bare(name: str) -> str:
    return next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name)


def test_every_figure_is_documented_and_rules_and_dashboard_name_only_what_there_is(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    soon = clock.now() + timedelta(hours=1)
    make_channel(platform.database, company, clock.now(), throttled_until=soon, token_expires_at=soon)
    heartbeats.beat(platform, "scheduler", "me")
    counts = platform.counts
    counts.lateness.observe(0.2, "linkedin")
    counts.calls.observe(40.0, "linkedin", "publish")
    counts.calls.observe(90.0, "linkedin", "publish")
    counts.attempts.add("linkedin", "published")
    counts.errors.add("linkedin", "publish", "uncertain")
    counts.looks.add("linkedin", "found")
    text = Watch(platform).figures()[0].decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    ours = {bare(name) for name in families if name.startswith("sendeplan_")}
    assert all(family.samples for name, family in families.items() if name.startswith("sendeplan_"))
    calls = {s.labels["le"]: s.value for s in families["sendeplan_network_call_seconds"].samples if "le" in s.labels}
    assert (calls["30.0"], calls["60.0"], calls["+Inf"]) == (0, 1, 2)

    page = (DOCS / "monitoring.md").read_text(encoding="utf-8")
    described = {bare(name) for name in re.findall(r"^\| `(sendeplan_\w+)`", page, re.MULTILINE)}
    assert described == ours
    dashboard = json.loads((DOCS / "monitoring" / "grafana.json").read_text(encoding="utf-8"))
    asked = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    named = {bare(name) for name in re.findall(r"sendeplan_\w+", asked + page)}
    assert named <= ours
