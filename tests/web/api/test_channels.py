"""Channels by the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.models import Channel
from planner.services import limits
from planner.services.connections import ChannelAccess
from planner.services.metrics import pull_channels
from publishers.limits import Calls, Scope, spent
from publishers.sandbox import Sandbox
from tests.support.api import Script, fields, made, problem
from tests.support.clock import FakeClock
from tests.support.databases import on_one_kind
from tests.support.factories import Company
from tests.web.api.conftest import ScriptOf


def accounts(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    """What a script would send to connect each of the sandbox's accounts."""
    given = {}
    for entry in sandbox.credentials():
        network, name = entry.pop("network"), entry.pop("name")
        given[network] = {"network": network, "name": name, "credentials": {k: v for k, v in entry.items() if v}}
    return given


@pytest.mark.parametrize("network", ["facebook", "twitter", "linkedin", "xing"])
def test_the_network_is_asked_whose_account_it_is(admin: Script, sandbox: Sandbox, network: str) -> None:
    body = accounts(sandbox)[network] | {"verify": True}
    channel = made(admin.post("/channels", body))
    assert channel["health"] == "ok"
    assert channel["account"]
    assert channel["verified_at"]
    assert made(admin.get(f"/channels/{channel['id']}")) == channel


def test_without_a_name_the_account_gives_its_own(admin: Script, sandbox: Sandbox) -> None:
    body = accounts(sandbox)["facebook"]
    channel = made(admin.post("/channels", {"network": "facebook", "credentials": body["credentials"], "verify": True}))
    assert channel["name"] == body["name"]


@on_one_kind
def test_a_connection_is_checked_at_once_and_what_the_network_says_is_kept(
    admin: Script, editor: Script, sandbox: Sandbox
) -> None:
    channel = made(admin.post("/channels", accounts(sandbox)["facebook"]))
    assert channel["missing_permissions"] is None
    path = f"/channels/{channel['id']}/check"
    problem(editor.post(path), 403)
    checked = made(admin.post(path))
    assert (checked["outcome"], checked["account"]) == ("fine", "Brandt Maschinenbau")
    sandbox.faults.add("reset", "facebook", None, count=1)
    assert made(admin.post(path))["outcome"] == "unreachable"
    sandbox.world.directory.void("facebook", "EAABsandboxBrandtPage")
    ended = made(admin.post(path))
    assert (ended["outcome"], ended["holds"]) == ("ended", True)
    assert made(admin.get(f"/channels/{channel['id']}"))["health"] == "reconnect"
    by_hand = made(admin.post("/channels", {"network": "xing"}))
    assert problem(admin.post(f"/channels/{by_hand['id']}/check"), 409)["code"] == "no_connection"


@on_one_kind
def test_a_broken_token_is_told_in_the_networks_own_words_and_nothing_is_kept(admin: Script, sandbox: Sandbox) -> None:
    body = accounts(sandbox)["twitter"]
    body["credentials"]["access_token"] = "abgelaufen"
    answer = problem(admin.post("/channels", body | {"verify": True}), 422)
    assert fields(answer) == {"credentials": "credentials_refused"}
    assert "Unauthorized" in answer["detail"]
    assert made(admin.get("/channels"))["items"] == []


def test_one_account_is_one_channel(admin: Script, sandbox: Sandbox) -> None:
    body = accounts(sandbox)["linkedin"]
    made(admin.post("/channels", body))
    assert problem(admin.post("/channels", body | {"name": "Noch einmal"}), 409)["code"] == "account_connected"


@on_one_kind
@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"network": "myspace"}, {"network": "network_unknown"}),
        (
            {"network": "facebook", "credentials": {"page": "1"}},
            {
                "credentials.page": "credential_unknown",
                "credentials.page_id": "credential_missing",
                "credentials.access_token": "credential_missing",
            },
        ),
        (
            {"network": "twitter", "credentials": {"access_token": " x", "user_id": "1", "expires_at": "bald"}},
            {"credentials.access_token": "credential_blanks", "credentials.expires_at": "credential_moment"},
        ),
    ],
)
def test_credentials_of_the_wrong_shape_are_named(admin: Script, body: dict[str, Any], found: dict[str, str]) -> None:
    assert fields(problem(admin.post("/channels", body), 422)) == found


def test_xing_without_credentials_is_published_on_by_hand(admin: Script) -> None:
    channel = made(admin.post("/channels", {"network": "xing", "name": "Profil", "credentials": {}}))
    assert channel["health"] == "assisted"
    assert channel["capabilities"]["assisted_only"]


def test_new_credentials_of_the_same_account_mend_a_channel(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    body = accounts(sandbox)["twitter"]
    channel = made(admin.post("/channels", body))
    with platform.database.write() as session:
        session.get_one(Channel, int(channel["id"])).reconnect_since = clock.now()
    assert made(admin.get(f"/channels/{channel['id']}"))["health"] == "reconnect"
    path = f"/channels/{channel['id']}/credentials"
    assert made(admin.put(path, {"credentials": body["credentials"], "verify": True}))["health"] == "ok"
    other = body["credentials"] | {"user_id": "1"}
    assert problem(admin.put(path, {"credentials": other}), 409)["code"] == "other_account"


def test_settings_change_one_by_one(admin: Script, channel: Channel) -> None:
    path = f"/channels/{channel.id}"
    assert made(admin.patch(path, {"rhythm_per_week": 3}))["rhythm_per_week"] == 3
    changed = made(admin.patch(path, {"name": "Neuer Name", "missed_after_seconds": 3600}))
    assert (changed["name"], changed["missed_after_seconds"], changed["rhythm_per_week"]) == ("Neuer Name", 3600, 3)
    assert made(admin.patch(path, {"rhythm_per_week": None}))["rhythm_per_week"] is None
    assert fields(problem(admin.patch(path, {"name": " "}), 422)) == {"name": "name_missing"}
    assert fields(problem(admin.patch(path, {"missed_after_seconds": 5}), 422)) == {
        "missed_after_seconds": "greater_than_equal"
    }


def test_slots_are_set_as_a_whole_and_tell_what_clock_changes_do(admin: Script, channel: Channel) -> None:
    category = made(admin.post("/categories", {"name": "Menschen"}))["id"]
    wanted = [{"weekday": 6, "time": "02:30", "category": None}, {"weekday": 0, "time": "09:00", "category": category}]
    answer = made(admin.put(f"/channels/{channel.id}/slots", {"slots": wanted}))
    assert [(s["weekday"], s["time"], s["category"]) for s in answer["slots"]] == [
        (0, "09:00", category),
        (6, "02:30", None),
    ]
    assert [(n["date"], n["note"], n["publish_at"]) for n in answer["notes"]] == [
        ("2026-03-29", "skipped", "2026-03-29T01:30:00Z"),
        ("2026-10-25", "repeated", "2026-10-25T00:30:00Z"),
    ]
    assert made(admin.get(f"/channels/{channel.id}"))["slots"] == answer["slots"]


def test_other_slots_move_the_queue(admin: Script, channel: Channel) -> None:
    post = made(admin.post("/posts", {"text": "Eins", "channels": [str(channel.id)], "queue": True, "approved": True}))
    delivery = post["deliveries"][0]
    answer = made(admin.put(f"/channels/{channel.id}/slots", {"slots": [{"weekday": 1, "time": "08:00"}]}))
    assert answer["moved"] == [delivery["id"]]
    assert made(admin.get(f"/deliveries/{delivery['id']}"))["publish_at"] == "2026-03-17T07:00:00Z"


@on_one_kind
def test_a_wrong_slot_is_named(admin: Script, channel: Channel) -> None:
    slots = [{"weekday": 1, "time": "08:00"}, {"weekday": 1, "time": "08:00"}, {"weekday": 2, "time": "9:00"}]
    path = f"/channels/{channel.id}/slots"
    assert fields(problem(admin.put(path, {"slots": slots}), 422)) == {"slots.2.time": "clock_invalid"}
    assert fields(problem(admin.put(path, {"slots": slots[:2]}), 422)) == {"slots.1.time": "slot_twice"}
    assert len(made(admin.get(f"/channels/{channel.id}"))["slots"]) == 2, "the former slots are still there"


def test_a_paused_channel_holds_its_deliveries(script_of: ScriptOf, company: Company, channel: Channel) -> None:
    editor, lead = script_of(company.charlie), script_of(company.bob)
    body = {"text": "Hallo", "channels": [str(channel.id)], "publish_at": "2026-03-17T09:00:00Z", "approved": True}
    delivery = made(lead.post("/posts", body))["deliveries"][0]["id"]
    paused = made(editor.put(f"/channels/{channel.id}/pause", {"reason": "Umbau"}))
    assert (paused["health"], paused["paused"]["reason"]) == ("paused", "Umbau")
    held = made(editor.get(f"/deliveries/{delivery}"))
    assert (held["status"], held["held"], held["waits_for"]) == ("scheduled", True, "channel_paused")
    assert problem(editor.delete(f"/channels/{channel.id}/pause"), 403)["code"] == "forbidden_release"
    assert made(lead.delete(f"/channels/{channel.id}/pause"))["paused"] is None
    assert made(editor.get(f"/deliveries/{delivery}"))["held"] is False


def test_a_limit_of_the_network_holds_the_deliveries_before_its_end_and_says_until_when(
    script_of: ScriptOf, company: Company, channel: Channel, platform: Platform
) -> None:
    lead = script_of(company.bob)
    ends, before, after = "2026-03-17T12:00:00Z", "2026-03-17T09:00:00Z", "2026-03-18T09:00:00Z"
    body = {"text": "Hallo", "channels": [str(channel.id)], "approved": True}
    soon, later = (
        made(lead.post("/posts", body | {"publish_at": at}))["deliveries"][0]["id"] for at in (before, after)
    )
    access = ChannelAccess.of(channel)
    with platform.database.write() as session:
        used_up = spent(Scope.APP, Calls.PUBLISH, "24hour", 27 * 3600.0)
        limits.note(session, "", access, [used_up], platform.clock.now())

    held = made(lead.get(f"/deliveries/{soon}"))
    assert (held["held"], held["waits_for"], held["held_until"]) == (True, "app_throttled", ends)
    free = made(lead.get(f"/deliveries/{later}"))
    assert (free["held"], free["waits_for"], free["held_until"]) == (False, None, None)
    assert made(lead.get(f"/channels/{channel.id}"))["limited_until"] == ends
    assert [c["limited_until"] for c in made(lead.get("/channels"))["items"]] == [ends]


def test_an_archived_channel_is_gone_and_its_account_may_be_connected_again(admin: Script, sandbox: Sandbox) -> None:
    body = accounts(sandbox)["linkedin"]
    channel = made(admin.post("/channels", body))
    assert admin.delete(f"/channels/{channel['id']}").status_code == 204
    problem(admin.get(f"/channels/{channel['id']}"), 404)
    assert made(admin.post("/channels", body))["id"] != channel["id"]


def test_channels_come_page_by_page(admin: Script) -> None:
    for number in range(3):
        made(admin.post("/channels", {"network": "xing", "name": f"Profil {number}"}))
    first = made(admin.get("/channels?limit=2"))
    second = made(admin.get(f"/channels?limit=2&cursor={first['next']}"))
    assert [c["name"] for c in first["items"] + second["items"]] == ["Profil 0", "Profil 1", "Profil 2"]
    assert second["next"] is None


def test_figures_of_the_whole_channel_come_day_by_day_with_what_is_missing(
    admin: Script, editor: Script, platform: Platform, sandbox: Sandbox, clock: FakeClock
) -> None:
    made_channels = {key: made(admin.post("/channels", accounts(sandbox)[key])) for key in ("facebook", "twitter")}
    pull_channels(platform)
    path = f"/channels/{made_channels['facebook']['id']}/figures"
    found = made(editor.get(path))
    assert len(found["items"]) == 30
    newest = found["items"][-1]
    assert newest["day"] == (clock.now() - timedelta(days=1)).date().isoformat()
    assert newest["impressions"] > 0
    assert newest["visitors"] is None
    assert newest["parts"].keys() == {"follows", "unfollows"}
    assert found["missing"] == [{"figure": "visitors", "reason": "not_given", "permissions": []}]
    assert found["totals"] == {"followers": 3120}
    few = made(editor.get(f"{path}?from={newest['day']}&to={newest['day']}"))
    assert few["items"] == [newest]
    assert problem(editor.get(f"{path}?from=2026-01-02&to=2026-01-01"), 422)["errors"][0]["field"] == "to"

    x = made(editor.get(f"/channels/{made_channels['twitter']['id']}/figures"))
    assert (x["items"], set(x["totals"])) == ([], {"followers", "posts", "listed"})
    assert len(x["missing"]) == 6
