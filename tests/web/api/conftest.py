"""The whole application on each kind of database, and scripts with tokens of every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from planner.bootstrap import Platform
from planner.models import Channel
from planner.services.actor import Actor
from publishers.sandbox import Sandbox
from tests.support import sandboxed
from tests.support.api import Script, made, make_token
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_answer, make_channel, make_media
from tests.support.web import app_around

ScriptOf = Callable[[Actor | None], Script]

sandbox = sandboxed.seeded


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    platform = sandboxed.wired(tmp_path / "instance", database_url, clock, sandbox)
    yield platform
    platform.close()


@pytest.fixture
def app(platform: Platform) -> Flask:
    return app_around(platform, testing=False)


@pytest.fixture
def script_of(app: Flask, platform: Platform) -> ScriptOf:
    """A script with a token of someone's workspace and role; of None, one without any token."""
    return lambda actor: Script(app, make_token(platform, actor) if actor else None)


@pytest.fixture
def admin(script_of: ScriptOf, company: Company) -> Script:
    return script_of(company.alice)


@pytest.fixture
def editor(script_of: ScriptOf, company: Company) -> Script:
    return script_of(company.charlie)


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    """A LinkedIn channel with a slot each Monday at 10:00 and Thursday at 16:00."""
    return make_channel(platform.database, company, platform.clock.now(), slots=[(0, "10:00"), (3, "16:00")])


@pytest.fixture
def ids(admin: Script, channel: Channel, platform: Platform, company: Company) -> dict[str, str]:
    """One of everything in the company, by the name of the parameter that asks for it."""
    post = made(admin.post("/posts", {"text": "Hallo", "channels": [str(channel.id)]}))
    answer = make_answer(platform.database, channel, platform.clock.now(), state="failed")
    goal = {"name": "Ziel", "metric": "reach", "target": 5, "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    webhook = {"url": "https://hook.example/sendeplan", "events": ["delivery.failed"]}
    return {
        "channel_id": str(channel.id),
        "post_id": post["id"],
        "delivery_id": post["deliveries"][0]["id"],
        "conversation_id": str(answer.conversation_id),
        "message_id": str(answer.message_id),
        "answer_id": str(answer.id),
        "media_id": str(make_media(platform, company.alice)),
        "topic_id": made(admin.post("/topics", {"title": "Messe"}))["id"],
        "campaign_id": made(admin.post("/campaigns", {"name": "Frühjahr"}))["id"],
        "goal_id": made(admin.post("/goals", goal))["id"],
        "audience_id": made(admin.post("/audiences", {"name": "Einkauf"}))["id"],
        "category_id": made(admin.post("/categories", {"name": "Menschen"}))["id"],
        "format_id": made(admin.post("/formats", {"name": "Freitagsbild"}))["id"],
        "webhook_id": made(admin.post("/webhooks", webhook))["id"],
        "period": "2026-W12",
        "week": "2026-W12",
        "resolution_id": "1",
        "plan_id": "1",
        "change_id": "1",
        "decision_id": "1",
    }
