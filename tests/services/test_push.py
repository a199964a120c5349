"""Web push: what needs a hand reaches each device of a person, encrypted and vouched for, once."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.outbox import PUSHED, OutboxState
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery, Notice, PushIdentity, PushMessage, PushSubscription, User
from planner.security.webpush import Device
from planner.services import checkup, push
from planner.services.actor import Actor
from planner.services.errors import Conflict, Invalid, NotFound
from planner.services.posts import When
from planner.services.publishing import notices, pool
from planner.services.push.waiting import put
from tests.publishers.raw import RawServer, Received, Reply
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_platform, make_post


@pytest.fixture
def database_url(any_url: str) -> str:
    return any_url


@pytest.fixture
def platform(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Platform]:
    platform = make_platform(
        tmp_path / "instance",
        database_url,
        clock,
        push_private_addresses=True,
        public_url="https://plan.example",
    )
    yield platform
    platform.close()


class Phone:
    """A browser with keys of its own, reached at a real server that answers as ``replies`` say, 201 after them."""

    def __init__(self) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), bytes(range(16))
        self.replies: list[Reply] = []
        self.server = RawServer(lambda _received: self.replies.pop(0) if self.replies else Reply(201))

    def device(self, path: str = "/push/abc") -> Device:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return Device(self.server.url + path, encode(point), encode(self.auth))

    def read(self, received: Received) -> dict[str, str]:
        """What the browser shows: RFC 8291 with its own keys."""
        assert received.headers["content-encoding"] == "aes128gcm"
        content = http_ece.decrypt(received.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return json.loads(content)  # type: ignore[no-any-return]

    def shown(self) -> list[dict[str, str]]:
        return [self.read(one) for one in self.server.requests]


@pytest.fixture
def phone() -> Iterator[Phone]:
    phone = Phone()
    with phone.server:
        yield phone


def id_of(who: Actor) -> int:
    assert who.user_id is not None
    return who.user_id


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decode(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def turn_on(platform: Platform, who: Actor, device: Device) -> int:
    push.public_key(platform)
    with platform.database.write() as session:
        return push.subscribe(session, platform, id_of(who), device, "Firefox", now=platform.clock.now()).id


def make_due(platform: Platform, company: Company, clock: FakeClock) -> Delivery:
    """A post of Bob's whose time to be published by hand has come."""
    channel = make_channel(platform.database, company, clock.now(), "xing", name="Brandt")
    when = When(at=clock.now() + timedelta(minutes=1))
    make_post(platform, company.bob, [channel], when, text="Wir stellen ein.", approve=True)
    clock.advance(minutes=1)
    pool.run_due(platform, "test")
    with platform.database.read() as session:
        return session.scalars(select(Delivery)).one()


def tell(platform: Platform, company: Company, kind: str, *, subject: str = "workspace", subject_id: int = 1) -> None:
    with platform.database.write() as session:
        people, now = [id_of(company.bob)], platform.clock.now()
        notices.add(session, company.workspace.id, people, now, kind, subject, subject_id, {})


def send(platform: Platform) -> int:
    push.gather(platform)
    return push.send_due(platform)


def try_out(platform: Platform, company: Company, device: int) -> None:
    with platform.database.write() as session:
        push.try_out(session, id_of(company.bob), company.workspace.id, device, now=platform.clock.now())


def messages(platform: Platform) -> list[PushMessage]:
    with platform.database.read() as session:
        return list(session.scalars(select(PushMessage).order_by(PushMessage.id)))


def devices(platform: Platform, who: Actor) -> list[PushSubscription]:
    with platform.database.read() as session:
        return push.all_of(session, id_of(who))


def claims_of(received: Received) -> dict[str, Any]:
    """What the sender states, after its signature was checked as RFC 8292 wants it."""
    scheme, _, rest = received.headers["authorization"].partition(" ")
    token, key = (part.strip().partition("=")[2] for part in rest.split(","))
    signed, _, signature = token.rpartition(".")
    raw = decode(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    header, claims = (json.loads(decode(part)) for part in signed.split("."))
    assert (scheme, header["alg"], len(raw)) == ("vapid", "ES256", 64)
    return {**claims, "key": key}


def test_the_time_to_publish_by_hand_reaches_the_phone_once_readable_there_alone_and_vouched_for(
    platform: Platform, company: Company, phone: Phone, clock: FakeClock
) -> None:
    turn_on(platform, company.bob, phone.device())
    delivery = make_due(platform, company, clock)

    assert send(platform) == 1
    assert send(platform) == 0

    (received,) = phone.server.requests
    said = phone.read(received)
    assert (said["title"], said["url"]) == (
        "Zeit, auf Brandt von Hand zu veröffentlichen",
        f"/assisted/{delivery.id}",
    )
    assert "Wir stellen ein." in said["body"]
    assert b"stellen" not in received.body
    assert (received.path, received.headers["urgency"], received.headers["ttl"]) == ("/push/abc", "high", "14400")
    claims = claims_of(received)
    assert claims["aud"] == phone.server.url
    assert claims["sub"] == "https://plan.example"
    assert clock.now().timestamp() < claims["exp"] <= (clock.now() + timedelta(days=1)).timestamp()
    assert claims["key"] == push.public_key(platform), "what the browser subscribed with"
    with platform.database.read() as session:
        stored = session.scalars(select(PushSubscription)).one()
        identity = session.get_one(PushIdentity, 1)
    assert phone.server.url not in stored.sealed
    assert "PRIVATE" not in identity.private_key
    assert stored.last_success_at == clock.now()


def test_what_fails_for_now_comes_again_under_the_same_topic_and_a_device_that_is_gone_is_forgotten(
    platform: Platform, company: Company, phone: Phone, clock: FakeClock
) -> None:
    turn_on(platform, company.bob, phone.device())
    make_due(platform, company, clock)
    phone.replies = [Reply(429), Reply(503), Reply(201)]
    for ahead, taken, failures in ((0, 0, 1), (29, 0, 1), (1, 0, 2), (120, 1, 0), (3600, 0, 0)):
        clock.advance(seconds=ahead)
        assert send(platform) == taken
        assert devices(platform, company.bob)[0].failures == failures
    assert len({one.headers["topic"] for one in phone.server.requests}) == 1
    assert len({one["tag"] for one in phone.shown()}) == 1
    assert len(phone.server.requests) == 3

    device = devices(platform, company.bob)[0].id
    for status, there in ((403, 1), (410, 0)):
        phone.replies = [Reply(status)]
        try_out(platform, company, device)
        assert push.send_due(platform) == 0
        assert len(devices(platform, company.bob)) == there
    assert push.send_due(platform) == 0
    assert len(phone.server.requests) == 5, "a refusal is no reason to try again"


@pytest.mark.parametrize(("named", "waits"), [("seconds", 300), ("date", 900), ("for ever", 6 * 3600)])
def test_a_push_service_that_names_a_time_is_left_alone_until_then_for_this_device_alone(
    platform: Platform, company: Company, phone: Phone, clock: FakeClock, named: str, waits: int
) -> None:
    ahead = clock.now() + timedelta(hours=1)  # the service's own clock may differ from ours
    date = {"Retry-After": format_datetime(ahead + timedelta(seconds=900), usegmt=True)}
    said = {"seconds": {"Retry-After": "300"}, "date": date, "for ever": {"Retry-After": "99999999"}}[named]
    phone.replies = [Reply(429 if named == "seconds" else 503, headers={"Date": format_datetime(ahead, True), **said})]
    device, other = turn_on(platform, company.bob, phone.device()), Phone()

    try_out(platform, company, device)
    assert push.send_due(platform) == 0
    with platform.database.write() as session:
        for message in session.scalars(select(PushMessage)):
            message.expires_at = clock.now() + timedelta(hours=7)
    with other.server:
        laptop = turn_on(platform, company.bob, other.device())
        clock.advance(seconds=waits - 1)
        try_out(platform, company, device)
        try_out(platform, company, laptop)
        assert push.send_due(platform) == 1
        assert len(other.server.requests) == 1
    assert len(phone.server.requests) == 1, "neither what was put off nor what is new"
    clock.advance(seconds=1)
    assert push.send_due(platform) == 2
    assert push.send_due(platform) == 0


def test_what_is_refused_for_good_is_not_tried_again_and_the_operator_hears_of_it(
    platform: Platform, company: Company, phone: Phone, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    device = turn_on(platform, company.bob, phone.device())

    def found() -> dict[str, Any]:
        return {one.code: one for one in checkup.examine(platform, environ={}, patient=False) if one.area == "push"}

    assert found() == {}
    phone.replies = [Reply(413), Reply(401), Reply(403)]
    for _ in range(3):
        try_out(platform, company, device)
    assert push.send_due(platform) == 0
    clock.advance(hours=1)
    assert push.send_due(platform) == 0
    assert len(phone.server.requests) == 3
    assert "does not accept who sends" in caplog.text
    assert found()["push_given_up"].params == {"count": 1}
    unbelieved = found()["push_not_vouched"]
    assert (unbelieved.level, unbelieved.params) == ("problem", {"count": 2, "said": "403"})
    try_out(platform, company, device)
    assert push.send_due(platform) == 1
    assert found() == {}, "it is mended"


def test_the_address_of_a_device_is_checked_again_when_it_is_called(
    platform: Platform, company: Company, phone: Phone, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = phone.device()
    named = good.endpoint.replace("http://127.0.0.1", "https://harmless.example")
    here = socket.getaddrinfo("127.0.0.1", int(phone.server.url.rpartition(":")[2]), type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: here)
    for endpoint in (good.endpoint, named):  # one of a time when private addresses were allowed, one whose name moved
        device = turn_on(platform, company.bob, Device(endpoint, good.p256dh, good.auth))
        try_out(platform, company, device)
    guarded = replace(platform, settings=replace(platform.settings, push_private_addresses=False))
    assert push.send_due(guarded) == 0
    assert phone.server.connections == 0
    assert [one.error for one in messages(platform)] == ["webhook_url_not_https", "webhook_url_private"]


def test_nothing_is_pushed_that_nobody_wishes_that_is_settled_or_whose_time_is_over(
    platform: Platform, company: Company, phone: Phone, clock: FakeClock
) -> None:
    turn_on(platform, company.bob, phone.device())
    with platform.database.write() as session:
        push.choose(session, id_of(company.bob), ["delivery_assisted"], PUSHED)
    tell(platform, company, "channel_reconnect")  # not wished for
    tell(platform, company, "approved")  # nobody's phone rings for that
    clock.advance(minutes=3)
    assert push.gather(platform) == 0

    delivery = make_due(platform, company, clock)
    assert push.gather(platform) == 1
    with platform.database.write() as session:
        session.get_one(Delivery, delivery.id).state = DeliveryState.PUBLISHED  # meanwhile
    assert push.send_due(platform) == 0
    with platform.database.write() as session:
        session.get_one(Delivery, delivery.id).state = DeliveryState.NEEDS_PERSON
        for ahead in (-1, 1):
            ends = clock.now() + timedelta(seconds=ahead)
            device, about = push.all_of(session, id_of(company.bob))[0].id, [session.scalars(_NEWEST).one().id]
            put(session, device, company.workspace.id, about, clock.now(), ends)
    assert push.send_due(platform) == 1, "the one whose time is not over"
    assert [one.state for one in messages(platform)].count(OutboxState.NEEDLESS) == 2

    with platform.database.write() as session:
        session.get_one(User, id_of(company.bob)).active = False
    tell(platform, company, "delivery_assisted", subject="delivery", subject_id=delivery.id)
    assert push.gather(platform) == 0
    assert len(phone.server.requests) == 1


_NEWEST = select(Notice).where(Notice.kind == "delivery_assisted").order_by(Notice.id.desc()).limit(1)


def test_what_happens_together_comes_as_one_to_each_device_in_its_persons_language(
    platform: Platform, company: Company, phone: Phone, clock: FakeClock
) -> None:
    for path in ("/phone", "/laptop"):
        turn_on(platform, company.bob, phone.device(path))
    with platform.database.write() as session:
        session.get_one(User, id_of(company.bob)).language = "en"
    channel: Channel = make_channel(platform.database, company, clock.now(), name="Seite")
    with platform.database.write() as session:
        session.get_one(Channel, channel.id).reconnect_since = clock.now()
    for _ in range(3):
        tell(platform, company, "channel_reconnect", subject="channel", subject_id=channel.id)
    assert send(platform) == 0, "more may follow"
    clock.advance(minutes=2)
    assert send(platform) == 2
    assert {one.path for one in phone.server.requests} == {"/phone", "/laptop"}
    shown = phone.shown()[0]
    assert (shown["title"], shown["body"]) == ("3 notices for you", "Seite must be reconnected")
    assert shown["url"] == "/notices"
    assert phone.server.last.headers["urgency"] == "normal"


def test_only_a_public_encrypted_address_with_usable_keys_is_taken_and_a_browser_belongs_to_who_asked_last(
    platform: Platform, company: Company, phone: Phone, clock: FakeClock, tmp_path: Path, database_url: str
) -> None:
    good = phone.device()
    strict = make_platform(tmp_path / "instance", database_url, clock)
    cases = {
        "https://10.0.0.1/x": "push_url_private",
        "https://localhost/x": "push_url_private",
        "http://push.example/x": "push_url_invalid",
        "https://user:secret@push.example/x": "push_url_invalid",
        "": "push_url_invalid",
    }
    for address, code in cases.items():
        with pytest.raises(Invalid) as refused:
            turn_on(strict, company.bob, Device(address, good.p256dh, good.auth))
        assert [(e.field, e.code) for e in refused.value.errors] == [("endpoint", code)]
    strict.close()
    for p256dh, auth in ((good.p256dh[:-4], good.auth), (good.p256dh, "AAAA"), ("ä", "!"), ("", "")):
        with pytest.raises(Invalid) as refused:
            turn_on(platform, company.bob, Device(good.endpoint, p256dh, auth))
        assert [e.code for e in refused.value.errors] == ["push_keys_invalid"]

    first = turn_on(platform, company.bob, good)
    assert turn_on(platform, company.bob, good) == first, "the same browser again"
    turn_on(platform, company.charlie, good)
    assert devices(platform, company.bob) == []
    device = devices(platform, company.charlie)[0].id
    with platform.database.write() as session, pytest.raises(NotFound):
        push.remove(session, id_of(company.bob), device)
    for number in range(19):
        turn_on(platform, company.charlie, phone.device(f"/{number}"))
    with pytest.raises(Conflict, match="push_too_many"):
        turn_on(platform, company.charlie, phone.device("/one-more"))
    with platform.database.write() as session:
        session.delete(session.get_one(User, id_of(company.charlie)))
    assert devices(platform, company.charlie) == [], "they go with the person"
