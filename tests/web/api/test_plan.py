"""Topics, campaigns, goals, target groups, categories, formats, images and conversations by the API."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.models import Channel, Conversation
from tests.support import files
from tests.support.api import Script, fields, made, problem
from tests.support.databases import on_one_kind
from tests.support.factories import Company, picture

KINDS: dict[str, dict[str, Any]] = {
    "campaigns": {
        "name": "Frühjahr",
        "description": "Messe",
        "starts_on": "2026-03-01",
        "ends_on": "2026-03-31",
        "budget_cents": 500_000,
        "spent_cents": 12_000,
    },
    "goals": {
        "name": "Reichweite",
        "metric": "reach",
        "target": 10_000,
        "starts_on": "2026-01-01",
        "ends_on": "2026-06-30",
        "network": "linkedin",
    },
    "audiences": {"name": "Einkauf", "description": "entscheidet", "networks": ["linkedin", "xing"]},
    "categories": {"name": "Menschen", "color": "teal"},
    "formats": {"name": "Freitagsbild", "description": "aus dem Werk", "rhythm": "jeden Freitag"},
    "topics": {
        "title": "Hausmesse",
        "brief": "Was zeigen wir?",
        "stage": "planned",
        "due_on": "2026-04-01",
    },
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_is_made_read_changed_listed_and_taken_away(admin: Script, kind: str) -> None:
    body = KINDS[kind]
    answer = admin.post(f"/{kind}", body)
    entry = made(answer)
    assert {name: entry[name] for name in body} == body
    path = answer.headers["Location"].removeprefix("/api/v1")
    assert made(admin.get(path)) == entry
    name = "title" if kind == "topics" else "name"
    changed = made(admin.patch(path, {name: "Anders"}))
    assert changed[name] == "Anders"
    assert {n: changed[n] for n in body if n != name} == {n: v for n, v in body.items() if n != name}
    assert [item["id"] for item in made(admin.get(f"/{kind}"))["items"]] == [entry["id"]]
    assert admin.delete(path).status_code == 204
    problem(admin.get(path), 404)
    problem(admin.delete(path), 404)


@pytest.mark.parametrize("kind", ["campaigns", "audiences", "categories", "formats"])
def test_a_name_is_taken_only_once_whatever_its_capitals(admin: Script, kind: str) -> None:
    made(admin.post(f"/{kind}", KINDS[kind] | {"name": "Messe"}))
    for name in ("Messe", "MESSE", " messe "):
        again = admin.post(f"/{kind}", KINDS[kind] | {"name": name})
        assert fields(problem(again, 422)) == {"name": "name_taken"}


@on_one_kind
@pytest.mark.parametrize(
    ("kind", "change", "found"),
    [
        ("campaigns", {"ends_on": "2026-02-01"}, {"ends_on": "period_backwards"}),
        ("campaigns", {"name": "  "}, {"name": "name_missing"}),
        ("campaigns", {"budget_cents": -1}, {"budget_cents": "greater_than_equal"}),
        ("goals", {"metric": "likes"}, {"metric": "choice_invalid"}),
        (
            "goals",
            {"network": "myspace", "campaign": "9"},
            {"network": "network_unknown", "campaign": "campaign_unknown"},
        ),
        ("goals", {"target": 0}, {"target": "greater_than_equal"}),
        ("audiences", {"networks": ["myspace"]}, {"networks.0": "network_unknown"}),
        ("categories", {"color": "beige"}, {"color": "choice_invalid"}),
        ("formats", {"category": "9"}, {"category": "category_unknown"}),
        ("topics", {"stage": "fertig"}, {"stage": "choice_invalid"}),
        (
            "topics",
            {"owner": "99", "audience": "9", "channels": ["9"]},
            {"owner": "owner_unknown", "audience": "audience_unknown", "channels.0": "channel_unknown"},
        ),
        ("topics", {"due_on": "2026-02-30"}, {"due_on": "date_invalid"}),
    ],
)
def test_what_is_wrong_is_named_at_its_field(
    admin: Script, kind: str, change: dict[str, Any], found: dict[str, str]
) -> None:
    assert fields(problem(admin.post(f"/{kind}", KINDS[kind] | change), 422)) == found
    assert made(admin.get(f"/{kind}"))["items"] == []


def test_a_topic_becomes_a_post_on_its_channels(admin: Script, channel: Channel, company: Company) -> None:
    campaign = made(admin.post("/campaigns", KINDS["campaigns"]))["id"]
    body = KINDS["topics"] | {
        "channels": [str(channel.id)],
        "campaign": campaign,
        "owner": str(company.charlie.user_id),
    }
    topic = made(admin.post("/topics", body))
    answer = admin.post(f"/topics/{topic['id']}/posts")
    post = made(answer)
    assert answer.headers["Location"] == f"/api/v1/posts/{post['id']}"
    assert (post["status"], post["text"], post["note"]) == ("draft", "Hausmesse", "Was zeigen wir?")
    assert (post["topic"], post["campaign"], post["owner"]) == (topic["id"], campaign, body["owner"])
    assert post["channels"] == [str(channel.id)]
    assert made(admin.get(f"/topics/{topic['id']}"))["stage"] == "in_work"
    queued = made(admin.post(f"/topics/{topic['id']}/posts", {"queue": True}))
    assert (queued["status"], queued["deliveries"][0]["queued"]) == ("in_approval", True)


def test_a_topic_that_somebody_changed_meanwhile_is_not_overwritten(admin: Script) -> None:
    topic = made(admin.post("/topics", KINDS["topics"]))
    made(admin.patch(f"/topics/{topic['id']}", {"stage": "ready", "version": topic["version"]}))
    stale = admin.patch(f"/topics/{topic['id']}", {"title": "Anders", "version": topic["version"]})
    assert problem(stale, 409)["code"] == "topic_stale"


def test_topics_are_found_by_stage_owner_and_campaign(admin: Script, company: Company) -> None:
    owner = str(company.charlie.user_id)
    made(admin.post("/topics", {"title": "Eins", "stage": "ready", "owner": owner}))
    made(admin.post("/topics", {"title": "Zwei"}))
    assert [t["title"] for t in made(admin.get("/topics?stage=ready"))["items"]] == ["Eins"]
    assert [t["title"] for t in made(admin.get(f"/topics?owner={owner}"))["items"]] == ["Eins"]
    assert made(admin.get("/topics?campaign=1"))["items"] == []


def test_what_referred_to_a_deleted_entry_stays_without_it(admin: Script) -> None:
    campaign = made(admin.post("/campaigns", KINDS["campaigns"]))["id"]
    post = made(admin.post("/posts", {"text": "Hallo", "campaign": campaign}))["id"]
    admin.delete(f"/campaigns/{campaign}")
    assert made(admin.get(f"/posts/{post}"))["campaign"] is None


def test_a_paused_campaign_holds_its_deliveries_and_no_others(admin: Script, channel: Channel) -> None:
    campaign = made(admin.post("/campaigns", KINDS["campaigns"]))["id"]
    body = {"text": "A", "channels": [str(channel.id)], "publish_at": "2026-03-17T09:00:00Z", "approved": True}
    inside = made(admin.post("/posts", body | {"campaign": campaign}))["id"]
    outside = made(admin.post("/posts", body | {"text": "B"}))["id"]
    made(admin.put(f"/campaigns/{campaign}/pause", {"reason": "Lieferverzug"}))
    assert made(admin.get(f"/posts/{inside}"))["deliveries"][0]["waits_for"] == "campaign_paused"
    assert made(admin.get(f"/posts/{outside}"))["deliveries"][0]["held"] is False
    made(admin.delete(f"/campaigns/{campaign}/pause"))
    assert made(admin.get(f"/posts/{inside}"))["deliveries"][0]["held"] is False


def test_an_image_is_uploaded_as_a_form_or_as_it_is(admin: Script) -> None:
    form = {"file": (BytesIO(picture()), "../../werk süd.png"), "alt": "Das Werk Süd von oben"}
    as_form = made(admin.post("/media", data=form))
    assert (as_form["filename"], as_form["alt"], as_form["width"]) == ("werk süd.png", "Das Werk Süd von oben", 64)
    as_body = made(admin.post("/media", data=picture("JPEG"), headers={"Content-Type": "image/png"}))
    assert as_body["mime"] == "image/jpeg", "what it is comes from its bytes"
    assert made(admin.get(f"/media/{as_body['id']}")) == as_body


def test_a_video_and_a_document_are_uploaded_with_a_title(admin: Script) -> None:
    form = {"file": (BytesIO(files.pdf(5)), "katalog.pdf"), "title": "Katalog 2027"}
    document = made(admin.post("/media", data=form))
    assert (document["mime"], document["pages"], document["title"]) == ("application/pdf", 5, "Katalog 2027")
    headers = {"Content-Type": "video/mp4", "Idempotency-Key": "film"}
    video = made(admin.post("/media", data=files.video(), headers=headers))
    assert (video["mime"], video["seconds"], video["width"], video["height"]) == ("video/mp4", 42.0, 1280, 720)
    assert made(admin.post("/media", data=files.video(), headers=headers)) == video, "the same key, the same video"
    other = admin.post("/media", data=files.video(seconds=7), headers=headers)
    assert fields(problem(other, 422)) == {"Idempotency-Key": "idempotency_key_reused"}


@on_one_kind
@pytest.mark.parametrize(
    ("data", "code"), [(b"", "file_empty"), (b"GIF89a-no-more", "file_unknown"), (b"<svg/>", "file_unknown")]
)
def test_a_file_that_is_no_image_is_refused(admin: Script, data: bytes, code: str) -> None:
    answer = admin.post("/media", data=data, headers={"Content-Type": "application/octet-stream"})
    assert fields(problem(answer, 422)) == {"file": code}


@on_one_kind
def test_a_form_without_a_file_is_told_so(admin: Script) -> None:
    answer = admin.post("/media", data={"picture": (BytesIO(picture()), "a.png")})
    assert fields(problem(answer, 422)) == {"file": "file_missing"}


def test_a_conversation_gets_an_assignee_and_a_state(
    admin: Script, ids: dict[str, str], company: Company, platform: Platform
) -> None:
    path = f"/conversations/{ids['conversation_id']}"
    someone = str(company.charlie.user_id)
    assert made(admin.patch(path, {"assignee": someone}))["state"] == "open"
    assert made(admin.patch(path, {"state": "answered"}))["assignee"] == someone
    assert fields(problem(admin.patch(path, {"assignee": "999"}), 422)) == {"assignee": "assignee_unknown"}
    assert [c["author"] for c in made(admin.get("/conversations?state=answered"))["items"]] == ["Eva"]
    assert made(admin.get("/conversations?state=open"))["items"] == []
    with platform.database.read() as session:
        assert session.get_one(Conversation, int(ids["conversation_id"])).state == "answered"
