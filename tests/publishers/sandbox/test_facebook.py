"""The sandbox's Facebook speaks the Graph API."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
import requests

from publishers.sandbox import Sandbox, Window
from tests.publishers.sandbox.callers import PAGE, Facebook, png
from tests.support.clock import FakeClock

METRICS = "post_media_view,post_total_media_view_unique,post_clicks,post_reactions_by_type_total"


def test_a_post_gets_the_page_id_and_a_number(facebook: Facebook, sandbox: Sandbox) -> None:
    post_id = facebook.published("Neue Drehmaschine in Halle 3", link="https://www.brandt-maschinenbau.de/")
    assert post_id.startswith(f"{PAGE}_")
    assert post_id.partition("_")[2].isdigit()
    assert sandbox.posts("facebook")[0]["link"] == "https://www.brandt-maschinenbau.de/"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 100),
        ({"message": " "}, 100),
        ({"message": "x" * 63207}, 100),
        ({"message": "Hallo", "link": "kein Link"}, 1609005),
        ({"message": "Hallo", "attached_media": '[{"media_fbid":"1"}]'}, 100),
        ({"message": "Hallo", "attached_media": "no json"}, 100),
    ],
)
def test_what_graph_does_not_take_is_refused_with_its_code(
    facebook: Facebook, sandbox: Sandbox, form: dict[str, str], code: int
) -> None:
    refused = facebook.post(**form)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (400, code)
    assert error["fbtrace_id"]
    assert sandbox.posts() == []


def test_the_same_message_again_within_an_hour_is_a_duplicate(facebook: Facebook, clock: FakeClock) -> None:
    facebook.published("Zweimal")
    assert facebook.post(message="Zweimal").json()["error"]["code"] == 506
    clock.advance(hours=1, seconds=1)
    facebook.published("Zweimal")


@pytest.mark.parametrize(("token", "code"), [("", 104), ("unknown-token", 190)])
def test_a_missing_or_unknown_token_is_refused(facebook: Facebook, token: str, code: int) -> None:
    facebook.token = token
    assert facebook.post(message="Hallo").json()["error"]["code"] == code


def test_a_missing_permission_is_code_200(facebook: Facebook, sandbox: Sandbox) -> None:
    sandbox.add_account("facebook", "900", "Andere Seite", "read-only", scopes=["pages_read_engagement"])
    facebook.token = "read-only"
    refused = facebook.call("POST", "/900/feed", data={"message": "Hallo"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, 200)


def test_a_token_does_not_reach_another_page(facebook: Facebook, sandbox: Sandbox) -> None:
    sandbox.add_account("facebook", "900", "Andere Seite", "other-token")
    assert facebook.call("POST", "/900/feed", data={"message": "Hallo"}).json()["error"]["code"] == 100
    assert sandbox.posts() == []


def test_a_page_that_is_given_a_further_token_keeps_its_posts_and_takes_none_of_them_twice(
    facebook: Facebook, sandbox: Sandbox
) -> None:
    sandbox.add_account("facebook", "900", "Andere Seite", "first-token")
    facebook.token = "first-token"
    post_id = facebook.call("POST", "/900/feed", data={"message": "Hallo"}).json()["id"]
    sandbox.add_account("facebook", "900", "Andere Seite", "second-token")
    facebook.token = "second-token"
    assert [post["id"] for post in facebook.call("GET", "/900/feed").json()["data"]] == [post_id]
    assert facebook.call("POST", "/900/feed", data={"message": "Hallo"}).json()["error"]["code"] == 506


def test_several_photos_are_uploaded_unpublished_and_then_attached(facebook: Facebook, sandbox: Sandbox) -> None:
    ids = [facebook.photo(png(8, 8 + n), published="false", alt_text_custom=f"Bild {n}").json()["id"] for n in (1, 2)]
    assert sandbox.posts() == []
    post_id = facebook.published("Zwei Bilder", attached_media=json.dumps([{"media_fbid": i} for i in ids]))
    shown = facebook.call("GET", f"/{post_id}", params={"fields": "id,full_picture,attachments"}).json()
    pictures = shown["attachments"]["data"][0]["subattachments"]["data"]
    assert [picture["target"]["id"] for picture in pictures] == ids
    assert facebook.http.get(shown["full_picture"], timeout=20).content == png(8, 9)
    assert [medium["alt"] for medium in sandbox.posts()[0]["media"]] == ["Bild 1", "Bild 2"]


def test_a_published_photo_is_a_post(facebook: Facebook, sandbox: Sandbox) -> None:
    answer = facebook.photo(png(), message="Ein Bild").json()
    assert [post["id"] for post in sandbox.posts()] == [answer["post_id"]]


def test_a_file_that_is_no_image_is_code_324(facebook: Facebook) -> None:
    assert facebook.photo(b"no image", published="false").json()["error"]["code"] == 324


def test_listing_is_paged_by_cursor_and_bounded_by_since(facebook: Facebook, clock: FakeClock) -> None:
    ids = []
    for number in range(5):
        ids.append(facebook.published(f"Nummer {number}"))
        clock.advance(minutes=1)
    first = facebook.listed(limit="3", fields="id,message,created_time")
    assert first["data"][0] == {"id": ids[4], "message": "Nummer 4", "created_time": "2026-03-16T09:04:00+0000"}
    assert "access_token" not in first["paging"]["next"]
    second = facebook.listed(limit="3", after=first["paging"]["cursors"]["after"])
    assert [post["id"] for post in first["data"] + second["data"]] == ids[::-1]
    assert "next" not in second["paging"]
    since = str(int(clock().timestamp()) - 130)
    assert len(facebook.listed(since=since)["data"]) == 2


def test_an_unknown_field_is_refused(facebook: Facebook) -> None:
    facebook.published("Hallo")
    assert facebook.listed(fields="id,colour")["error"]["code"] == 100


def test_insights_are_given_by_metric_and_one_wrong_metric_fails_the_call(facebook: Facebook, clock: FakeClock) -> None:
    post_id = facebook.published("Wie gut lief es?")
    clock.advance(days=2)
    answer = facebook.call("GET", f"/{post_id}/insights", params={"metric": METRICS}).json()["data"]
    values = {entry["name"]: entry["values"][0]["value"] for entry in answer}
    assert values["post_media_view"] >= values["post_total_media_view_unique"] > 0
    reactions = {"fields": "reactions.limit(0).summary(true),comments.limit(0).summary(true),shares"}
    counted = facebook.call("GET", f"/{post_id}", params=reactions).json()
    assert sum(values["post_reactions_by_type_total"].values()) == counted["reactions"]["summary"]["total_count"]
    wrong = facebook.call("GET", f"/{post_id}/insights", params={"metric": f"{METRICS},post_impressions"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, 100)


def test_a_page_with_few_likes_has_no_insights(facebook: Facebook, sandbox: Sandbox, clock: FakeClock) -> None:
    sandbox.add_account("facebook", "900", "Kleine Seite", "small-token", followers=99)
    facebook.token = "small-token"
    post_id = facebook.call("POST", "/900/feed", data={"message": "Hallo"}).json()["id"]
    clock.advance(days=2)
    assert facebook.call("GET", f"/{post_id}/insights", params={"metric": METRICS}).json() == {"data": []}


def test_a_batch_answers_each_part_with_its_own_status(facebook: Facebook) -> None:
    post_id = facebook.published("Im Stapel")
    parts = [
        {"method": "GET", "relative_url": f"{post_id}?fields=message"},
        {"method": "GET", "relative_url": f"{PAGE}_1?fields=message"},
    ]
    good, bad = facebook.call("POST", "/", data={"batch": json.dumps(parts)}).json()
    assert (good["code"], json.loads(good["body"])["message"]) == (200, "Im Stapel")
    assert (bad["code"], json.loads(bad["body"])["error"]["code"]) == (400, 100)


def test_comments_are_written_listed_and_hidden_but_not_ones_own(facebook: Facebook, sandbox: Sandbox) -> None:
    post_id = facebook.published("Fragen?")
    comment = facebook.call("POST", f"/{post_id}/comments", data={"message": "Gern."}).json()["id"]
    listed = facebook.call("GET", f"/{post_id}/comments", params={"summary": "true"}).json()
    assert [(entry["id"], entry["message"]) for entry in listed["data"]] == [(comment, "Gern.")]
    strange = sandbox.comment("facebook", post_id, "Kauft lieber bei uns!")
    assert facebook.call("POST", f"/{strange}", data={"is_hidden": "true"}).json() == {"success": True}
    assert facebook.call("POST", f"/{comment}", data={"is_hidden": "true"}).status_code == 403
    hidden = facebook.call("GET", f"/{post_id}/comments", params={"fields": "is_hidden"}).json()
    assert hidden["data"] == [{"id": comment, "is_hidden": False}, {"id": strange, "is_hidden": True}]


def test_a_post_is_edited_and_deleted(facebook: Facebook) -> None:
    post_id = facebook.published("Mit Fehler")
    assert facebook.call("POST", f"/{post_id}", data={"message": "Ohne Fehler"}).json() == {"success": True}
    assert facebook.listed()["data"][0]["message"] == "Ohne Fehler"
    assert facebook.call("DELETE", f"/{post_id}").json() == {"success": True}
    assert facebook.listed()["data"] == []
    assert facebook.call("DELETE", f"/{post_id}").json()["error"]["code"] == 100


def test_a_user_token_lists_its_pages_and_permissions(facebook: Facebook) -> None:
    assert facebook.call("GET", "/me/permissions").json()["error"]["code"] == 100
    facebook.token = "EAABsandboxBrandtUser"
    page = facebook.call("GET", "/me/accounts").json()["data"][0]
    assert (page["id"], page["access_token"]) == (PAGE, "EAABsandboxBrandtPage")
    granted = facebook.call("GET", "/me/permissions").json()["data"]
    assert {"permission": "pages_manage_posts", "status": "granted"} in granted


def test_a_wrong_proof_of_the_app_secret_is_refused(facebook: Facebook, sandbox: Sandbox) -> None:
    key = sandbox.world.app_secret.encode()
    proof = hmac.new(key, facebook.token.encode(), hashlib.sha256).hexdigest()
    assert facebook.post(message="Hallo", appsecret_proof="0" * 64).json()["error"]["code"] == 100
    assert facebook.post(message="Hallo", appsecret_proof=proof).status_code == 200


def test_usage_headers_grow_and_a_used_up_limit_says_when_to_come_back(
    clock: FakeClock, http: requests.Session
) -> None:
    limits = {"facebook": (Window(2, 3600), Window(4, 3600, "app"))}
    with Sandbox(clock=clock, limits=limits) as sandbox:
        facebook = Facebook(http, sandbox.api_url("facebook"))
        first = facebook.post(message="eins").headers
        assert json.loads(first["X-App-Usage"])["call_count"] == 25
        assert json.loads(first["X-Business-Use-Case-Usage"])[PAGE][0]["call_count"] == 50
        facebook.published("zwei")
        refused = facebook.post(message="drei")
        assert refused.json()["error"]["code"] == 32
        usage = json.loads(refused.headers["X-Business-Use-Case-Usage"])[PAGE][0]
        assert (usage["call_count"], usage["estimated_time_to_regain_access"]) == (100, 60)


def test_insights_come_within_a_posts_fields_and_what_is_wrong_with_them_fails_the_whole(
    facebook: Facebook, clock: FakeClock
) -> None:
    post_id = facebook.published("Wie viele sehen das?")
    clock.advance(hours=5)
    alone = facebook.call("GET", f"/{post_id}/insights", params={"metric": METRICS}).json()["data"]

    def asked(insights: str) -> requests.Response:
        return facebook.call("GET", f"/{post_id}", params={"fields": f"message,{insights}"})

    shown = asked(f"insights.metric({METRICS}).period(lifetime)").json()
    assert (shown["message"], shown["insights"]["data"]) == ("Wie viele sehen das?", alone)
    for wrong in (
        "insights", f"insights.metric({METRICS},post_impressions)", f"insights.metrics({METRICS})",
        f"insights.metric({METRICS}).period(day)",
    ):  # fmt: skip
        assert asked(wrong).status_code == 400, wrong
