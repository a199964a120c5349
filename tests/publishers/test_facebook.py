"""Facebook Pages: what is sent, what is read, which answers mean what."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from publishers.base import (
    Blocked,
    Duplicate,
    FollowUp,
    Medium,
    NetworkError,
    OutgoingPost,
    Prepared,
    Publisher,
    ReconnectNeeded,
    Refused,
    Rejected,
    Throttled,
    Uncertain,
    Under,
    VersionOver,
)
from publishers.errors import Answer
from publishers.facebook.errors import is_gone, judge
from publishers.facebook.text import listed_links, listed_media
from tests.publishers.accounts import APP, connect as connect_account
from tests.publishers.files import film
from tests.publishers.raw import RawServer, Received, Reply, json_reply

PAGE = "104872951638204"
TOKEN = "EAABsecretOfThePage"


def connect(server: RawServer, **app: str) -> Publisher:
    return connect_account("facebook", server.url, app=app)


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(json_reply({"id": f"{PAGE}_1"})) as running:
        yield running


def test_text_and_link_go_to_the_pages_feed_in_the_current_version(server: RawServer) -> None:
    published = connect(server).publish(Prepared(OutgoingPost("Hallo", "https://e.de")))
    assert (server.last.method, server.last.path) == ("POST", f"/v26.0/{PAGE}/feed")
    assert server.last.form == {"message": "Hallo", "link": "https://e.de", "access_token": TOKEN}
    assert server.last.headers["authorization"] == f"Bearer {TOKEN}"
    assert published.remote_id == f"{PAGE}_1"


@pytest.mark.parametrize("version", ["v27.0", "27.0"])
def test_the_operator_chooses_the_version(server: RawServer, version: str) -> None:
    connect(server, api_version=version).publish(Prepared(OutgoingPost("Hallo")))
    assert server.last.path.startswith("/v27.0/")


def test_with_an_app_secret_every_call_carries_its_proof(server: RawServer) -> None:
    proof = hmac.new(APP["client_secret"].encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    publisher = connect(server, **APP)
    publisher.publish(Prepared(OutgoingPost("Hallo")))
    assert server.last.form["appsecret_proof"] == proof
    publisher.delete("1_2")
    assert (server.last.method, server.last.query) == ("DELETE", {"appsecret_proof": proof})


def test_images_are_uploaded_unseen_and_then_attached(server: RawServer, picture: Medium) -> None:
    server.answer = json_reply({"id": "55"})
    publisher = connect(server)
    prepared = publisher.prepare(OutgoingPost("Hallo", "https://e.de", (picture,)))
    upload = server.last
    assert upload.path == f"/v26.0/{PAGE}/photos"
    for part in (b'name="published"\r\n\r\nfalse', b'name="alt_text_custom"', b'name="source"; filename='):
        assert part in upload.body
    publisher.publish(prepared)
    sent = server.last.form
    assert json.loads(sent["attached_media"]) == [{"media_fbid": "55"}]
    assert sent["message"] == "Hallo https://e.de"
    assert "link" not in sent


def test_a_link_alone_needs_no_message(server: RawServer) -> None:
    connect(server).publish(Prepared(OutgoingPost("", "https://e.de")))
    assert server.last.form == {"link": "https://e.de", "access_token": TOKEN}


def test_reading_carries_the_token_in_a_header_alone(server: RawServer) -> None:
    server.answer = json_reply({"data": []})
    connect(server).find_recent(datetime(2026, 3, 16, 9, tzinfo=UTC))
    assert server.last.path.startswith(f"/v26.0/{PAGE}/published_posts?")
    assert (server.last.query["since"], server.last.query["limit"]) == ("1773651599", "100")
    assert "access_token" not in server.last.path
    assert server.last.headers["authorization"] == f"Bearer {TOKEN}"


def test_the_address_of_the_next_page_is_not_followed_but_its_cursor_is(server: RawServer) -> None:
    def answer(received: Received) -> Reply:
        if "after" in received.query:
            return json_reply({"data": [{"id": "1_2", "created_time": "2026-03-16T09:00:00+0000"}]})
        following = f"https://elsewhere.example/?access_token={TOKEN}&after=c1"
        return json_reply({"data": [], "paging": {"cursors": {"after": "c1"}, "next": following}})

    server.answer = answer
    recent = connect(server).find_recent(datetime(2026, 3, 16, 9, tzinfo=UTC))
    assert server.last.query["after"] == "c1"
    assert [p.remote_id for p in recent.posts] == ["1_2"]
    assert recent.complete


def test_a_user_token_that_lacks_a_permission_says_which(server: RawServer) -> None:
    def answer(received: Received) -> Reply:
        if "permissions" not in received.path:
            return json_reply({"id": PAGE, "name": "Brandt", "link": "https://www.facebook.com/brandt"})
        granted = {"permission": "pages_read_engagement", "status": "granted"}
        return json_reply({"data": [granted, {"permission": "pages_manage_posts", "status": "declined"}]})

    server.answer = answer
    missing = connect(server).verify().missing
    assert "pages_manage_posts" in missing
    assert "pages_read_engagement" not in missing


# --- figures -------------------------------------------------------------------------------------------------

KNOWN = {"post_media_view": 100, "post_clicks": 4}


class Graph:
    """Answers reads as Graph does, and knows only some metrics. ``has_batch`` False: it takes no batch."""

    def __init__(self, *, has_batch: bool = True) -> None:
        self.has_batch = has_batch

    def __call__(self, received: Received) -> Reply:
        if received.method == "POST":
            if not self.has_batch:
                return json_reply({"error": {"code": 100, "message": "no batch"}}, 400)
            parts = json.loads(received.form["batch"])
            answers = [self.read(*part["relative_url"].split("?")) for part in parts]
            return json_reply([{"code": code, "body": json.dumps(body)} for code, body in answers])
        code, body = self.read(received.path.removeprefix("/v26.0/").split("?")[0], received.path.split("?")[1])
        return json_reply(body, code)

    def read(self, path: str, query: str) -> tuple[int, object]:
        if path.startswith("gone"):
            return 400, {"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}
        asked = dict(parse_qsl(query))
        fields = {"reactions": {"summary": {"total_count": 9}}, "comments": {"summary": {"total_count": 2}}}
        nested = re.search(r"insights\.metric\(([\w,]+)\)\.period\(lifetime\)", asked.get("fields", ""))
        if nested is None and not path.endswith("/insights"):
            return 200, fields
        code, insights = self.insights((nested[1] if nested else asked["metric"]).split(","))
        return code, {**fields, "insights": insights} if nested and code == 200 else insights

    def insights(self, names: list[str]) -> tuple[int, dict[str, object]]:
        if any(name not in KNOWN for name in names):
            return 400, {"error": {"code": 100, "message": "The value must be a valid insights metric"}}
        return 200, {"data": [{"name": n, "values": [{"value": KNOWN[n]}]} for n in names]}


def test_a_metric_that_is_gone_does_not_take_the_others_with_it(server: RawServer) -> None:
    server.answer = Graph()
    figures = connect(server).metrics(["1_2"])["1_2"]
    assert (figures.impressions, figures.clicks, figures.reactions, figures.comments) == (100, 4, 9, 2)
    assert (figures.reach, figures.shares) == (None, None)


def test_which_metrics_are_gone_is_learnt_once(server: RawServer) -> None:
    server.answer = Graph()
    publisher = connect(server)
    publisher.metrics(["1_2"])
    asked = len(server.requests)
    publisher.metrics(["1_3", "1_4", "1_5"])
    assert len(server.requests) == asked + 1

    # Of many, the first to fail tells which are gone: the others are asked for together again.
    server.requests.clear()
    assert len(connect(server).metrics([f"1_{n}" for n in range(50)])) == 50
    assert len(server.requests) == 4


def test_many_posts_are_asked_for_in_batches_and_gone_ones_left_out(server: RawServer) -> None:
    server.answer = Graph()
    publisher = connect(server)
    publisher.metrics(["1_2"])
    before = len(server.requests)
    found = publisher.metrics([f"1_{n}" for n in range(30)] + ["gone_1"])
    assert set(found) == {f"1_{n}" for n in range(30)}
    assert len(server.requests) - before == 1
    assert {found[f"1_{n}"].impressions for n in range(30)} == {100}


def test_what_fails_for_one_post_is_asked_for_apart_and_costs_no_other_its_figures(server: RawServer) -> None:
    class OneIsKeptBack(Graph):
        def read(self, path: str, query: str) -> tuple[int, object]:
            if path.startswith("1_7") and "insights" in path + query:
                return 403, {"error": {"code": 10, "message": "not this one"}}
            return super().read(path, query)

    server.answer = OneIsKeptBack()
    publisher = connect(server)
    publisher.metrics(["1_2"])
    found = publisher.metrics(["1_6", "1_7", "1_8", "gone_1"])
    assert [(post, f.impressions, f.reactions) for post, f in found.items()] == [
        ("1_6", 100, 9), ("1_8", 100, 9), ("1_7", None, 9),
    ]  # fmt: skip


def test_where_batches_are_not_taken_posts_are_asked_for_one_by_one(server: RawServer) -> None:
    server.answer = Graph(has_batch=False)
    assert connect(server).metrics(["1_2", "gone_1"])["1_2"].impressions == 100


def test_insights_that_are_not_permitted_leave_the_other_figures(server: RawServer) -> None:
    class WithoutInsights(Graph):
        def read(self, path: str, query: str) -> tuple[int, object]:
            if "insights" in path + query:
                return 403, {"error": {"code": 10, "message": "read_insights is missing"}}
            return super().read(path, query)

    server.answer = WithoutInsights()
    figures = connect(server).metrics(["1_2"])["1_2"]
    assert (figures.reactions, figures.impressions) == (9, None)


def test_a_dead_token_is_no_missing_figure(server: RawServer) -> None:
    class DeadToken(Graph):
        def read(self, path: str, query: str) -> tuple[int, object]:  # noqa: ARG002 - for every path
            return 400, {"error": {"code": 190, "message": "expired"}}

    server.answer = DeadToken()
    with pytest.raises(ReconnectNeeded):
        connect(server).metrics(["1_2"])


# --- what is listed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attachments", "count"),
    [
        (None, None),
        ({"data": [{"media_type": "photo"}]}, 1),
        ({"data": [{"media_type": "album", "subattachments": {"data": [{}, {}, {}]}}]}, 3),
        ({"data": [{"media_type": "link", "unshimmed_url": "https://e.de"}]}, 0),
    ],
)
def test_images_of_a_listed_post_are_counted(attachments: object, count: int | None) -> None:
    assert listed_media({} if attachments is None else {"attachments": attachments}) == count


def test_the_shared_address_of_a_listed_post_is_read_and_not_facebooks_own_around_it() -> None:
    around = "https://l.facebook.com/l.php?u=https%3A%2F%2Fe.de&h=AT0x"
    link = {"media_type": "link", "url": around, "unshimmed_url": "https://e.de"}
    assert listed_links({"attachments": {"data": [link]}}) == ("https://e.de",)


# --- what answers mean ---------------------------------------------------------------------------------------


def judged(
    code: int, status: int = 400, subcode: int | None = None, headers: dict[str, str] | None = None, **more: object
) -> NetworkError:
    error = {"message": "words", "code": code, **more, **({"error_subcode": subcode} if subcode else {})}
    found = judge(Answer(status, headers or {}, json.dumps({"error": error}).encode()))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, Uncertain), (2, Uncertain), (3, ReconnectNeeded), (4, Throttled), (10, ReconnectNeeded), (17, Throttled),
        (32, Throttled), (100, Rejected), (102, ReconnectNeeded), (190, ReconnectNeeded), (200, ReconnectNeeded),
        (299, ReconnectNeeded), (341, Throttled), (368, Blocked), (506, Duplicate), (613, Throttled),
        (2500, Rejected), (2635, VersionOver), (80001, Throttled), (1609005, Rejected), (987654, Rejected),
    ],
)  # fmt: skip
def test_the_table_of_graph(code: int, kind: type[NetworkError]) -> None:
    assert type(judged(code)) is kind


@pytest.mark.parametrize("code", [100, 190, 4])
def test_a_server_error_is_uncertain_whatever_its_code(code: int) -> None:
    assert type(judged(code, status=500)) is Uncertain


def test_an_error_under_the_status_200_is_an_error() -> None:
    assert type(judged(190, status=200)) is ReconnectNeeded


def test_what_graph_calls_transient_is_uncertain_unless_its_code_says_refused() -> None:
    assert type(judged(987, is_transient=True)) is Uncertain
    assert type(judged(4, is_transient=True)) is Throttled
    assert type(judged(200, is_transient=True)) is Uncertain  # what passes by itself asks nobody to reconnect


def test_a_token_that_is_wanted_and_a_signature_that_is_refused_are_told_by_the_words() -> None:
    wanted = "An active access token must be used to query information about the current user."
    assert type(judged(2500, message=wanted)) is ReconnectNeeded
    assert type(judged(2500, message="Unknown path components: /feeed")) is Rejected
    assert type(judged(100, message="Invalid appsecret_proof provided in the API argument")) is ReconnectNeeded


def test_a_page_that_vanished_asks_for_a_reconnection_and_the_post_is_not_to_blame(
    server: RawServer, picture: Medium, tmp_path: Path
) -> None:
    gone = {"message": "Unsupported post request. Object with ID does not exist", "code": 100, "error_subcode": 33}
    server.answer = json_reply({"error": gone}, 400)
    publisher = connect(server)
    for attempt in (
        lambda: publisher.publish(Prepared(OutgoingPost("Hallo"))),
        lambda: publisher.prepare(OutgoingPost("Hallo", media=(picture,))),
        lambda: publisher.prepare(OutgoingPost("Hallo", media=(film(tmp_path),))),
    ):
        with pytest.raises(ReconnectNeeded) as caught:
            attempt()
        assert caught.value.network_message.startswith("Unsupported post request")
    under = Under(FollowUp.COMMENT, f"{PAGE}_1", f"{PAGE}_1")
    with pytest.raises(Rejected):  # there it is the post that is gone
        publisher.publish(Prepared(OutgoingPost("Hallo", under=under)))


def test_a_blocked_page_waits_for_a_person_and_blocked_content_fails_alone() -> None:
    blocked = judged(368)
    assert isinstance(blocked, Refused)
    assert blocked.pause_channel
    message = "(#368) The action attempted has been deemed abusive or is otherwise disallowed"
    assert type(judged(368, message=message)) is Rejected


def test_a_code_is_shown_with_its_subcode() -> None:
    assert judged(190, subcode=463).code == "190/463"


def test_the_words_meant_for_a_person_are_preferred() -> None:
    assert judged(100, error_user_msg="Das Bild ist zu groß.").network_message == "Das Bild ist zu groß."


def test_the_usage_header_says_when_access_comes_back() -> None:
    usage = json.dumps({PAGE: [{"type": "pages", "estimated_time_to_regain_access": 7}]})
    error = judged(32, headers={"X-Business-Use-Case-Usage": usage})
    assert isinstance(error, Refused)
    assert error.retry_after == 420


@pytest.mark.parametrize(
    "value", ["", "null", "[]", "no json", '{"a": 1}', '{"a": [{"estimated_time_to_regain_access": 0}]}']
)
def test_a_usage_header_that_names_no_time_gives_none(value: str) -> None:
    error = judged(32, headers={"X-Business-Use-Case-Usage": value})
    assert isinstance(error, Refused)
    assert error.retry_after is None


def test_an_object_that_does_not_exist_is_gone() -> None:
    assert is_gone(judged(100, subcode=33))
    assert is_gone(judged(803))
    assert not is_gone(judged(100))
