"""A live post by the API: looked at, edited, taken over, taken down."""

from __future__ import annotations

from planner.bootstrap import Platform
from publishers.sandbox import Sandbox
from tests.support.api import Script, made, problem
from tests.support.clock import FakeClock
from tests.support.factories import Company
from tests.web.api.conftest import ScriptOf
from tests.web.api.test_deliveries import SOON, connect, schedule, send_due


def test_a_live_post_is_looked_at_edited_and_taken_down(
    admin: Script, script_of: ScriptOf, company: Company, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    post = schedule(admin, connect(admin, sandbox, "facebook"), connect(admin, sandbox, "twitter"))
    clock.set(SOON)
    send_due(platform)
    found = {d["network"]: d for d in made(admin.get(f"/posts/{post['id']}"))["deliveries"]}
    facebook, twitter = (f"/deliveries/{found[key]['id']}" for key in ("facebook", "twitter"))

    before = made(admin.get(f"{facebook}/remote"))
    assert (before["text"], before["looked_at"], before["can_edit"]) == (None, None, True)
    seen = made(admin.post(f"{facebook}/look"))
    assert (seen["text"], seen["expected"], seen["differs"]) == ("Neu im Werk Süd", "Neu im Werk Süd", False)

    reader = script_of(company.rita)
    assert made(reader.get(f"{facebook}/remote"))["text"] == "Neu im Werk Süd"
    assert problem(reader.patch(f"{facebook}/remote", {"text": "Anders"}), 403)["code"] == "forbidden_edit"

    edited = made(admin.patch(f"{facebook}/remote", {"text": "Neu im Werk Nord"}))
    assert (edited["text"], edited["differs"]) == ("Neu im Werk Nord", False)
    assert [p["text"] for p in sandbox.posts("facebook")] == ["Neu im Werk Nord"]
    assert problem(admin.patch(f"{twitter}/remote", {"text": "Anders"}), 409)["code"] == "cannot_edit"
    assert problem(admin.post(f"{facebook}/takeover"), 409)["code"] == "nothing_to_take_over"

    gone = made(admin.delete(f"{twitter}/remote"))
    assert (gone["removed_at"], bool(gone["removed_by"]), gone["can_look"]) == (SOON, True, False)
    assert [p["deleted"] for p in sandbox.posts("twitter")] == [True]
    assert problem(admin.delete(f"{twitter}/remote"), 409)["code"] == "removed_already"
    after = {d["network"]: d for d in made(admin.get(f"/posts/{post['id']}"))["deliveries"]}
    assert (after["twitter"]["status"], after["twitter"]["removed_at"]) == ("published", SOON)
    assert after["facebook"]["removed_at"] is None


def test_what_follows_a_post_is_managed_by_the_same_calls_and_a_thread_is_taken_down_from_its_end(
    admin: Script, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    x, page = connect(admin, sandbox, "twitter"), connect(admin, sandbox, "facebook")
    post = schedule(admin, x, page, thread=[{"text": "Zwei"}, {"text": "Drei"}], first_comment="Mehr dazu")
    clock.set(SOON)
    send_due(platform)
    found = {d["network"]: d for d in made(admin.get(f"/posts/{post['id']}"))["deliveries"]}
    (comment,), (second, third) = found["facebook"]["steps"], found["twitter"]["steps"]
    assert (second["cost_usd"], comment["cost_usd"], comment["removed_at"]) == (0.015, None, None)

    comment_path = f"/deliveries/{comment['id']}/remote"
    edited = made(admin.patch(comment_path, {"text": "Mehr dazu hier"}))
    assert (edited["text"], edited["differs"], edited["can_remove"]) == ("Mehr dazu hier", False, True)
    root = made(admin.get(f"/deliveries/{found['facebook']['id']}/remote"))
    assert (root["under_goes"], root["under_stays"], root["under_waits"]) == (1, 0, 0)
    assert made(admin.delete(comment_path))["removed_at"] == SOON

    thread = f"/deliveries/{found['twitter']['id']}"
    assert made(admin.get(f"{thread}/remote"))["under_stays"] == 2
    sandbox.faults.add("missing_permission", "twitter", "delete", count=1)
    items = made(admin.delete(f"{thread}/thread"))["items"]
    assert [(i["delivery"], i["part"], i["removed"], i["code"]) for i in items] == [
        (third["id"], 3, False, "network_refused"),
        (second["id"], 2, True, None),
        (found["twitter"]["id"], 1, True, None),
    ]
    assert items[0]["message"]
    assert problem(admin.delete(f"{thread}/thread"), 409)["code"] == "removed_already"
