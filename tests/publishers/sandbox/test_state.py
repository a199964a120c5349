"""With a state file a restarted sandbox keeps posts, pictures and tokens; with open accounts it takes anyone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import requests

from publishers.sandbox import Sandbox
from tests.publishers.sandbox.callers import PAGE, Facebook, LinkedIn, Twitter, Xing, png
from tests.support.clock import FakeClock


def test_posts_pictures_and_figures_survive_a_restart(tmp_path: Path, http: requests.Session, clock: FakeClock) -> None:
    file = tmp_path / "deep" / "networks.sqlite"
    with Sandbox(clock=clock, state_file=file) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        medium = twitter.upload(png()).json()["data"]["id"]
        post_id = twitter.published("Bleibt https://brandt.example/", media={"media_ids": [medium]})
        sandbox.backfill("facebook", PAGE, "Alt", clock() - timedelta(days=9), images=[(png(), "Bild")])
        clock.advance(days=1)
        query = {"ids": post_id, "tweet.fields": "public_metrics,entities,attachments"}
        before = twitter.call("GET", "/2/tweets", params=query).json()
        posts = sandbox.posts()
    with Sandbox(clock=clock, state_file=file) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        assert sandbox.posts() == posts
        assert twitter.call("GET", "/2/tweets", params=query).json() == before
        assert http.get(f"{sandbox.url}/media/twitter/{medium}", timeout=20).content == png()
        assert twitter.post("Bleibt https://brandt.example/").status_code == 403
        assert twitter.published("Neu") != post_id
        assert sandbox.posts()[-1]["sequence"] == len(posts) + 1


def test_comments_edits_and_deletions_survive_a_restart(
    tmp_path: Path, http: requests.Session, clock: FakeClock
) -> None:
    file = tmp_path / "networks.sqlite"
    with Sandbox(clock=clock, state_file=file) as sandbox:
        facebook = Facebook(http, sandbox.api_url("facebook"))
        gone, kept = facebook.published("Weg"), facebook.published("Mit Fehler")
        facebook.call("DELETE", f"/{gone}")
        facebook.call("POST", f"/{kept}", data={"message": "Ohne Fehler"})
        facebook.call("POST", f"/{kept}/comments", data={"message": "Danke!"})
    with Sandbox(clock=clock, state_file=file) as sandbox:
        facebook = Facebook(http, sandbox.api_url("facebook"))
        assert [post["message"] for post in facebook.listed()["data"]] == ["Ohne Fehler"]
        comments = facebook.call("GET", f"/{kept}/comments").json()["data"]
        assert [comment["message"] for comment in comments] == ["Danke!"]


def test_a_refreshed_token_survives_a_restart_and_the_spent_one_stays_spent(
    tmp_path: Path, http: requests.Session, clock: FakeClock
) -> None:
    file = tmp_path / "networks.sqlite"
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-x-brandt-refresh", "client_id": "app"}
    with Sandbox(clock=clock, state_file=file) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        fresh = twitter.call("POST", "/2/oauth2/token", data=form).json()
    with Sandbox(clock=clock, state_file=file) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        assert twitter.renew("sandbox-x-brandt-refresh").status_code == 400
        assert twitter.post("Mit altem Token").status_code == 401
        twitter.token = fresh["access_token"]
        assert twitter.post("Mit neuem Token").status_code == 201


def test_open_accounts_take_the_id_that_their_caller_gives(http: requests.Session, clock: FakeClock) -> None:
    with Sandbox(clock=clock, open_accounts=True) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        twitter.token = "some-new-token"
        post_id = twitter.published("Hallo")
        listed = twitter.call("GET", "/2/users/4711/tweets").json()
        assert [post["id"] for post in listed["data"]] == [post_id]
        assert sandbox.posts()[0]["account"] == "4711"
        form = {"grant_type": "refresh_token", "refresh_token": "its-refresh-token", "client_id": "app"}
        twitter.token = twitter.call("POST", "/2/oauth2/token", data=form).json()["access_token"]
        after = twitter.published("Nach dem Erneuern")
        listed = twitter.call("GET", "/2/users/4711/tweets").json()
        assert {post["id"] for post in listed["data"]} == {post_id, after}


def test_an_open_account_is_named_by_the_digits_its_token_ends_with(http: requests.Session) -> None:
    with Sandbox(open_accounts=True) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        twitter.token = "bench-1001"
        assert twitter.call("GET", "/2/users/me").json()["data"]["id"] == "1001"


def test_no_open_account_takes_the_place_of_a_known_one(http: requests.Session) -> None:
    with Sandbox(open_accounts=True) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        known = twitter.call("GET", "/2/users/me").json()["data"]
        twitter.token = f"guessed-{known['id']}"
        assert twitter.call("GET", "/2/users/me").json()["data"]["id"] != known["id"]


def test_open_accounts_do_not_become_one_by_reading_each_other(http: requests.Session) -> None:
    with Sandbox(open_accounts=True) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        for token in ("bench-1001", "bench-1002"):
            twitter.token = token
            twitter.published(f"Von {token}")
        seen = twitter.call("GET", "/2/users/1001/tweets").json()["data"]
        assert [post["text"] for post in seen] == ["Von bench-1001"]
        assert [post["account"] for post in sandbox.posts()] == ["1001", "1002"]


def test_open_accounts_publish_on_every_network(http: requests.Session) -> None:
    with Sandbox(open_accounts=True) as sandbox:
        facebook = Facebook(http, sandbox.api_url("facebook"))
        facebook.token = "any-page-token"
        for page in ("501", "502"):
            assert facebook.call("POST", f"/{page}/feed", data={"message": "Hallo"}).status_code == 200
        linkedin = LinkedIn(http, sandbox.api_url("linkedin"))
        linkedin.token = "any-linkedin-token"
        for author in ("urn:li:organization:601", "urn:li:organization:602"):
            linkedin.published("Hallo", author=author)
        xing = Xing(http, sandbox.api_url("xing"))
        assert xing.post("Hallo").status_code == 201
        accounts = [post["account"] for post in sandbox.posts()]
        assert accounts[:4] == ["501", "502", "urn:li:organization:601", "urn:li:organization:602"]


def test_an_open_account_needs_a_well_formed_token(http: requests.Session) -> None:
    with Sandbox(open_accounts=True) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        for token in ("short", "with blanks in it"):
            twitter.token = token
            assert twitter.post("Hallo").status_code == 401


def test_known_accounts_keep_their_tokens_to_themselves_also_with_open_accounts(http: requests.Session) -> None:
    with Sandbox(open_accounts=True) as sandbox:
        facebook = Facebook(http, sandbox.api_url("facebook"))
        facebook.token = "a-stranger"
        assert facebook.post(message="Hallo").json()["error"]["code"] == 100
        assert sandbox.posts() == []
