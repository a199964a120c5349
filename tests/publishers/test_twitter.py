"""X: what is sent, how texts come back, which answers mean what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from publishers.base import (
    Duplicate,
    Medium,
    NetworkError,
    OutgoingPost,
    PaymentRequired,
    Prepared,
    Publisher,
    ReconnectNeeded,
    Refused,
    Rejected,
    Throttled,
    Uncertain,
)
from publishers.errors import Answer
from publishers.sandbox import Sandbox
from publishers.twitter.errors import judge
from publishers.twitter.metrics import figures_of, split_by_age
from publishers.twitter.text import check, expected_text, listed_links, listed_text
from tests.publishers.accounts import APP, connect as connect_account, image
from tests.publishers.raw import RawServer, Received, Reply, json_reply

PROBLEMS = "https://api.twitter.com/2/problems/"


def connect(server: RawServer, **options: object) -> Publisher:
    return connect_account("twitter", server.url, **options)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(json_reply({"data": {"id": "1900000000000000001", "text": "x"}}, 201)) as running:
        yield running


def made(age: timedelta, now: datetime | None = None) -> str:
    """The id of a post of that age: its upper bits are milliseconds."""
    moment = (now or datetime.now(UTC)) - age
    return str((int(moment.timestamp() * 1000) - 1288834974657) << 22)


# --- what is sent (OpenAPI TweetCreateRequest, MediaUploadRequestOneShot, …) ---------------------------------


def test_a_post_is_one_json_object_with_its_link_in_the_text(server: RawServer) -> None:
    published = connect(server).publish(Prepared(OutgoingPost(" Hallo ", "https://e.de/a?b=c")))
    assert (server.last.method, server.last.path) == ("POST", "/2/tweets")
    assert server.last.json == {"text": "Hallo https://e.de/a?b=c"}
    assert server.last.headers["authorization"] == "Bearer x-secret-access"
    assert published.remote_id == "1900000000000000001"
    assert published.url == "https://x.com/i/status/1900000000000000001"


def test_media_are_named_by_their_ids_and_a_text_may_be_missing(server: RawServer, picture: Medium) -> None:
    connect(server).publish(Prepared(OutgoingPost("", None, (picture,)), ("77",)))
    assert server.last.json == {"media": {"media_ids": ["77"]}}


def test_an_image_is_uploaded_by_api_v2_with_its_alternative_text(server: RawServer, picture: Medium) -> None:
    server.answer = json_reply({"data": {"id": "77"}})
    assert connect(server).prepare(OutgoingPost("x", None, (picture,))).media_ids == ("77",)
    upload, metadata = server.requests
    assert (upload.method, upload.path) == ("POST", "/2/media/upload")
    for part in (
        b'name="media_category"\r\n\r\ntweet_image',
        b'name="media_type"\r\n\r\nimage/png',
        b'name="media"; filename=',
    ):
        assert part in upload.body
    assert metadata.path == "/2/media/metadata"
    assert metadata.json == {"id": "77", "metadata": {"alt_text": {"text": picture.alt}}}


def test_a_moving_image_is_uploaded_in_segments_and_waited_for(server: RawServer, tmp_path: Path) -> None:
    animated = image(tmp_path, name="bild.gif", mime="image/gif")
    states = iter(("pending", "in_progress", "succeeded"))

    def answer(received: Received) -> Reply:
        if received.path.endswith("/append"):
            return Reply(204)
        if received.path.endswith("/initialize"):
            return json_reply({"data": {"id": "78"}})
        return json_reply({"data": {"id": "78", "processing_info": {"state": next(states), "check_after_secs": 0}}})

    server.answer = answer
    assert connect(server).prepare(OutgoingPost("x", None, (animated,))).media_ids == ("78",)
    paths = [(r.method, r.path) for r in server.requests]
    assert paths == [
        ("POST", "/2/media/upload/initialize"),
        ("POST", "/2/media/upload/78/append"),
        ("POST", "/2/media/upload/78/finalize"),
        ("GET", "/2/media/upload?command=STATUS&media_id=78"),
        ("GET", "/2/media/upload?command=STATUS&media_id=78"),
    ]
    begin = {"media_category": "tweet_gif", "media_type": "image/gif", "total_bytes": animated.size}
    assert server.requests[0].json == begin
    assert b'name="segment_index"\r\n\r\n0' in server.requests[1].body


def test_an_image_that_cannot_be_processed_is_rejected(server: RawServer, picture: Medium) -> None:
    server.answer = json_reply({"data": {"id": "78", "processing_info": {"state": "failed"}}})
    with pytest.raises(Rejected):
        connect(server).prepare(OutgoingPost("x", None, (picture,)))


def test_an_image_that_takes_longer_than_the_call_may_is_tried_again_later(server: RawServer, picture: Medium) -> None:
    server.answer = json_reply({"data": {"id": "78", "processing_info": {"state": "pending", "check_after_secs": 90}}})
    with pytest.raises(Refused) as caught:
        connect(server).prepare(OutgoingPost("x", None, (picture,)))
    assert caught.value.retry_after == 90


def test_the_account_is_asked_for_posts_with_what_a_comparison_needs(server: RawServer) -> None:
    server.answer = json_reply({"meta": {"result_count": 0}})
    connect(server).find_recent(datetime(2026, 3, 16, 9, 0, 30, tzinfo=UTC))
    assert server.last.path.startswith("/2/users/1502893746120984576/tweets?")
    assert server.last.query == {
        "max_results": "100",
        "start_time": "2026-03-16T08:59:30Z",
        "tweet.fields": "created_at,entities,attachments,note_tweet,conversation_id,referenced_tweets",
    }


def test_figures_are_asked_for_a_hundred_posts_at_once(server: RawServer) -> None:
    server.answer = json_reply({"data": []})
    connect(server).metrics([made(timedelta(minutes=n)) for n in range(150)])
    assert [len(r.query["ids"].split(",")) for r in server.requests] == [100, 50]
    assert server.requests[0].query["tweet.fields"] == "public_metrics,non_public_metrics,organic_metrics"


def test_where_private_figures_are_not_given_the_public_ones_are_asked_for(server: RawServer) -> None:
    post = made(timedelta(days=1))

    def answer(received: Received) -> Reply:
        if "non_public" in received.path:
            return json_reply({"title": "Forbidden", "type": f"{PROBLEMS}not-authorized-for-field"}, 403)
        return json_reply({"data": [{"id": post, "public_metrics": {"like_count": 3}}]})

    server.answer = answer
    figures = connect(server).metrics([post])[post]
    assert len(server.requests) == 2
    assert (figures.reactions, figures.clicks) == (3, None)


def test_old_posts_are_asked_for_public_figures_alone() -> None:
    now = datetime(2026, 3, 16, tzinfo=UTC)

    young, old = made(timedelta(days=29), now), made(timedelta(days=31), now)
    assert split_by_age([young, old, "12", "no number"], now) == ([young, "12", "no number"], [old])


# --- tokens --------------------------------------------------------------------------------------------------


def test_a_refresh_gives_a_new_pair_and_its_end(sandbox: Sandbox) -> None:
    from tests.publishers.accounts import register

    spare = {"access_token": "x-spare-access", "refresh_token": "x-spare-refresh", "user_id": "1502893746120984577"}
    register(sandbox, "twitter", spare)
    publisher = connect_account("twitter", sandbox.api_url("twitter"), app=APP, credentials=spare)
    fresh = publisher.refresh()
    assert fresh is not None
    assert fresh["user_id"] == spare["user_id"]
    assert not {fresh["access_token"], fresh["refresh_token"]} & set(spare.values())
    assert datetime.fromisoformat(fresh["expires_at"]) > datetime.now(UTC) + timedelta(hours=1)
    again = connect_account("twitter", sandbox.api_url("twitter"), app=APP, credentials=fresh)
    assert again.verify().remote_id == spare["user_id"]
    with pytest.raises(ReconnectNeeded):
        publisher.refresh()
    publisher.close()
    again.close()


def test_a_refresh_sends_the_apps_name_and_not_the_old_token(server: RawServer) -> None:
    server.answer = json_reply({"access_token": "new", "expires_in": 7200})
    fresh = connect(server, app=APP).refresh()
    assert server.last.path == "/2/oauth2/token"
    assert server.last.form == {
        "grant_type": "refresh_token",
        "refresh_token": "x-secret-refresh",
        "client_id": "the-app",
    }
    assert server.last.headers["authorization"].startswith("Basic ")
    assert fresh is not None
    assert fresh["refresh_token"] == "x-secret-refresh"


def test_a_public_app_refreshes_without_a_secret(server: RawServer) -> None:
    server.answer = json_reply({"access_token": "new"})
    fresh = connect(server, app={"client_id": "the-app"}).refresh()
    assert "authorization" not in server.last.headers
    assert fresh is not None
    assert "expires_at" not in fresh


def test_without_a_refresh_token_or_an_app_there_is_no_refresh(server: RawServer) -> None:
    assert connect(server).refresh() is None
    assert connect(server, app=APP, credentials={"refresh_token": ""}).refresh() is None
    assert server.requests == []


# --- how texts come back -------------------------------------------------------------------------------------


def tweet(text: str, *urls: dict[str, str], **more: object) -> dict[str, object]:
    return {"id": "1", "text": text, "entities": {"urls": list(urls)}, **more}


def test_short_links_are_expanded_and_the_link_to_the_images_is_removed() -> None:
    listed = tweet(
        "Hallo https://t.co/aaa und https://t.co/bbb https://t.co/ccc",
        {"url": "https://t.co/aaa", "expanded_url": "https://e.de/?a=1&lt=2"},
        {"url": "https://t.co/bbb", "expanded_url": "http://brandt.de/"},
        {"url": "https://t.co/ccc", "expanded_url": "https://x.com/b/status/1/photo/1", "media_key": "3_1"},
    )
    assert listed_text(listed) == "Hallo https://e.de/?a=1&lt=2 und http://brandt.de"
    assert listed_links(listed) == ("https://e.de/?a=1&lt=2", "http://brandt.de")


def test_escapes_of_the_listing_are_undone() -> None:
    assert listed_text(tweet("A &lt; B &amp;amp; C &gt; D")) == "A < B &amp; C > D"


def test_a_long_post_is_compared_in_full() -> None:
    note = {
        "text": "Das ganze https://t.co/aaa",
        "entities": {"urls": [{"url": "https://t.co/aaa", "expanded_url": "https://e.de"}]},
    }
    assert listed_text(tweet("Das gan… https://t.co/zzz", note_tweet=note)) == "Das ganze https://e.de"


def test_a_bare_address_is_expected_as_the_listing_has_it() -> None:
    assert expected_text(OutgoingPost("Mehr: brandt.de, jetzt")) == "Mehr: http://brandt.de, jetzt"


@given(st.text(max_size=100))
def test_what_is_expected_stays_the_same_when_it_is_listed_unchanged(text: str) -> None:
    expected = expected_text(OutgoingPost(text))
    escaped = expected.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert listed_text(tweet(escaped)) == expected


def test_a_moving_image_stands_alone(tmp_path: Path) -> None:
    animated, still = image(tmp_path, name="a.gif", mime="image/gif"), image(tmp_path)
    assert check(OutgoingPost("x", media=(animated,))) == []
    assert [p.code for p in check(OutgoingPost("x", media=(animated, still)))] == ["media_mixed"]
    assert [p.code for p in check(OutgoingPost("x", media=(animated, animated)))] == ["too_many_gifs"]


# --- figures -------------------------------------------------------------------------------------------------


def test_both_names_of_a_repost_are_read_and_quotes_are_shares_too() -> None:
    assert figures_of({"public_metrics": {"retweet_count": 2, "quote_count": 1}}).shares == 3
    assert figures_of({"public_metrics": {"repost_count": 4}}).shares == 4


def test_missing_figures_stay_missing_and_further_ones_are_kept() -> None:
    figures = figures_of({
        "public_metrics": {"like_count": 5, "bookmark_count": 2, "impression_count": 90},
        "non_public_metrics": {"url_link_clicks": 7, "user_profile_clicks": 1},
    })  # fmt: skip
    assert (figures.reactions, figures.clicks, figures.impressions) == (5, 7, 90)
    assert (figures.comments, figures.shares, figures.reach) == (None, None, None)
    assert figures.extra == {"bookmark_count": 2, "user_profile_clicks": 1}


# --- what answers mean ---------------------------------------------------------------------------------------


def answer(status: int, body: object, **headers: str) -> NetworkError:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    error = judge(Answer(status, names, json.dumps(body).encode()))
    assert error is not None
    return error


def test_a_spent_quota_pauses_the_channel() -> None:
    error = answer(
        429, {"title": "UsageCapExceeded", "type": f"{PROBLEMS}usage-capped", "detail": "Monthly product cap"}
    )
    assert isinstance(error, Refused)
    assert error.pause_channel
    assert error.network_message == "Monthly product cap"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (402, {"title": "CreditsDepleted"}, PaymentRequired),
        (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, Duplicate),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, Duplicate),
        (403, {"type": f"{PROBLEMS}unsupported-authentication"}, ReconnectNeeded),
        (403, {"type": f"{PROBLEMS}client-forbidden"}, ReconnectNeeded),
        (403, {"errors": [{"code": 64, "message": "Your account is suspended"}]}, ReconnectNeeded),
        (400, {"type": f"{PROBLEMS}client-disconnected"}, Uncertain),
        (429, {"type": f"{PROBLEMS}usage-capped", "period": "Daily"}, Throttled),
        (429, {"type": f"{PROBLEMS}usage-capped", "period": "Monthly"}, Refused),
        (403, {"type": f"{PROBLEMS}oauth1-permissions"}, ReconnectNeeded),
        (403, {"type": "about:blank", "detail": "You are not permitted to perform this action."}, Rejected),
        (401, {"title": "Unauthorized"}, ReconnectNeeded),
        (429, {"title": "Too Many Requests"}, Throttled),
        (400, {"type": f"{PROBLEMS}invalid-request"}, Rejected),
    ],
)
def test_the_table_of_x(status: int, body: object, kind: type[NetworkError]) -> None:
    assert type(answer(status, body)) is kind


def test_a_spent_daily_limit_is_waited_for_rather_than_the_quarter_of_an_hour() -> None:
    error = answer(
        429, {}, Date="Mon, 16 Mar 2026 09:00:00 GMT", x_user_limit_24hour_remaining="0",
        x_user_limit_24hour_reset="1773658800", x_rate_limit_reset="1773652500",
    )  # fmt: skip
    assert isinstance(error, Refused)
    assert error.retry_after == 1773658800 - 1773651600


def test_an_answer_that_is_fine_is_left_to_the_package() -> None:
    assert judge(Answer(200, {}, b'{"data": {}}')) is None


def test_a_post_that_two_pages_show_is_listed_once_and_the_newest_comes_first(server: RawServer) -> None:
    def listed(number: int) -> dict[str, object]:
        return {"id": str(number), "text": "x", "created_at": f"2026-03-16T09:00:0{number}.000Z"}

    def two_pages(received: Received) -> Reply:
        if "pagination_token" in received.query:
            return json_reply({"data": [listed(2), listed(1)], "meta": {"result_count": 2}})
        return json_reply({"data": [listed(2), listed(3)], "meta": {"result_count": 2, "next_token": "t"}})

    server.answer = two_pages
    recent = connect(server).find_recent(datetime(2026, 3, 16, 9, tzinfo=UTC))
    assert [p.remote_id for p in recent.posts] == ["3", "2", "1"]


def test_an_id_that_is_none_of_x_does_not_spoil_the_figures_of_others(server: RawServer) -> None:
    server.answer = json_reply({"data": []})
    connect(server).metrics(["../users/me", "12"])
    assert server.last.query["ids"] == "12"


def test_an_id_cannot_lead_a_deletion_elsewhere(server: RawServer) -> None:
    connect(server).delete("1?x=../2")
    assert server.last.path == "/2/tweets/1%3Fx%3D..%2F2"
