"""The workspace's zone, and the times that another clock asks about, by the API."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from planner.bootstrap import Platform
from planner.models import Channel, Workspace
from tests.support.api import Script, fields, made, problem
from tests.support.clock import FakeClock
from tests.support.zone_files import write_zone, zones_in

LONDON = "Europe/London"
TOWN, HOUR = "Europe/Teststadt", 3600


def plan(admin: Script, channel: Channel, at: str) -> str:
    body = {"text": at, "channels": [str(channel.id)], "publish_at": at, "approved": True}
    delivery: str = made(admin.post("/posts", body))["deliveries"][0]["id"]
    return delivery


def test_another_zone_shows_what_it_does_asks_what_posts_keep_and_is_taken_back(
    admin: Script, editor: Script, channel: Channel
) -> None:
    one, two = (plan(admin, channel, f"2026-03-{day}T08:00:00Z") for day in (20, 21))
    queued = made(admin.post("/posts", {"text": "Hallo", "channels": [str(channel.id)], "queue": True}))
    slotted = queued["deliveries"][0]

    seen = made(editor.get(f"/workspace/zone?zone={LONDON}"))
    assert [(t["delivery"], t["wall_time"], t["shown"], t["by_clock"]) for t in seen["items"]] == [
        (one, "2026-03-20T09:00", "2026-03-20T08:00", "2026-03-20T09:00:00Z"),
        (two, "2026-03-21T09:00", "2026-03-21T08:00", "2026-03-21T09:00:00Z"),
    ]
    assert [(m["delivery"], m["publish_at"]) for m in seen["queued"]] == [(slotted["id"], slotted["publish_at"])]
    assert fields(problem(admin.put("/workspace/zone", {"zone": "Mars/Base"}), 422)) == {"zone": "zone_unknown"}
    assert fields(problem(admin.put("/workspace/zone", {"zone": LONDON}), 422)) == {"keep": "keep_missing"}
    problem(editor.put("/workspace/zone", {"zone": LONDON, "keep": "clock"}), 403)

    wanted = {"zone": LONDON, "keep": "clock", "exceptions": {two: "moment"}}
    change = made(admin.put("/workspace/zone", wanted))
    assert (change["queued"], change["by_clock"], change["by_moment"]) == (1, 1, 1)
    assert made(admin.get("/workspace"))["zone"] == LONDON
    times = [made(admin.get(f"/deliveries/{i}"))["publish_at"] for i in (one, two)]
    assert times == ["2026-03-20T09:00:00Z", "2026-03-21T08:00:00Z"]
    assert made(admin.put("/workspace/zone", wanted))["id"] is None, "nothing is left to change"

    back = made(admin.delete(f"/workspace/zone/changes/{change['id']}"))
    assert sorted(back["restored"]) == sorted([one, two, slotted["id"]])
    assert made(admin.get("/workspace"))["zone"] == "Europe/Berlin"
    assert made(admin.get(f"/deliveries/{one}"))["publish_at"] == "2026-03-20T08:00:00Z"


def test_what_new_rules_ask_is_seen_decided_and_taken_back(
    admin: Script, editor: Script, channel: Channel, platform: Platform, tmp_path: Path, clock: FakeClock
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write_zone(old, TOWN, HOUR, (datetime(2026, 3, 29, 1, tzinfo=UTC), 2 * HOUR))
    write_zone(new, TOWN, HOUR)
    with zones_in(old, "2026a"):
        with platform.database.write() as session:
            session.get_one(Workspace, channel.workspace_id).zone = TOWN
        delivery = plan(admin, channel, "2026-04-01T13:00:00Z")
        assert made(editor.get("/times")) == {"items": [], "next": None}
        assert problem(editor.post("/times/decisions", {"keep": "clock"}), 409)["code"] == "no_times_to_decide"
    with zones_in(new, "2026b"):
        (asked,) = made(editor.get("/times"))["items"]
        assert (asked["delivery"], asked["wall_time"], asked["shown"], asked["suggestion"]) == (
            delivery,
            "2026-04-01T15:00",
            "2026-04-01T14:00",
            "clock",
        )
        decision = made(editor.post("/times/decisions", {"exceptions": {delivery: "clock"}}))
        assert made(admin.get(f"/deliveries/{delivery}"))["publish_at"] == "2026-04-01T14:00:00Z"
        back = made(editor.delete(f"/times/decisions/{decision['id']}"))
        assert back == {"restored": [delivery], "left": []}
        clock.set("2026-04-01T13:30:00Z")
        assert made(editor.get("/times"))["items"] == [], "what is past asks nothing"
