"""Webhooks on the settings' pages, and alerts as a banner and a page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.outbox import OutboxState
from planner.models import Webhook, WebhookCall
from planner.services import alerts, heartbeats
from tests.support.clock import FakeClock
from tests.support.factories import Company
from tests.support.web import Browsing, ClientOf

URL = "https://intranet.example/hook"


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.alice)
    client.send("/language", language="en")
    return client


def add(alice: Browsing, url: str = URL, **fields: object) -> str:
    return alice.send("/settings/webhooks", url=url, **({"events": ["delivery.failed"]} | fields)).text


def hook(platform: Platform) -> Webhook:
    with platform.database.read() as session:
        return session.scalars(select(Webhook)).one()


def test_the_secret_is_shown_once_and_again_only_as_a_new_one(alice: Browsing, platform: Platform) -> None:
    shown = re.search(r'id="new-secret"[^>]*>(whsec_[^<]+)<', add(alice))
    assert shown is not None
    stored = hook(platform)
    path = f"/settings/webhooks/{stored.id}"
    assert "whsec_" not in alice.get(path).text
    renewed = re.search(r'id="new-secret"[^>]*>(whsec_[^<]+)<', alice.send(f"{path}/secret").text)
    assert renewed is not None
    assert renewed[1] != shown[1]
    assert platform.vault.open(hook(platform).secret) == {"secret": renewed[1]}


def test_bad_input_is_said_at_its_field_and_what_was_typed_stays(alice: Browsing, platform: Platform) -> None:
    answer = alice.send("/settings/webhooks", url="https://10.0.0.1/x", description="Intern")
    assert answer.status_code == 422
    assert 'id="field-url-error"' in answer.text
    assert 'id="field-events-error"' in answer.text
    assert 'value="https://10.0.0.1/x"' in answer.text
    assert 'value="Intern"' in answer.text
    add(alice)
    path = f"/settings/webhooks/{hook(platform).id}"
    assert alice.send(path, url="nonsense", events=["delivery.failed"]).status_code == 422
    assert hook(platform).url == URL


def test_a_webhook_is_changed_tried_and_deleted(alice: Browsing, platform: Platform) -> None:
    add(alice)
    path = f"/settings/webhooks/{hook(platform).id}"
    assert alice.send(path, url=URL, events=["alert.raised"], inactive="yes").status_code == 302
    assert (hook(platform).events, hook(platform).active) == (["alert.raised"], False)
    assert alice.send(f"{path}/test").status_code == 302
    with platform.database.write() as session:
        call = session.scalars(select(WebhookCall)).one()
        call.state, call.status, call.error_code = OutboxState.GIVEN_UP, 503, "webhook_status"
        call_id = call.id
    page = alice.get(path).text
    assert "<code>503</code>" in page
    assert "It answered with an error." in page
    assert "sent again" in alice.send_and_follow(f"{path}/calls/{call_id}/retry").text
    assert alice.send(f"{path}/deletion").status_code == 302
    with platform.database.read() as session:
        assert session.scalars(select(WebhookCall)).all() == []


def test_an_outsider_finds_no_webhook_of_ours(
    client_of: ClientOf, alice: Browsing, platform: Platform, company: Company
) -> None:
    add(alice)
    oscar, path = client_of(company.oscar), f"/settings/webhooks/{hook(platform).id}"
    assert oscar.get(path).status_code == 404
    for action in ("", "/secret", "/test", "/deletion", "/calls/1/retry"):
        fields = {"url": URL, "events": ["alert.raised"]}
        assert oscar.send(path + action, **fields).status_code in (302, 404), action
    assert hook(platform).events == ["delivery.failed"]


def test_admins_see_an_alert_on_every_page_until_it_is_over(
    client_of: ClientOf, alice: Browsing, platform: Platform, company: Company, clock: FakeClock
) -> None:
    heartbeats.beat(platform, "scheduler", "me")
    clock.advance(minutes=3)
    alerts.check(platform, watching_since=clock.now() - timedelta(hours=1))
    said = "The scheduler gives no sign of life"
    assert said in alice.get("/account").text
    page = alice.get("/alerts").text
    assert page.count(said) == 1, "the banner does not say it again above the page itself"
    assert '<a class="btn btn-sm" href="/settings/system">' in page
    assert said not in client_of(company.charlie).get("/account").text
    heartbeats.beat(platform, "scheduler", "me")
    alerts.check(platform)
    assert said not in alice.get("/account").text
    assert said in alice.get("/alerts").text, "it stays in the list of what was"
