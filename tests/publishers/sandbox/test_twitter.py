"""The sandbox's X speaks API v2."""

from __future__ import annotations

import pytest
import requests

from publishers.sandbox import Sandbox, Window
from publishers.sandbox.weighted import length
from tests.publishers.sandbox.callers import X_USER, Twitter, png
from tests.support.clock import FakeClock


def test_a_post_is_accepted_once_and_answered_with_its_id(twitter: Twitter, sandbox: Sandbox) -> None:
    answer = twitter.post("Neue Drehmaschine in Halle 3")
    assert answer.status_code == 201
    assert answer.json()["data"]["text"] == "Neue Drehmaschine in Halle 3"
    assert [post["id"] for post in sandbox.posts("twitter")] == [answer.json()["data"]["id"]]


def test_links_come_back_as_t_co_and_are_expanded_in_the_entities(twitter: Twitter) -> None:
    twitter.published("Mehr & alles: https://www.brandt-maschinenbau.de/neu?x=1, bitte")
    listed = twitter.timeline(**{"tweet.fields": "entities"})["data"][0]
    entity = listed["entities"]["urls"][0]
    assert listed["text"] == f"Mehr &amp; alles: {entity['url']}, bitte"
    assert listed["text"][entity["start"] : entity["end"]] == entity["url"]
    assert entity["expanded_url"] == "https://www.brandt-maschinenbau.de/neu?x=1"
    assert entity["url"].startswith("https://t.co/")


def test_the_same_text_again_is_a_duplicate_even_after_deleting_until_a_day_has_passed(
    twitter: Twitter, clock: FakeClock
) -> None:
    post_id = twitter.published("Zweimal dasselbe")
    assert twitter.call("DELETE", f"/2/tweets/{post_id}").json() == {"data": {"deleted": True}}
    again = twitter.post("Zweimal  dasselbe")
    assert again.status_code == 403
    assert again.json() == {
        "title": "Forbidden", "type": "about:blank", "status": 403,
        "detail": "You are not allowed to create a Tweet with duplicate content.",
    }  # fmt: skip
    clock.advance(hours=25)
    assert twitter.post("Zweimal dasselbe").status_code == 201


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("Grüße aus Chemnitz", 18),
        ("日本", 4),
        ("🎉", 2),
        ("👩‍🔧", 2),
        ("👍🏽!", 3),
        ("🇩🇪", 2),
        ("„Anführung“ – Strich …", 23),
        ("https://www.brandt-maschinenbau.de/eine/sehr/lange/adresse/die/nur/23/zählt", 23),
        ("siehe brandt.de.", 30),
        ("z.B. um 9.30 Uhr", 16),
    ],
)
def test_text_is_counted_by_weight(text: str, weight: int) -> None:
    assert length(text) == weight


def test_280_weighted_characters_are_taken_and_281_are_not(twitter: Twitter) -> None:
    assert twitter.post("x" * 256 + " https://brandt.de/" + "y" * 90).status_code == 201
    refused = twitter.post("x" * 257 + " https://brandt.de/" + "y" * 90)
    assert refused.status_code == 400
    assert "too long" in refused.json()["detail"]


def test_an_unknown_field_is_named(twitter: Twitter, sandbox: Sandbox) -> None:
    refused = twitter.post("Hallo", colour="blue")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameters"] == {"$.colour": ["colour"]}
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("token", "status", "kind"),
    [
        ("nobody-knows-it", 401, "about:blank"),
        ("sandbox-x-brandt-expired", 401, "about:blank"),
        ("sandbox-x-app-only", 403, "https://api.twitter.com/2/problems/unsupported-authentication"),
    ],
)
def test_a_token_that_may_not_publish_is_refused(twitter: Twitter, token: str, status: int, kind: str) -> None:
    twitter.token = token
    refused = twitter.post("Hallo")
    assert (refused.status_code, refused.json()["type"]) == (status, kind)


def test_a_missing_scope_is_a_403(twitter: Twitter, sandbox: Sandbox) -> None:
    sandbox.add_account("twitter", "77", "Nur Lesen", "reading-token", scopes=["tweet.read", "users.read"])
    twitter.token = "reading-token"
    assert twitter.post("Hallo").status_code == 403
    assert twitter.call("GET", "/2/users/me").json()["data"]["id"] == "77"


def test_an_image_is_uploaded_described_and_attached(twitter: Twitter, sandbox: Sandbox) -> None:
    uploaded = twitter.upload(png(640, 480)).json()["data"]
    alt = {"id": uploaded["id"], "metadata": {"alt_text": {"text": "Eine Drehmaschine"}}}
    assert twitter.call("POST", "/2/media/metadata", json=alt).status_code == 200
    twitter.published("Mit Bild", media={"media_ids": [uploaded["id"]]})
    listed = twitter.timeline(
        **{
            "tweet.fields": "attachments,entities",
            "expansions": "attachments.media_keys",
            "media.fields": "alt_text,width",
        }
    )
    assert listed["data"][0]["text"].startswith("Mit Bild https://t.co/")
    assert listed["data"][0]["attachments"]["media_keys"] == [uploaded["media_key"]]
    assert listed["includes"]["media"] == [
        {"media_key": uploaded["media_key"], "type": "photo", "alt_text": "Eine Drehmaschine", "width": 640}
    ]
    assert sandbox.posts()[0]["media"][0]["alt"] == "Eine Drehmaschine"


def test_a_file_that_only_says_it_is_an_image_is_refused(twitter: Twitter) -> None:
    assert twitter.upload(b"GIF? no, a text").status_code == 400


def test_an_image_over_five_megabytes_is_refused(twitter: Twitter) -> None:
    assert twitter.upload(png() + b"\0" * 5 * 1024**2).status_code == 400


def test_an_upload_in_pieces_is_processed_before_it_can_be_used(clock: FakeClock, http: requests.Session) -> None:
    content = png(32, 32)
    with Sandbox(clock=clock, processing_seconds=5) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        begin = {"media_type": "image/png", "media_category": "tweet_image", "total_bytes": len(content)}
        medium = twitter.call("POST", "/2/media/upload/initialize", json=begin).json()["data"]["id"]
        for index, piece in enumerate((content[:40], content[40:])):
            form = {"segment_index": str(index)}
            path = f"/2/media/upload/{medium}/append"
            assert twitter.call("POST", path, data=form, files={"media": ("x", piece)}).status_code == 200
        finalized = twitter.call("POST", f"/2/media/upload/{medium}/finalize").json()["data"]
        assert finalized["processing_info"]["state"] == "pending"
        assert twitter.post("Zu früh", media={"media_ids": [medium]}).status_code == 400
        clock.advance(seconds=6)
        query = {"command": "STATUS", "media_id": medium}
        status = twitter.call("GET", "/2/media/upload", params=query).json()["data"]
        assert status["processing_info"]["state"] == "succeeded"
        assert twitter.post("Nun aber", media={"media_ids": [medium]}).status_code == 201


def test_the_timeline_is_paged_and_bounded_by_time(twitter: Twitter, clock: FakeClock) -> None:
    ids = []
    for number in range(7):
        ids.append(twitter.published(f"Nummer {number}"))
        clock.advance(minutes=1)
    first = twitter.timeline(max_results=5)
    second = twitter.timeline(max_results=5, pagination_token=first["meta"]["next_token"])
    assert [post["id"] for post in first["data"] + second["data"]] == ids[::-1]
    assert "next_token" not in second["meta"]
    assert twitter.timeline(start_time="2026-03-16T09:05:00Z")["meta"]["result_count"] == 2
    assert "errors" in twitter.timeline(start_time="yesterday")
    assert "errors" in twitter.timeline(max_results=4)


def test_private_metrics_are_given_for_thirty_days_and_public_ones_for_ever(twitter: Twitter, clock: FakeClock) -> None:
    post_id = twitter.published("Wie gut lief es?")
    query = {"ids": post_id, "tweet.fields": "public_metrics,non_public_metrics"}
    clock.advance(days=29)
    young = twitter.call("GET", "/2/tweets", params=query).json()
    assert young["data"][0]["non_public_metrics"]["impression_count"] > 0
    clock.advance(days=2)
    old = twitter.call("GET", "/2/tweets", params=query).json()
    assert "non_public_metrics" not in old["data"][0]
    assert old["data"][0]["public_metrics"]["impression_count"] > 0
    assert old["errors"][0]["field"] == "non_public_metrics"


def test_a_post_that_is_gone_is_named_among_the_errors(twitter: Twitter) -> None:
    kept = twitter.published("Bleibt")
    answer = twitter.call("GET", "/2/tweets", params={"ids": f"{kept},12345"}).json()
    assert [post["id"] for post in answer["data"]] == [kept]
    assert answer["errors"][0]["type"].endswith("/resource-not-found")


def test_replies_can_be_searched_and_hidden(twitter: Twitter, clock: FakeClock) -> None:
    ids = [twitter.published(f"Was meinen Sie zu Punkt {number}?") for number in range(30)]
    clock.advance(days=3)
    replies = twitter.call("GET", f"/2/users/{X_USER}/mentions", params={"max_results": 100}).json()["data"]
    assert {reply["id"] for reply in replies}.isdisjoint(ids)
    hidden = replies[0]["id"]
    answer = twitter.call("PUT", f"/2/tweets/{hidden}/hidden", json={"hidden": True})
    assert answer.json() == {"data": {"hidden": True}}
    left = twitter.call("GET", f"/2/users/{X_USER}/mentions", params={"max_results": 100}).json()["data"]
    assert hidden not in {reply["id"] for reply in left}


def test_refreshing_gives_a_new_pair_and_spends_the_old_one(twitter: Twitter) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-x-brandt-refresh", "client_id": "app"}
    fresh = twitter.call("POST", "/2/oauth2/token", data=form).json()
    assert fresh["token_type"] == "bearer"
    assert twitter.renew("sandbox-x-brandt-refresh").status_code == 400
    assert twitter.post("Mit altem Token").status_code == 401
    twitter.token = fresh["access_token"]
    assert twitter.post("Mit neuem Token").status_code == 201


def test_a_refreshed_token_lives_for_two_hours(twitter: Twitter, clock: FakeClock) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-x-brandt-refresh", "client_id": "app"}
    twitter.token = twitter.call("POST", "/2/oauth2/token", data=form).json()["access_token"]
    clock.advance(hours=1, minutes=59)
    assert twitter.call("GET", "/2/users/me").status_code == 200
    clock.advance(minutes=2)
    assert twitter.call("GET", "/2/users/me").status_code == 401


def test_a_used_up_limit_is_a_429_that_says_when_it_ends(clock: FakeClock, http: requests.Session) -> None:
    with Sandbox(clock=clock, limits={"twitter.publish": (Window(2, 900),)}) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        assert twitter.post("eins").headers["x-rate-limit-remaining"] == "1"
        twitter.published("zwei")
        refused = twitter.post("drei")
        assert (refused.status_code, refused.headers["x-rate-limit-remaining"]) == (429, "0")
        assert int(refused.headers["x-rate-limit-reset"]) == clock().timestamp() + 900
        clock.advance(seconds=901)
        assert twitter.post("drei").status_code == 201
        assert len(sandbox.posts()) == 3
