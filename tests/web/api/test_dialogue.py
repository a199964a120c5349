"""A conversation by the API: heard, answered once however often it is asked for, assigned, hidden, liked."""

from __future__ import annotations

from planner.bootstrap import Platform
from planner.services import dialogue
from publishers.sandbox import Sandbox
from tests.support.api import Script, fields, made, problem
from tests.support.clock import FakeClock
from tests.support.factories import Company
from tests.web.api.conftest import ScriptOf
from tests.web.api.test_deliveries import SOON, connect, schedule, send_due


def test_a_remark_is_heard_and_answered_once_under_one_key(
    admin: Script, script_of: ScriptOf, company: Company, sandbox: Sandbox, platform: Platform, clock: FakeClock
) -> None:
    post = schedule(admin, connect(admin, sandbox, "facebook"))
    clock.set(SOON)
    send_due(platform)
    (delivery,) = made(admin.get(f"/posts/{post['id']}"))["deliveries"]
    comment = sandbox.comment("facebook", delivery["remote_id"], "Gibt es ein Datenblatt?", author="Eva Ruf")
    clock.advance(minutes=20)
    dialogue.hear_due(platform)

    reader = script_of(company.rita)
    (listed,) = made(reader.get(f"/conversations?post={post['id']}&state=open&kind=comment"))["items"]
    path = f"/conversations/{listed['id']}"
    detail = made(reader.get(path))
    (message,) = detail["messages"]
    assert (message["author"], message["text"], message["own"]) == ("Eva Ruf", "Gibt es ein Datenblatt?", False)
    assert detail["possible"] == {"answer": True, "hide": True, "like": True, "remove": True, "answer_limit": 8000}
    assert problem(reader.post(f"{path}/messages", {"text": "Ja."}), 403)["code"] == "forbidden_edit"
    assert fields(problem(admin.post(f"{path}/messages", {"text": " "}), 422)) == {"text": "answer_missing"}

    sandbox.faults.add("error", "facebook", "reply", accepted=True, count=1)
    body, key = {"text": "Ja, gern."}, {"Idempotency-Key": "once"}
    answer, again = (made(admin.post(f"{path}/messages", body, headers=key)) for _ in range(2))
    assert (answer["id"], answer["status"]) == (again["id"], "waiting")
    for _ in range(4):
        dialogue.send_due(platform)
        dialogue.check_due(platform)
        clock.advance(minutes=10)
    assert made(admin.get(f"/answers/{answer['id']}"))["status"] == "answered"
    assert [c["text"] for c in sandbox.comments("facebook", delivery["remote_id"]) if c["own"]] == ["Ja, gern."]
    after = made(admin.get(path))
    assert (after["state"], [m["own"] for m in after["messages"]], after["answers"]) == ("answered", [False, True], [])
    assert problem(admin.delete(f"/answers/{answer['id']}"), 409)["code"] == "answer_moved_on"

    assert made(admin.put(f"/messages/{message['id']}/hiding"))["hidden"]
    assert made(admin.put(f"/messages/{message['id']}/like"))["liked"]
    (shown,) = [c for c in sandbox.comments("facebook", delivery["remote_id"]) if c["id"] == comment]
    assert (shown["hidden"], shown["liked"]) == (True, True)
    assert not made(admin.delete(f"/messages/{message['id']}/hiding"))["hidden"]
    own = after["messages"][1]["id"]
    assert made(admin.delete(f"/messages/{own}"))["gone_at"]
    assert problem(admin.delete(f"/messages/{message['id']}"), 409)["code"] == "cannot_remove_message"
