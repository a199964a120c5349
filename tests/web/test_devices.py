"""The devices that show one's notices, on the account page."""

from __future__ import annotations

import base64
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from planner.bootstrap import Platform
from planner.models import PushMessage, PushSubscription, User
from planner.services import push
from tests.support.factories import Company
from tests.support.web import Browsing, ClientOf

POINT = (
    ec.derive_private_key(7, ec.SECP256R1())
    .public_key()
    .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
)
FIELDS = {
    "endpoint": "https://push.example/abc",
    "p256dh": base64.urlsafe_b64encode(POINT).decode(),
    "auth": base64.urlsafe_b64encode(bytes(16)).decode(),
}


def devices(platform: Platform) -> list[PushSubscription]:
    with platform.database.read() as session:
        return list(session.scalars(select(PushSubscription)))


def test_a_device_is_added_tested_and_removed_by_its_own_person_alone(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    charlie, bob = client_of(company.charlie), client_of(company.bob)
    assert "Auf diesem Gerät benachrichtigen" in charlie.get("/account").text
    assert charlie.send("/account/devices", **FIELDS).location.endswith("/account#devices")
    (device,) = devices(platform)
    page = charlie.get("/account").text
    assert f'data-device="{device.digest}"' in page
    assert device.digest not in bob.get("/account").text
    assert "push.example" not in page

    path = f"/account/devices/{device.id}"
    for other in (bob, client_of(company.oscar)):
        assert [other.send(f"{path}/{what}").status_code for what in ("test", "removal")] == [404, 404]
    assert charlie.send(f"{path}/test").status_code == 302
    with platform.database.read() as session:
        assert session.scalars(select(PushMessage)).one().notices == []
    assert charlie.send(f"{path}/removal").status_code == 302
    assert devices(platform) == []


def test_a_browser_that_is_reached_elsewhere_now_stays_the_device_it_is_and_only_for_who_turned_it_on(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    charlie, path = client_of(company.charlie), "/account/devices/renewal"
    assert charlie.get(path).status_code == 404, "this browser was not turned on"
    charlie.send("/account/devices", **FIELDS)
    assert charlie.send(f"/account/devices/{devices(platform)[0].id}/test").status_code == 302
    before, elsewhere = devices(platform)[0], {**FIELDS, "endpoint": "https://push.example/new"}

    def renew(fields: dict[str, str]) -> TestResponse:
        return charlie.ask_raw(path, json.dumps(fields).encode(), "application/json")

    charlie.token = ""  # a service worker has no page to take it from
    assert renew(elsewhere).status_code == 400
    asked = charlie.get(path).json or {}
    assert asked["key"] == push.public_key(platform)
    charlie.token = asked["token"]
    assert renew({**elsewhere, "endpoint": "https://10.0.0.1/"}).status_code == 422
    answer = renew(elsewhere)
    assert answer.status_code == 204
    assert {"HttpOnly", "SameSite=Lax"} <= set(answer.headers["Set-Cookie"].split("; "))
    (after,) = devices(platform)
    assert (after.id, after.digest == before.digest) == (before.id, False)
    with platform.database.read() as session:
        assert session.scalars(select(PushMessage)).one().subscription_id == after.id, "what waits comes along"
    assert f'<meta name="device" content="{after.digest}"' in charlie.get("/notices").text

    with platform.database.write() as session:
        session.delete(session.get_one(PushSubscription, after.id))  # its push service said that it is gone
    assert renew(FIELDS).status_code == 204
    assert [one.digest for one in devices(platform)] == [before.digest]

    charlie.get("/account")
    charlie.send("/sign-out")
    assert charlie.get(path).status_code == 404
    assert "Bitte melden Sie sich" not in charlie.get("/sign-in").text
    charlie.sign_in(company.bob)
    assert charlie.get(path).status_code == 404
    assert 'name="device"' not in charlie.get("/notices").text
    charlie.send("/sign-out")
    charlie.sign_in(company.charlie)
    assert charlie.get(path).status_code == 200
    charlie.send(f"/account/devices/{devices(platform)[0].id}/removal")
    assert charlie.get(path).status_code == 404


def test_what_a_browser_names_and_cannot_be_used_is_said_in_a_sentence(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    charlie = client_of(company.charlie)
    cases = {
        "endpoint": {"https://192.168.1.1/x": "nicht im öffentlichen Internet", "nonsense": "hat eine Adresse genannt"},
        "auth": {"x": "hat Schlüssel genannt"},
    }
    for field, wrong in cases.items():
        for value, said in wrong.items():
            assert said in charlie.send_and_follow("/account/devices", **{**FIELDS, field: value}).text
    assert devices(platform) == []


def test_each_chooses_what_the_devices_show_of_what_the_role_can_act_on(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    def offered(client: Browsing) -> list[bool]:
        page = client.get("/account").text
        return [f'id="push-{kind}"' in page for kind in ("delivery_assisted", "approval_asked")]

    charlie = client_of(company.charlie)
    assert offered(charlie) == [True, False]
    assert offered(client_of(company.bob)) == [True, True]
    assert offered(client_of(company.rita)) == [False, False]
    assert charlie.send("/account/devices/wishes", push=["delivery_assisted", "nonsense"]).status_code == 302
    with platform.database.read() as session:
        wishes = session.get_one(User, company.charlie.user_id).push_wishes
    assert (wishes["delivery_assisted"], wishes["delivery_failed"]) == (True, False)
    assert {"approval_asked", "nonsense"}.isdisjoint(wishes)


def test_the_service_worker_and_the_manifest_lie_at_the_root_and_keep_to_the_content_policy(app: Flask) -> None:
    worker, manifest = (app.test_client().get(path) for path in ("/sw.js", "/app.webmanifest"))
    assert (worker.mimetype, worker.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    assert worker.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "showNotification" in worker.text
    assert "caches" not in worker.text
    assert '"display":"standalone"' in manifest.text.replace(" ", "")
