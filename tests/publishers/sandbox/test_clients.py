"""The real client packages cannot tell the sandbox from the networks."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import requests
import tweepy
from linkedin_v2 import linkedin as linkedin_package
from requests.adapters import HTTPAdapter

from publishers.sandbox import Sandbox
from tests.publishers.sandbox.callers import PAGE, X_USER, Xing
from tests.support.clock import FakeClock

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # facebook-sdk has an invalid escape sequence
    import facebook


class Rewriting(HTTPAdapter):
    """Sends what is meant for a network's host to the sandbox."""

    def __init__(self, host: str, url: str) -> None:
        super().__init__()
        self._host, self._url = host, url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        request.url = (request.url or "").replace(self._host, self._url, 1)
        return super().send(request, *args, **options)


def _through(session: requests.Session, host: str, url: str) -> requests.Session:
    session.trust_env = False
    session.mount(host, Rewriting(host, url))
    return session


@pytest.fixture
def tweeting(sandbox: Sandbox) -> tweepy.Client:
    client = tweepy.Client(bearer_token="sandbox-x-brandt-access")
    _through(client.session, "https://api.twitter.com", sandbox.api_url("twitter"))
    return client


def test_tweepy_posts_lists_and_counts(tweeting: tweepy.Client, clock: FakeClock) -> None:
    post_id = tweeting.create_tweet(text="Hallo https://brandt.example/", user_auth=False).data["id"]
    clock.advance(days=1)
    listed = tweeting.get_users_tweets(
        X_USER, tweet_fields=["created_at", "public_metrics", "entities"], user_auth=False
    )
    assert [str(post.id) for post in listed.data] == [post_id]
    assert listed.data[0].created_at.isoformat() == "2026-03-16T09:00:00+00:00"
    assert listed.data[0].public_metrics["impression_count"] > 0
    assert tweeting.get_me(user_auth=False).data.username == "BrandtMaschinen"
    assert tweeting.delete_tweet(post_id, user_auth=False).data["deleted"] is True


def test_tweepy_raises_what_it_raises_at_x(tweeting: tweepy.Client, sandbox: Sandbox, clock: FakeClock) -> None:
    tweeting.create_tweet(text="Zweimal", user_auth=False)
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        tweeting.create_tweet(text="Zweimal", user_auth=False)
    sandbox.faults.add("throttled", "twitter", count=1, reset_in=60)
    with pytest.raises(tweepy.TooManyRequests) as throttled:
        tweeting.create_tweet(text="Hallo", user_auth=False)
    assert throttled.value.reset_time == clock().timestamp() + 60
    sandbox.faults.add("error", "twitter", count=1)
    with pytest.raises(tweepy.TwitterServerError):
        tweeting.create_tweet(text="Hallo", user_auth=False)


def test_facebook_sdk_posts_photographs_and_lists(sandbox: Sandbox) -> None:
    session = _through(requests.Session(), "https://graph.facebook.com", sandbox.api_url("facebook"))
    graph = facebook.GraphAPI(access_token="EAABsandboxBrandtPage", session=session, timeout=20)
    graph.version = "v26.0"
    post_id = graph.put_object(PAGE, "feed", message="Hallo")["id"]
    assert graph.get_object(post_id, fields="id,message") == {"id": post_id, "message": "Hallo"}
    assert [post["id"] for post in graph.get_connections(PAGE, "published_posts")["data"]] == [post_id]
    with pytest.raises(facebook.GraphAPIError) as refused:
        graph.put_object(PAGE, "feed", message="Hallo")
    assert refused.value.code == 506
    assert graph.get_version() == "26.0"
    assert graph.delete_object(post_id) == {"success": True}


def test_facebook_sdk_extends_a_user_token(sandbox: Sandbox) -> None:
    session = _through(requests.Session(), "https://graph.facebook.com", sandbox.api_url("facebook"))
    graph = facebook.GraphAPI(access_token="EAABsandboxBrandtUser", session=session, timeout=20)
    graph.version = "v26.0"
    assert "pages_manage_posts" in graph.get_permissions("me")
    assert graph.extend_access_token("app", "secret")["access_token"] == "EAABsandboxBrandtUser"


def test_python_linkedin_v2_asks_who_it_is(sandbox: Sandbox) -> None:
    class Application(linkedin_package.LinkedInApplication):  # type: ignore[misc]
        def make_request(self, method: str, url: str, **options: Any) -> requests.Response:
            session = _through(requests.Session(), "https://api.linkedin.com", sandbox.api_url("linkedin"))
            headers = {"Authorization": f"Bearer {self.authentication.token.access_token}"}
            return session.request(method, url, headers=headers, params=options.get("params"), timeout=20)

    assert Application(token="AQXsandboxBrandtLinkedIn").get_profile()["localizedFirstName"] == "Katrin"


def test_requests_oauthlib_signs_for_xing(xing: Xing) -> None:
    assert xing.call("GET", "/v1/users/me").json()["users"][0]["display_name"] == "Katrin Vogel"
