"""Webhooks by the API."""

from __future__ import annotations

from planner.bootstrap import Platform
from planner.models import Webhook
from planner.services import webhooks
from tests.support.api import Script, fields, made, problem

URL = "https://hook.example/sendeplan"


def test_a_webhook_is_made_with_a_secret_that_is_given_once(admin: Script, platform: Platform) -> None:
    body = made(admin.post("/webhooks", {"url": URL, "events": ["alert.raised", "delivery.failed"]}))
    assert body["secret"].startswith("whsec_")
    assert body["events"] == ["delivery.failed", "alert.raised"]
    path = f"/webhooks/{body['id']}"
    for answer in (admin.get(path), admin.get("/webhooks"), admin.patch(path, {"description": "Intranet"})):
        made(answer)
        assert "whsec_" not in answer.text
    assert made(admin.get(path))["description"] == "Intranet"
    given = made(admin.put(f"{path}/secret"))
    renewed = given["secret"]
    assert given["former_until"] == made(admin.get(path))["former_until"] == "2026-03-17T09:00:00Z"
    with platform.database.read() as session:
        stored = session.get_one(Webhook, int(body["id"])).secret
    assert platform.vault.open(stored) == {"secret": renewed}
    assert renewed != body["secret"]


def test_bad_input_is_said_at_its_field(admin: Script) -> None:
    body = problem(admin.post("/webhooks", {"url": "https://127.0.0.1/", "events": ["alert.raised"]}), 422)
    assert fields(body) == {"url": "webhook_url_private"}
    assert problem(admin.post("/webhooks", {"url": URL, "events": []}), 422)["errors"][0]["field"] == "events"
    assert problem(admin.post("/webhooks", {"url": URL, "events": ["sun.rises"]}), 422)["errors"]


def test_its_calls_are_listed_and_go_with_it(admin: Script, platform: Platform) -> None:
    path = f"/webhooks/{made(admin.post('/webhooks', {'url': URL, 'events': ['alert.raised']}))['id']}"
    for _ in range(2):
        assert admin.post(f"{path}/test").status_code == 204
    page = made(admin.get(f"{path}/calls?limit=1"))
    (newest,) = page["items"]
    assert (newest["event"], newest["state"], newest["status"]) == ("webhook.test", "waiting", None)
    (oldest,) = made(admin.get(f"{path}/calls?limit=1&cursor={page['next']}"))["items"]
    assert int(oldest["id"]) < int(newest["id"])
    assert admin.delete(path).status_code == 204
    problem(admin.get(f"{path}/calls"), 404)
    assert webhooks.send_due(platform) == 0
