"""What strangers say at the sandbox networks, and what an account may do about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from publishers.sandbox import Sandbox, apps
from tests.publishers.sandbox.callers import ORGANIZATION, PAGE, X_USER, Facebook, LinkedIn, Twitter, Xing
from tests.support.clock import FakeClock

WRITTEN = "Gibt es ein Datenblatt?"


def test_strangers_comment_by_the_control_api_and_take_it_back(
    sandbox: Sandbox, facebook: Facebook, http: requests.Session
) -> None:
    post = facebook.published("Fragen?")
    said = {"network": "facebook", "post": post, "text": WRITTEN, "author": "Eva Ruf", "author_id": "77"}
    comment = http.post(f"{sandbox.url}/_control/comments", json=said, timeout=10).json()["id"]
    query = {"network": "facebook", "post": post}

    (listed,) = http.get(f"{sandbox.url}/_control/comments", params=query, timeout=10).json()["comments"]
    assert (listed["id"], listed["author"], listed["own"], listed["parent"]) == (comment, "Eva Ruf", False, None)
    assert WRITTEN in http.get(sandbox.url, timeout=10).text
    consent = {
        "client_id": apps.settings("facebook")["client_id"],
        "redirect_uri": "http://127.0.0.1/back",
        "state": "s",
    }
    asked = http.get(f"{sandbox.url}/facebook/v26.0/dialog/oauth", params=consent, timeout=10).text
    assert "Katrin Vogel" in asked
    assert "Eva Ruf" not in asked, "who only writes something is nobody to sign in as"

    gone = http.delete(f"{sandbox.url}/_control/comments", params={**query, "comment": comment}, timeout=10)
    assert gone.status_code == 204
    assert sandbox.comments("facebook", post) == []
    assert http.delete(f"{sandbox.url}/_control/posts", params=query, timeout=10).status_code == 204
    assert facebook.listed()["data"] == []


def test_facebook_keeps_answers_one_level_deep_and_lists_them_by_stream(sandbox: Sandbox, facebook: Facebook) -> None:
    post = facebook.published("Fragen?")
    comment = sandbox.comment("facebook", post, WRITTEN)
    first = facebook.call("POST", f"/{comment}/comments", data={"message": "Ja, gern."}).json()["id"]
    second = facebook.call("POST", f"/{first}/comments", data={"message": "Hier ist es."}).json()["id"]

    fields = {"fields": "parent,user_likes,from"}
    top = facebook.call("GET", f"/{post}/comments").json()["data"]
    stream = facebook.call("GET", f"/{post}/comments", params={**fields, "filter": "stream"}).json()["data"]
    assert [c["id"] for c in top] == [comment]
    assert [c.get("parent", {}).get("id") for c in stream if c["id"] in (first, second)] == [comment, comment]

    assert facebook.call("POST", f"/{comment}/likes").json() == {"success": True}
    assert facebook.call("GET", f"/{comment}", params=fields).json()["user_likes"]
    assert facebook.call("DELETE", f"/{comment}/likes").json() == {"success": True}
    assert facebook.call("DELETE", f"/{first}").json() == {"success": True}
    assert [c["id"] for c in sandbox.comments("facebook", post)] == [comment, second]


def test_a_post_that_tags_the_page_is_listed_and_can_be_commented_on(sandbox: Sandbox, facebook: Facebook) -> None:
    tagged = sandbox.mention("facebook", PAGE, "Waren heute bei Brandt Maschinenbau.")

    listed = facebook.call("GET", f"/{PAGE}/tagged", params={"fields": "message,from"}).json()["data"]
    assert [(post["id"], post["from"]["name"]) for post in listed] == [(tagged, "Sabine Rother")]
    answer = facebook.call("POST", f"/{tagged}/comments", data={"message": "Danke für den Besuch!"}).json()["id"]
    assert [c["from"]["id"] for c in facebook.call("GET", f"/{tagged}/comments").json()["data"]] == [PAGE]
    assert answer
    assert sandbox.posts() == []


def test_x_lets_an_account_reply_only_to_who_named_it(sandbox: Sandbox, twitter: Twitter) -> None:
    post = twitter.published("Neue Halle")
    to_us = sandbox.comment("twitter", post, WRITTEN)
    among_others = sandbox.comment("twitter", post, "Das frage ich mich auch.", parent=to_us)
    naming = sandbox.mention("twitter", X_USER, "@BrandtMaschinen Glückwunsch!")

    for target, status in ((to_us, 201), (naming, 201), (post, 201), (among_others, 403), ("1", 403)):
        answer = twitter.post(f"Antwort an {target}", reply={"in_reply_to_tweet_id": target})
        assert answer.status_code == status, answer.text

    query = {"tweet.fields": "conversation_id,author_id", "expansions": "author_id"}
    named = twitter.call("GET", f"/2/users/{X_USER}/mentions", params=query).json()
    assert {entry["id"] for entry in named["data"]} == {to_us, naming}
    assert {user["username"] for user in named["includes"]["users"]} == {"JensHartwig", "SabineRother"}
    search = {"query": f"(conversation_id:{post}) -from:{X_USER} -to:{X_USER}"}
    deep = twitter.call("GET", "/2/tweets/search/recent", params=search).json()["data"]
    assert [entry["id"] for entry in deep] == [among_others]
    newer = twitter.call("GET", f"/2/users/{X_USER}/mentions", params={"since_id": named["meta"]["newest_id"]}).json()
    assert newer == {"meta": {"result_count": 0}}


def test_x_likes_and_search_have_their_bounds(sandbox: Sandbox, twitter: Twitter, clock: FakeClock) -> None:
    post = twitter.published("Neue Halle")
    reply = sandbox.comment("twitter", post, WRITTEN)
    path = f"/2/users/{X_USER}/likes"
    assert twitter.call("POST", path, json={"tweet_id": reply}).json() == {"data": {"liked": True}}
    assert [c["liked"] for c in sandbox.comments("twitter", post)] == [True]
    assert twitter.call("DELETE", f"{path}/{reply}").json() == {"data": {"liked": False}}
    assert twitter.call("POST", path, json={"tweet_id": "17"}).status_code == 400

    clock.advance(days=8)
    old = {"query": f"conversation_id:{post}", "start_time": "2026-03-16T09:00:00Z"}
    assert twitter.call("GET", "/2/tweets/search/recent", params=old).status_code == 400
    assert twitter.call("GET", "/2/tweets/search/recent", params={"query": "Halle"}).status_code == 400


def test_linkedin_answers_comments_under_their_urn_and_deletes_only_ones_own(
    sandbox: Sandbox, linkedin: LinkedIn
) -> None:
    post = linkedin.published("Fragen?")
    sandbox.comment("linkedin", post, WRITTEN)
    under = f"/rest/socialActions/{quote(post, safe='')}/comments"
    (asked,) = linkedin.call("GET", under).json()["elements"]
    urn = asked["commentUrn"]
    body = {"actor": ORGANIZATION, "object": asked["object"], "message": {"text": "Ja."}}

    answers = f"/rest/socialActions/{quote(urn, safe='')}/comments"
    assert linkedin.call("POST", answers, json=body).status_code == 400
    made = linkedin.call("POST", answers, json={**body, "parentComment": urn})
    assert (made.status_code, made.json()["parentComment"]) == (201, urn)
    assert [e["id"] for e in linkedin.call("GET", answers).json()["elements"]] == [made.headers["x-restli-id"]]
    assert [
        e["commentsSummary"]["totalFirstLevelComments"] for e in linkedin.call("GET", under).json()["elements"]
    ] == [1]

    actor = {"actor": ORGANIZATION}
    reaction = {"root": urn, "reactionType": "LIKE"}
    assert linkedin.call("POST", "/rest/reactions", params=actor, json=reaction).status_code == 201
    assert linkedin.call("GET", under).json()["elements"][0]["likesSummary"]["likedByCurrentUser"]
    key = quote(f"(actor:{ORGANIZATION},entity:{urn})", safe="")
    assert linkedin.call("DELETE", f"/rest/reactions/{key}").status_code == 204
    assert linkedin.call("DELETE", f"{under}/{asked['id']}", params=actor).status_code == 403
    assert linkedin.call("DELETE", f"{under}/{made.headers['x-restli-id']}", params=actor).status_code == 204
    assert linkedin.call("GET", answers).json()["elements"] == []


def test_xing_deletes_only_ones_own_comment(sandbox: Sandbox, xing: Xing) -> None:
    xing.post("Fragen?")
    activity = xing.feed()[0]["ids"][0]
    strange = sandbox.comment("xing", activity, WRITTEN)
    own = xing.call("POST", f"/v1/activities/{activity}/comments", data={"text": "Ja."}).json()["comment"]["id"]

    assert xing.call("DELETE", f"/v1/activities/{activity}/comments/{strange}").status_code == 403
    assert xing.call("DELETE", f"/v1/activities/{activity}/comments/{own}").status_code == 204
    assert xing.call("DELETE", f"/v1/activities/{activity}/comments/{own}").status_code == 404
    assert [c["id"] for c in sandbox.comments("xing", activity)] == [strange]


def test_in_a_talkative_world_mentions_grow_and_people_thank_for_answers(clock: FakeClock, tmp_path: Path) -> None:
    options: dict[str, Any] = {"clock": clock, "state_file": tmp_path / "networks.sqlite", "talkative": True}
    with Sandbox(**options) as sandbox, requests.Session() as http:
        facebook = Facebook(http, sandbox.api_url("facebook"))
        post = facebook.published("Fragen?")
        for number in range(12):
            comment = sandbox.comment("facebook", post, f"Frage {number}")
            facebook.call("POST", f"/{comment}/comments", data={"message": f"Antwort {number}"})
        before = len(sandbox.comments("facebook", post))
        clock.advance(days=4)
        tagged = facebook.call("GET", f"/{PAGE}/tagged", params={"limit": 100}).json()["data"]
        assert len(tagged) >= 2
        thanks = [c for c in sandbox.comments("facebook", post)[before:] if c["parent"]]
        assert thanks
    with Sandbox(**options) as sandbox, requests.Session() as http:
        facebook = Facebook(http, sandbox.api_url("facebook"))
        again = facebook.call("GET", f"/{PAGE}/tagged", params={"limit": 100}).json()["data"]
        assert [p["id"] for p in again] == [p["id"] for p in tagged]
        clock.advance(timedelta(days=3))
        assert len(facebook.call("GET", f"/{PAGE}/tagged", params={"limit": 100}).json()["data"]) > len(tagged)


def test_linkedin_tells_an_organisation_who_named_it_and_nothing_more_of_posts_of_others(
    sandbox: Sandbox, linkedin: LinkedIn, clock: FakeClock
) -> None:
    named = sandbox.mention("linkedin", ORGANIZATION, "Danke an Brandt!")
    sandbox.mention("linkedin", ORGANIZATION, "Lange her", created_at=clock.now() - timedelta(days=60, seconds=1))
    urn = quote(ORGANIZATION, safe="")
    path = f"/rest/organizationalEntityNotifications?q=criteria&organizationalEntity={urn}&actions="
    (note,) = linkedin.call("GET", path + "List(SHARE_MENTION)").json()["elements"]
    assert (note["action"], note["generatedActivity"]) == ("SHARE_MENTION", named)
    assert note["decoratedGeneratedActivity"]["share"]["text"] == "Danke an Brandt!"

    for wrong in ("List()", "List(SHARE_MENTIONS)", "SHARE_MENTION", "List(SHARE_MENTION)&timerange=1"):
        assert linkedin.call("GET", path + wrong).status_code == 400, wrong
    under = f"/rest/socialActions/{quote(named, safe='')}/comments"
    for hidden in (under, f"/rest/posts/{quote(named, safe='')}"):
        assert linkedin.call("GET", hidden).status_code == 403
    body = {"actor": ORGANIZATION, "object": named, "message": {"text": "Gern geschehen!"}}
    assert linkedin.call("POST", under, json=body).status_code == 201
