"""From a post to a network and to figures, all by the API; and what a person decides in between."""

from __future__ import annotations

from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.services import metrics
from planner.services.publishing import claim, missed, send
from publishers.sandbox import Sandbox
from tests.support.api import Script, fields, made, problem
from tests.support.clock import FakeClock
from tests.web.api.test_channels import accounts

SOON = "2026-03-16T09:10:00Z"
NETWORKS = ("facebook", "twitter", "linkedin", "xing")


def send_due(platform: Platform) -> None:
    """What the scheduler does when the clock says so."""
    missed.sweep(platform)
    while (batch := claim.claim(platform, "test", 8)).claimed or batch.again:
        for work in batch.claimed:
            send.deliver(platform, work)


def connect(admin: Script, sandbox: Sandbox, network: str) -> str:
    key: str = made(admin.post("/channels", accounts(sandbox)[network]))["id"]
    return key


def schedule(admin: Script, *channels: str, **changes: Any) -> dict[str, Any]:
    body = {"text": "Neu im Werk Süd", "channels": list(channels), "publish_at": SOON, "approved": True}
    return made(admin.post("/posts", body | changes))


def test_one_post_goes_to_all_four_networks_and_comes_back_with_figures(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    post = schedule(admin, *(connect(admin, sandbox, network) for network in NETWORKS))
    clock.set(SOON)
    send_due(platform)
    post = made(admin.get(f"/posts/{post['id']}"))
    assert post["status"] == "published"
    for delivery in post["deliveries"]:
        assert delivery["status"] == "published"
        assert delivery["remote_id"]
        if delivery["network"] != "xing":  # its answer to a new post names no address
            assert delivery["remote_url"].startswith("https://")
        assert delivery["published_at"] == SOON
        assert [p["text"] for p in sandbox.posts(delivery["network"])] == ["Neu im Werk Süd"]
        (attempt,) = made(admin.get(f"/deliveries/{delivery['id']}"))["attempts"]
        assert (attempt["number"], attempt["outcome"]) == (1, "published")
    clock.advance(hours=5)
    metrics.pull_due(platform)
    figures = {f["network"]: f for f in made(admin.get(f"/posts/{post['id']}/metrics"))["deliveries"]}
    assert set(figures) == set(NETWORKS)
    assert figures["facebook"]["as_of"] == "2026-03-16T14:10:00Z"
    assert figures["facebook"]["impressions"] > 0
    assert figures["xing"]["impressions"] is None, "a figure that the network does not give is missing, not 0"


def test_a_pause_holds_everything_and_a_release_lets_go_what_is_within_its_limit(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    channel = connect(admin, sandbox, "linkedin")
    in_time = schedule(admin, channel, publish_at="2026-03-16T12:00:00Z")["deliveries"][0]["id"]
    late = schedule(admin, channel, text="Zu spät")["deliveries"][0]["id"]
    assert made(admin.put("/pause", {"reason": "Unfall im Werk"})) == {
        "paused": True,
        "since": "2026-03-16T09:00:00Z",
        "reason": "Unfall im Werk",
        "by": "Skript",
    }
    clock.set("2026-03-16T12:30:00Z")
    send_due(platform)
    assert sandbox.posts() == []
    assert made(admin.get(f"/deliveries/{in_time}"))["held"] is True
    assert made(admin.delete("/pause"))["paused"] is False
    send_due(platform)
    assert made(admin.get(f"/deliveries/{in_time}"))["status"] == "published"
    assert made(admin.get(f"/deliveries/{late}"))["status"] == "missed"
    assert problem(admin.delete("/pause"), 409)["code"] == "not_paused"


def test_a_pause_wants_a_reason(admin: Script) -> None:
    assert fields(problem(admin.put("/pause", {}), 422)) == {"reason": "missing"}
    assert fields(problem(admin.put("/pause", {"reason": " "}), 422)) == {"reason": "reason_missing"}


@pytest.mark.parametrize(("body", "status"), [({}, "scheduled"), ({"publish_at": "2026-03-18T08:00:00Z"}, "scheduled")])
def test_a_missed_delivery_is_sent_after_all(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock, body: dict[str, Any], status: str
) -> None:
    delivery = schedule(admin, connect(admin, sandbox, "linkedin"))["deliveries"][0]["id"]
    clock.advance(hours=5)
    send_due(platform)
    assert made(admin.get(f"/deliveries/{delivery}"))["status"] == "missed"
    again = made(admin.post(f"/deliveries/{delivery}/retry", body))
    assert again["status"] == status
    clock.set(body.get("publish_at", "2026-03-16T14:00:01Z"))
    send_due(platform)
    assert made(admin.get(f"/deliveries/{delivery}"))["status"] == "published"


def test_a_rejected_post_says_why_in_the_networks_words_and_can_be_tried_again(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    sandbox.faults.add("rejected", "twitter", "publish", count=1)
    post = schedule(admin, connect(admin, sandbox, "twitter"))
    clock.set(SOON)
    send_due(platform)
    post = made(admin.get(f"/posts/{post['id']}"))
    assert post["status"] == "failed"
    error = post["deliveries"][0]["error"]
    assert error["code"]
    assert error["message"] == (
        "The network did not accept this content. Its own words say why; change that, and send again."
    )
    assert error["network_message"].startswith("The text of your post was refused")
    delivery = post["deliveries"][0]["id"]
    made(admin.post(f"/deliveries/{delivery}/retry"))
    send_due(platform)
    assert made(admin.get(f"/posts/{post['id']}"))["status"] == "published"


def test_a_person_says_that_it_is_live_and_where(admin: Script, platform: Platform, clock: FakeClock) -> None:
    channel = made(admin.post("/channels", {"network": "xing", "name": "Profil"}))["id"]
    delivery = schedule(admin, channel)["deliveries"][0]["id"]
    problem(admin.post(f"/deliveries/{delivery}/resolution", {"live": True}), 409)
    clock.set(SOON)
    send_due(platform)
    asked = made(admin.get(f"/deliveries/{delivery}"))
    assert (asked["status"], asked["error"]["code"]) == ("needs_person", "assisted")
    wrong = admin.post(f"/deliveries/{delivery}/resolution", {"live": True, "url": "xing"})
    assert fields(problem(wrong, 422)) == {"url": "link_invalid"}
    url = "https://www.xing.com/posts/1"
    done = made(admin.post(f"/deliveries/{delivery}/resolution", {"live": True, "url": url}))
    assert (done["status"], done["remote_url"]) == ("published", url)
    figures = made(admin.post(f"/deliveries/{delivery}/metrics", {"impressions": 120, "reactions": 4}))
    assert (figures["impressions"], figures["shares"], figures["source"]) == (120, None, "manual")


def test_a_person_says_that_it_is_not_live(admin: Script, platform: Platform, clock: FakeClock) -> None:
    channel = made(admin.post("/channels", {"network": "xing", "name": "Profil"}))["id"]
    first = schedule(admin, channel)["deliveries"][0]["id"]
    second = schedule(admin, channel, text="Zwei")["deliveries"][0]["id"]
    clock.set(SOON)
    send_due(platform)
    again = made(admin.post(f"/deliveries/{first}/resolution", {"live": False}))
    assert again["status"] == "scheduled"
    gone = made(admin.post(f"/deliveries/{second}/resolution", {"live": False, "cancel": True}))
    assert gone["status"] == "cancelled"
    both = admin.post(f"/deliveries/{first}/resolution", {"live": True, "cancel": True})
    assert fields(problem(both, 422)) == {"cancel": "live_and_cancel"}


def test_figures_that_the_network_gives_are_not_entered_by_hand(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    delivery = schedule(admin, connect(admin, sandbox, "linkedin"))["deliveries"][0]["id"]
    early = admin.post(f"/deliveries/{delivery}/metrics", {"clicks": 1})
    assert problem(early, 409)["code"] == "not_published"
    clock.set(SOON)
    send_due(platform)
    answer = admin.post(f"/deliveries/{delivery}/metrics", {"clicks": 1})
    assert problem(answer, 409)["code"] == "figures_come_from_network"


def test_one_channel_of_a_post_is_taken_out(admin: Script, sandbox: Sandbox) -> None:
    post = schedule(admin, connect(admin, sandbox, "linkedin"), connect(admin, sandbox, "facebook"))
    gone, stays = post["deliveries"]
    assert made(admin.post(f"/deliveries/{gone['id']}/cancellation"))["status"] == "cancelled"
    post = made(admin.get(f"/posts/{post['id']}"))
    assert {d["id"]: d["status"] for d in post["deliveries"]} == {gone["id"]: "cancelled", stays["id"]: "scheduled"}
    assert post["channels"] == [stays["channel"]]


def test_what_is_being_sent_cannot_be_changed(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    post = schedule(admin, connect(admin, sandbox, "linkedin"))
    clock.set(SOON)
    assert claim.claim(platform, "test", 8).claimed
    for answer in (
        admin.patch(f"/posts/{post['id']}", {"text": "Anders"}),
        admin.patch(f"/posts/{post['id']}", {"publish_at": "2026-03-20T09:00:00Z"}),
        admin.delete(f"/posts/{post['id']}"),
        admin.delete(f"/posts/{post['id']}/approval"),
        admin.post(f"/deliveries/{post['deliveries'][0]['id']}/cancellation"),
    ):
        assert problem(answer, 409)["code"] == "frozen"


def test_what_an_outage_left_is_decided_about_together_and_taken_back(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    channel = connect(admin, sandbox, "twitter")
    one, two, three = (schedule(admin, channel, text=f"Nr. {n}")["deliveries"][0]["id"] for n in range(3))
    clock.advance(hours=5)
    send_due(platform)

    listed = made(admin.get("/deliveries/missed"))["items"]
    assert [(d["id"], d["suggestion"], d["next_slot"]) for d in listed] == [(i, "now", None) for i in (one, two, three)]
    first = made(admin.get("/deliveries/missed?limit=2"))
    assert [d["id"] for d in first["items"]] == [one, two]
    rest = f"/deliveries/missed?cursor={first['next']}"
    assert [(d["id"], d["suggestion"]) for d in made(admin.get(rest))["items"]] == [(three, "now")]
    assert fields(problem(admin.get("/deliveries/missed?cursor=7"), 422)) == {"cursor": "cursor_invalid"}
    wanted = [
        {"delivery": one, "action": "now"},
        {"delivery": two, "action": "now"},
        {"delivery": three, "action": "drop"},
    ]
    decision = made(admin.post("/deliveries/resolutions", {"resolutions": wanted, "spacing_minutes": 30}))
    assert [(d["id"], d["status"], d["publish_at"]) for d in decision["items"][:2]] == [
        (one, "scheduled", "2026-03-16T14:00:00Z"),
        (two, "scheduled", "2026-03-16T14:30:00Z"),
    ]
    assert decision["items"][2]["status"] == "cancelled"
    assert made(admin.get(rest)) == {"items": [], "next": None}, "what was decided about brings nothing back"
    again = problem(admin.post("/deliveries/resolutions", {"resolutions": wanted[2:]}), 422)
    assert fields(again) == {"resolutions.0.delivery": "cannot_decide"}
    send_due(platform)

    undone = made(admin.delete(f"/deliveries/resolutions/{decision['id']}"))

    assert undone == {"missed": [two, three], "left": [one]}
    assert [d["id"] for d in made(admin.get("/deliveries/missed"))["items"]] == [two, three]
    assert [p["text"] for p in sandbox.posts("twitter")] == ["Nr. 0"]
