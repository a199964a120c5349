"""Webhooks: each event is told once, signed, to public addresses only, and as long as there is hope."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.outbox import OutboxState
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Webhook, WebhookCall
from planner.security import outgoing
from planner.services import webhooks
from planner.services.connections import ChannelAccess
from planner.services.errors import Conflict, Forbidden, Invalid
from planner.services.posts import When
from planner.services.publishing import channel_effects, decide, missed
from planner.services.publishing.moves import Ref
from planner.services.webhooks import EVENTS, WebhookInput
from tests.publishers.raw import RawServer, Received, Reply, closed_port
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_platform, make_post


@pytest.fixture
def receiver() -> Iterator[RawServer]:
    with RawServer(Reply(204)) as server:
        yield server


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Platform]:
    platform = make_platform(tmp_path / "instance", database_url, clock, webhook_private_addresses=True)
    yield platform
    platform.close()


@pytest.fixture
def database_url(any_url: str) -> str:
    return any_url


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    sealed = platform.vault.seal({"author": "urn:li:organization:1", "access_token": "x"})
    return make_channel(platform.database, company, platform.clock.now(), name="Seite", credentials=sealed)


def listen(platform: Platform, company: Company, url: str, *events: str) -> tuple[Webhook, str]:
    with platform.database.write() as session:
        wanted = WebhookInput(url + "/hier?x=1", events or EVENTS)
        return webhooks.create(session, company.alice, platform, wanted, now=platform.clock.now())


def miss_one(platform: Platform, company: Company, channel: Channel) -> Delivery:
    """A post that misses its time."""
    when = When(at=platform.clock.now() + timedelta(hours=1))
    post = make_post(platform, company.bob, [channel], when, text="Neue Fräse.", approve=True)
    with platform.database.write() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.post_id == post.id)).one()
        missed.miss(session, Ref.of(delivery), DeliveryState.SCHEDULED, platform.clock.now())
    return delivery


def calls(platform: Platform) -> list[WebhookCall]:
    with platform.database.read() as session:
        return list(session.scalars(select(WebhookCall).order_by(WebhookCall.id)))


def is_genuine(secret: str, received: Received, now: float) -> bool:
    """As docs/user/webhooks.md tells receivers to do it."""
    key, timestamp = received.headers["webhook-id"], received.headers["webhook-timestamp"]
    if abs(now - int(timestamp)) > 300:
        return False
    secret_bytes = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{key}.{timestamp}.".encode() + received.body
    expected = base64.b64encode(hmac.new(secret_bytes, signed, hashlib.sha256).digest()).decode()
    given = [part.partition(",")[2] for part in received.headers["webhook-signature"].split()]
    return any(hmac.compare_digest(expected, one) for one in given)


def test_for_a_day_after_it_was_renewed_the_former_secret_signs_as_well(
    platform: Platform, company: Company, receiver: RawServer, clock: FakeClock
) -> None:
    hook, secret = listen(platform, company, receiver.url)
    with platform.database.write() as session:
        renewed = webhooks.renew_secret(session, company.alice, platform, hook.id, now=clock.now())
    for ahead, signing in ((timedelta(hours=23), (True, True)), (timedelta(hours=2), (True, False))):
        clock.advance(seconds=ahead.total_seconds())
        with platform.database.write() as session:
            webhooks.send_test(session, company.alice, hook.id, now=clock.now())
        assert webhooks.send_due(platform) == 1
        now, test = clock.now().timestamp(), receiver.last
        assert (is_genuine(renewed, test, now), is_genuine(secret, test, now)) == signing, "both for a day"


def test_what_happens_to_a_delivery_is_told_once_signed_and_as_the_api_speaks(
    platform: Platform, company: Company, channel: Channel, receiver: RawServer, clock: FakeClock
) -> None:
    _hook, secret = listen(platform, company, receiver.url)
    delivery = miss_one(platform, company, channel)
    assert webhooks.send_due(platform) == 1
    assert webhooks.send_due(platform) == 0
    (received,) = receiver.requests
    assert (received.method, received.path) == ("POST", "/hier?x=1")
    assert received.headers["content-type"] == "application/json"
    assert is_genuine(secret, received, clock.now().timestamp())
    assert not is_genuine(secret, replace(received, body=received.body + b" "), clock.now().timestamp())
    assert not is_genuine(secret, received, clock.now().timestamp() + 301), "an old call proves nothing"
    told: dict[str, Any] = received.json
    assert (told["type"], told["id"]) == ("delivery.missed", received.headers["webhook-id"])
    assert told["data"]["channel"] == {"id": str(channel.id), "network": "linkedin", "name": "Seite"}
    assert (told["data"]["id"], told["data"]["status"]) == (str(delivery.id), "missed")

    with platform.database.write() as session:
        decide.is_live(session, company.bob, delivery.id, "https://example.com/1", now=clock.now())
    webhooks.send_due(platform)
    assert (receiver.last.json["type"], receiver.last.json["data"]["remote_url"]) == (
        "delivery.published",
        "https://example.com/1",
    )
    assert [c.state for c in calls(platform)] == [OutboxState.SENT] * 2
    assert {c.status for c in calls(platform)} == {204}


def test_only_what_was_chosen_is_told_and_only_to_ones_own_workspace(
    platform: Platform, company: Company, channel: Channel, receiver: RawServer, clock: FakeClock
) -> None:
    listen(platform, company, receiver.url, "channel.reconnect")
    with platform.database.write() as session:
        foreign = WebhookInput(receiver.url, EVENTS)
        webhooks.create(session, company.oscar, platform, foreign, now=clock.now())
        off = WebhookInput(receiver.url, EVENTS, active=False)
        webhooks.create(session, company.alice, platform, off, now=clock.now())
    miss_one(platform, company, channel)
    assert calls(platform) == []
    with platform.database.write() as session:
        channel_effects.ask_to_reconnect(session, ChannelAccess.of(channel), clock.now(), "Token expired")
    (call,) = calls(platform)
    body = json.loads(call.body)
    assert (body["type"], body["data"]["reason"]) == ("channel.reconnect", "Token expired")


def test_what_is_not_taken_is_tried_again_for_a_day_and_can_be_sent_once_more(
    platform: Platform, company: Company, channel: Channel, receiver: RawServer, clock: FakeClock
) -> None:
    hook, _secret = listen(platform, company, receiver.url)
    miss_one(platform, company, channel)
    start = clock.now()
    receiver.answer = Reply(503, headers={"Retry-After": "1200"})
    webhooks.send_due(platform)
    assert calls(platform)[0].due_at == start + timedelta(minutes=20), "it says for how long"
    receiver.answer = Reply(500)
    while calls(platform)[0].state is OutboxState.WAITING:
        clock.set(calls(platform)[0].due_at)
        webhooks.send_due(platform)
    (call,) = calls(platform)
    assert (call.state, call.status, call.error_code) == (OutboxState.GIVEN_UP, 500, "webhook_status")
    assert timedelta(hours=22) < clock.now() - start <= timedelta(days=1)
    assert len({r.headers["webhook-id"] for r in receiver.requests}) == 1, "the receiver can tell a repetition"
    assert len({r.headers["webhook-timestamp"] for r in receiver.requests}) == len(receiver.requests)
    receiver.answer = Reply(200)
    with platform.database.write() as session:
        webhooks.send_again(session, company.alice, hook.id, call.id, now=clock.now())
    assert webhooks.send_due(platform) == 1
    with pytest.raises(Conflict), platform.database.write() as session:
        webhooks.send_again(session, company.alice, hook.id, call.id, now=clock.now())


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(302, headers={"Location": "http://127.0.0.1:1/other"}), "webhook_redirects"),
        (Reply(raw=b"HTTP/1.1 nonsense\r\n\r\n"), "webhook_away"),
        (Reply(hang=True), "webhook_silent"),
    ],
)
def test_why_a_call_failed_is_noted(
    platform: Platform, company: Company, receiver: RawServer, reply: Reply, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.services.webhooks.calling.TIMEOUT_SECONDS", 0.3)
    receiver.answer = reply
    hook, _secret = listen(platform, company, receiver.url)
    with platform.database.write() as session:
        webhooks.send_test(session, company.alice, hook.id, now=platform.clock.now())
    assert webhooks.send_due(platform) == 0
    assert calls(platform)[0].error_code == code
    assert len(receiver.requests) == 1, "a redirect is not followed"


def test_a_receiver_that_is_gone_does_not_keep_another_waiting(
    platform: Platform, company: Company, channel: Channel, receiver: RawServer
) -> None:
    with closed_port() as gone:
        listen(platform, company, gone)
    listen(platform, company, receiver.url)
    miss_one(platform, company, channel)
    assert webhooks.send_due(platform) == 1
    assert {c.error_code for c in calls(platform)} == {"webhook_away", None}


def test_a_name_that_leads_into_the_own_network_is_not_called(
    platform: Platform, company: Company, receiver: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(platform, company, receiver.url.replace("http://127.0.0.1", "https://harmless.example"))
    found = socket.getaddrinfo("127.0.0.1", int(receiver.url.rpartition(":")[2]), type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    with platform.database.write() as session:
        webhooks.send_test(session, company.alice, 1, now=platform.clock.now())
    guarded = replace(platform, settings=replace(platform.settings, webhook_private_addresses=False))
    assert webhooks.send_due(guarded) == 0
    assert calls(platform)[0].error_code == "webhook_url_private"
    assert receiver.connections == 0


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://hook.example/x", "webhook_url_invalid"),
        ("https://", "webhook_url_invalid"),
        ("https://hook.example/a b", "webhook_url_invalid"),
        ("https://me:secret@hook.example/", "webhook_url_password"),
        ("http://hook.example/", "webhook_url_not_https"),
        ("https://localhost/", "webhook_url_private"),
        ("https://intranet/", "webhook_url_private"),
        ("https://10.1.2.3/", "webhook_url_private"),
        ("https://[::ffff:169.254.169.254]/latest", "webhook_url_private"),
        ("https://[64:ff9b::7f00:1]/", "webhook_url_private"),
    ],
)
def test_an_address_that_must_not_be_called_is_refused_when_it_is_entered(
    platform: Platform, company: Company, url: str, code: str
) -> None:
    guarded = replace(platform, settings=replace(platform.settings, webhook_private_addresses=False))
    with pytest.raises(Invalid) as refused, platform.database.write() as session:
        webhooks.create(session, company.alice, guarded, WebhookInput(url, EVENTS), now=platform.clock.now())
    assert [(e.field, e.code) for e in refused.value.errors] == [("url", code)]
    assert outgoing.problem_of("https://hook.example:8443/x?y=1") is None


def test_webhooks_are_an_admins_and_their_secret_is_sealed(platform: Platform, company: Company) -> None:
    hook, secret = listen(platform, company, "https://hook.example")
    for actor in (company.bob, company.charlie, company.rita):
        with pytest.raises(Forbidden), platform.database.write() as session:
            webhooks.get(session, actor, hook.id)
    with platform.database.read() as session:
        stored = session.get_one(Webhook, hook.id).secret
    assert secret not in stored
    assert platform.vault.open(stored) == {"secret": secret}
    with pytest.raises(Invalid) as refused, platform.database.write() as session:
        webhooks.create(
            session,
            company.alice,
            platform,
            WebhookInput("https://x.example", ("sun.rises",)),
            now=platform.clock.now(),
        )
    assert refused.value.errors[0].field == "events"
