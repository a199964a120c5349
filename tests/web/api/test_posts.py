"""Posts by the API: written, planned, changed, approved, found, deleted."""

from __future__ import annotations

from planner.bootstrap import Platform
from planner.models import Channel
from tests.support.api import Script, fields, made, problem
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_media
from tests.web.api.conftest import ScriptOf

TOMORROW = "2026-03-17T09:30:00+01:00"


def test_a_post_without_a_time_is_a_draft(admin: Script, channel: Channel) -> None:
    post = made(admin.post("/posts", {"text": "Hallo", "channels": [str(channel.id)]}))
    assert post["status"] == "draft"
    assert post["deliveries"][0] | {"id": "", "post": ""} == {
        "id": "",
        "post": "",
        "channel": str(channel.id),
        "network": "linkedin",
        "status": "draft",
        "held": False,
        "waits_for": None,
        "hold_reason": None,
        "held_until": None,
        "publish_at": None,
        "queued": False,
        "published_at": None,
        "remote_id": None,
        "remote_url": None,
        "error": None,
        "attempts_made": 0,
        "rehearsed": False,
        "removed_at": None,
        "taken_at": None,
        "taken_by": None,
        "parent": None,
        "progress": None,
        "steps": [],
        "cost_usd": None,
    }


def test_a_post_with_a_time_waits_for_approval_or_is_approved_at_once(admin: Script, channel: Channel) -> None:
    body = {"text": "Hallo", "channels": [str(channel.id)], "publish_at": TOMORROW}
    assert made(admin.post("/posts", body))["status"] == "in_approval"
    post = made(admin.post("/posts", body | {"text": "Guten Tag", "approved": True}))
    assert post["status"] == "scheduled"
    assert [d["publish_at"] for d in post["deliveries"]] == ["2026-03-17T08:30:00Z"]


def test_the_answer_to_a_new_post_says_where_it_is(admin: Script) -> None:
    answer = admin.post("/posts", {"text": "Hallo"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/posts/{answer.get_json()['id']}"
    assert admin.get(f"/posts/{answer.get_json()['id']}").get_json() == answer.get_json()


def test_an_editor_may_not_approve_what_they_write(script_of: ScriptOf, company: Company, channel: Channel) -> None:
    body = {"text": "Hallo", "channels": [str(channel.id)], "publish_at": TOMORROW, "approved": True}
    assert problem(script_of(company.charlie).post("/posts", body), 403)["code"] == "forbidden_approve"
    assert made(script_of(company.bob).get("/posts"))["items"] == []


def test_a_queued_post_takes_the_next_free_slot_and_shows_its_time(admin: Script, channel: Channel) -> None:
    body = {"text": "Eins", "channels": [str(channel.id)], "queue": True, "approved": True}
    first, second = made(admin.post("/posts", body)), made(admin.post("/posts", body | {"text": "Zwei"}))
    assert [p["deliveries"][0]["publish_at"] for p in (first, second)] == [
        "2026-03-19T15:00:00Z",
        "2026-03-23T09:00:00Z",
    ]
    assert first["deliveries"][0]["queued"]


def test_variants_and_media_come_back_as_they_were_given(
    admin: Script, channel: Channel, platform: Platform, company: Company
) -> None:
    image = str(make_media(platform, company.alice))
    body = {
        "text": "Für alle",
        "link": "https://brandt.example/neu",
        "media": [image],
        "channels": [str(channel.id)],
        "variants": {str(channel.id): {"text": "Nur hier", "media": [], "title": None, "first_comment": "Mehr"}},
        "tags": ["Messe"],
        "poll": {"question": "Was?", "options": ["Dies", "Das"], "hours": 48},
        "thread": [{"text": "Zwei", "media": [image]}, {"text": "Drei", "media": []}],
        "first_comment": "Mehr dazu",
        "languages": ["de"],
        "mentions": [{"name": "@Brandt", "network": "linkedin", "id": "urn:li:person:1"}],
        "card": image,
        "card_title": "Die neue Halle",
        "card_description": "Größer als zuvor",
    }
    post = made(admin.post("/posts", body))
    assert {name: post[name] for name in body} == body
    changed = admin.patch(f"/posts/{post['id']}", {"thread": [], "poll": None, "card": None}).get_json()
    assert (changed["card"], changed["card_title"]) == (None, "Die neue Halle")
    assert (changed["thread"], changed["poll"], changed["first_comment"]) == ([], None, "Mehr dazu")


def test_everything_wrong_with_a_post_is_said_at_once_and_nothing_is_written(admin: Script, channel: Channel) -> None:
    body = {
        "text": "x" * 5000,
        "link": "brandt",
        "channels": [str(channel.id), "999"],
        "media": ["777"],
        "topic": "5",
        "publish_at": "2020-01-01T00:00:00Z",
    }
    found = fields(problem(admin.post("/posts", body), 422))
    assert found == {
        "channels.1": "channel_unknown",
        "media.0": "media_unknown",
        "link": "link_invalid",
        "topic": "topic_unknown",
        "publish_at": "time_past",
        "text": "text_too_long",
    }
    assert made(admin.get("/posts"))["items"] == []


def test_a_change_touches_only_what_is_named(admin: Script, channel: Channel) -> None:
    body = {"text": "Alt", "channels": [str(channel.id)], "tags": ["a"], "publish_at": TOMORROW, "approved": True}
    post = made(admin.post("/posts", body))
    changed = made(admin.patch(f"/posts/{post['id']}", {"tags": ["b"]}))
    assert (changed["text"], changed["tags"], changed["status"]) == ("Alt", ["b"], "scheduled")
    changed = made(admin.patch(f"/posts/{post['id']}", {"text": "Neu"}))
    assert changed["status"] == "in_approval", "what a lead approved has changed"


def test_another_time_keeps_the_approval_and_null_takes_the_time_away(admin: Script, channel: Channel) -> None:
    body = {"text": "Hallo", "channels": [str(channel.id)], "publish_at": TOMORROW, "approved": True}
    post = made(admin.post("/posts", body))
    moved = made(admin.patch(f"/posts/{post['id']}", {"publish_at": "2026-03-18T07:00:00Z"}))
    assert (moved["status"], moved["deliveries"][0]["publish_at"]) == ("scheduled", "2026-03-18T07:00:00Z")
    assert moved["version"] == post["version"]
    unplaced = made(admin.patch(f"/posts/{post['id']}", {"publish_at": None}))
    assert (unplaced["status"], unplaced["deliveries"][0]["publish_at"]) == ("draft", None)


def test_a_change_that_began_from_an_older_version_is_refused(admin: Script) -> None:
    post = made(admin.post("/posts", {"text": "Eins"}))
    made(admin.patch(f"/posts/{post['id']}", {"text": "Zwei", "version": 1}))
    assert problem(admin.patch(f"/posts/{post['id']}", {"text": "Drei", "version": 1}), 409)["code"] == "stale_edit"
    assert made(admin.get(f"/posts/{post['id']}"))["text"] == "Zwei"


def test_a_lead_approves_and_takes_it_back(script_of: ScriptOf, company: Company, channel: Channel) -> None:
    editor, lead = script_of(company.charlie), script_of(company.bob)
    post = made(editor.post("/posts", {"text": "Hallo", "channels": [str(channel.id)], "publish_at": TOMORROW}))
    assert problem(editor.post(f"/posts/{post['id']}/approval"), 403)["code"] == "forbidden_approve"
    assert made(lead.post(f"/posts/{post['id']}/approval"))["status"] == "scheduled"
    assert problem(lead.post(f"/posts/{post['id']}/approval"), 409)["code"] == "approved_already"
    assert made(lead.delete(f"/posts/{post['id']}/approval?note=Bitte+kürzer"))["status"] == "draft"
    assert made(editor.post(f"/posts/{post['id']}/approval-request"))["status"] == "in_approval"


def test_an_approval_of_an_older_version_is_refused(admin: Script) -> None:
    post = made(admin.post("/posts", {"text": "Eins"}))
    made(admin.patch(f"/posts/{post['id']}", {"text": "Zwei"}))
    assert problem(admin.post(f"/posts/{post['id']}/approval", {"version": 1}), 409)["code"] == "stale_edit"


def test_a_deleted_post_is_gone_until_it_is_restored(admin: Script, channel: Channel) -> None:
    body = {"text": "Hallo", "channels": [str(channel.id)], "publish_at": TOMORROW, "approved": True}
    post = made(admin.post("/posts", body))
    answer = admin.delete(f"/posts/{post['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    problem(admin.get(f"/posts/{post['id']}"), 404)
    problem(admin.delete(f"/posts/{post['id']}"), 404)
    assert made(admin.post(f"/posts/{post['id']}/restoration"))["status"] == "scheduled"


def test_posts_are_found_by_time_status_channel_and_text(
    admin: Script, channel: Channel, platform: Platform, company: Company
) -> None:
    other = make_channel(platform.database, company, platform.clock.now(), "facebook")
    late = {"text": "Hausmesse 100%", "channels": [str(other.id)], "publish_at": "2026-03-20T23:30:00+01:00"}
    made(admin.post("/posts", {"text": "Entwurf"}))
    made(admin.post("/posts", {"text": "Fräse", "channels": [str(channel.id)], "publish_at": TOMORROW}))
    made(admin.post("/posts", late | {"approved": True}))

    def found(query: str) -> list[str]:
        return [item["text"] for item in made(admin.get(f"/posts?{query}"))["items"]]

    assert found("") == ["Hausmesse 100%", "Fräse", "Entwurf"]
    assert found("status=draft") == ["Entwurf"]
    assert found("status=draft&status=scheduled") == ["Hausmesse 100%", "Entwurf"]
    assert found(f"channel={channel.id}") == ["Fräse"]
    assert found("q=100%25") == ["Hausmesse 100%"]
    assert found("from=2026-03-20&to=2026-03-20") == ["Hausmesse 100%"], "a day is meant by the workspace's clock"
    assert found("from=2026-03-17T00:00:00Z&to=2026-03-18T00:00:00%2B01:00") == ["Fräse"]
    assert found("from=2026-03-17T00:00:00+01:00&to=2026-03-18") == ["Fräse"], "a plus sign that arrives as a blank"


def test_a_list_is_read_page_by_page(admin: Script) -> None:
    for number in range(5):
        made(admin.post("/posts", {"text": f"Nr. {number}"}))
    seen, cursor = [], ""
    for _ in range(3):
        page = made(admin.get(f"/posts?limit=2{cursor}"))
        seen += [item["text"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert seen == [f"Nr. {number}" for number in range(4, -1, -1)]
    assert page["next"] is None


def test_the_same_text_soon_is_a_warning_not_an_error(admin: Script, channel: Channel) -> None:
    body = {"text": "Hallo", "channels": [str(channel.id)], "publish_at": TOMORROW, "approved": True}
    assert made(admin.post("/posts", body))["warnings"] == []
    again = made(admin.post("/posts", body | {"publish_at": "2026-03-18T10:00:00Z"}))
    assert [w["code"] for w in again["warnings"]] == ["same_text_soon"]


def test_a_time_in_the_repeated_hour_is_one_moment(admin: Script, channel: Channel, clock: FakeClock) -> None:
    clock.set("2026-10-20T09:00:00Z")
    body = {"text": "Hallo", "channels": [str(channel.id)], "approved": True}
    first = made(admin.post("/posts", body | {"publish_at": "2026-10-25T02:30:00+02:00"}))
    second = made(admin.post("/posts", body | {"text": "Neu", "publish_at": "2026-10-25T02:30:00+01:00"}))
    assert first["deliveries"][0]["publish_at"] == "2026-10-25T00:30:00Z"
    assert second["deliveries"][0]["publish_at"] == "2026-10-25T01:30:00Z"
