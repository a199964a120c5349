"""LinkedIn: little text, what is sent, what is read, which answers mean what."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from publishers.base import (
    Duplicate,
    Medium,
    NetworkError,
    OutgoingPost,
    Prepared,
    Publisher,
    ReconnectNeeded,
    Refused,
    Rejected,
    Throttled,
    Unsupported,
    VersionOver,
)
from publishers.errors import Answer
from publishers.linkedin.errors import judge
from publishers.linkedin.text import article_title, escape, unescape
from publishers.registry import network
from publishers.sandbox import Sandbox
from publishers.sandbox.littletext import cut
from tests.publishers.accounts import APP, CREDENTIALS, LINK, connect as connect_account, register
from tests.publishers.raw import RawServer, Received, Reply, json_reply

AUTHOR = CREDENTIALS["linkedin"]["author"]
MEMBER = {"author": "urn:li:person:Ab-9_x", "access_token": "linkedin-member-access"}
SHARE = "urn:li:share:7000000000000000001"


def connect(server: RawServer, credentials: dict[str, str] | None = None, **app: str) -> Publisher:
    return connect_account("linkedin", server.url, app=app, credentials=credentials)


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(Reply(201, headers={"x-restli-id": SHARE})) as running:
        yield running


# --- little text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Hallo Welt", "Hallo Welt"),
        ("(a) [b] {c} <d> *e* _f_ ~g~ |h| \\ @i", r"\(a\) \[b\] \{c\} \<d\> \*e\* \_f\_ \~g\~ \|h\| \\ \@i"),
        ("#Maschinenbau und #Größe2", "#Maschinenbau und #Größe2"),
        ("C# ist #1_2 # allein", r"C\# ist #1\_2 \# allein"),
        ("mit @[Brandt GmbH](urn:li:organization:2414183)!", "mit @[Brandt GmbH](urn:li:organization:2414183)!"),
        ("mit @[Brandt](https://e.de)", r"mit \@\[Brandt\]\(https://e.de\)"),
        ("a_b@c.de", r"a\_b\@c.de"),
    ],
)
def test_signs_are_escaped_but_hashtags_and_mentions_stay(text: str, escaped: str) -> None:
    assert escape(text) == escaped
    assert unescape(escaped) == text


@given(st.text(st.sampled_from("ab #@[]()\\|{}<>*_~:1ß\n"), max_size=40))
def test_what_was_escaped_is_never_cut_and_comes_back_as_it_was(text: str) -> None:
    assert cut(escape(text)) == escape(text)
    assert unescape(escape(text)) == text


def test_hashtags_of_a_listing_may_come_as_templates() -> None:
    assert unescape(r"Neu {hashtag|\#|Maschinenbau} und {hashtag|#|KI}") == "Neu #Maschinenbau und #KI"


@pytest.mark.parametrize(
    ("link", "title"),
    [
        ("https://www.example.com/neu/maschine/?utm=1", "example.com/neu/maschine"),
        ("https://example.com", "example.com"),
    ],
)
def test_a_card_is_titled_by_its_address_and_nothing_is_fetched(link: str, title: str) -> None:
    assert article_title(link) == title


# --- what is sent --------------------------------------------------------------------------------------------


def test_a_post_is_sent_as_the_posts_api_documents_it(server: RawServer) -> None:
    published = connect(server).publish(Prepared(OutgoingPost("Hallo (Welt)")))
    assert (server.last.method, server.last.path) == ("POST", "/rest/posts")
    assert server.last.json == {
        "author": AUTHOR,
        "commentary": r"Hallo \(Welt\)",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    headers = server.last.headers
    assert headers["linkedin-version"] == "202608"
    assert headers["x-restli-protocol-version"] == "2.0.0"
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == "Bearer linkedin-secret-access"
    assert published.remote_id == SHARE
    assert published.url == f"https://www.linkedin.com/feed/update/{SHARE}"


def test_the_operator_chooses_the_version(server: RawServer) -> None:
    connect(server, api_version="202611").publish(Prepared(OutgoingPost("Hallo")))
    assert server.last.headers["linkedin-version"] == "202611"


def test_a_link_is_an_article(server: RawServer) -> None:
    connect(server).publish(Prepared(OutgoingPost("Hallo", "https://www.e.de/neu")))
    assert server.last.json["content"] == {"article": {"source": "https://www.e.de/neu", "title": "e.de/neu"}}
    assert server.last.json["commentary"] == "Hallo"


def test_a_card_is_titled_as_a_person_wrote_where_one_did(server: RawServer) -> None:
    connect(server).publish(Prepared(OutgoingPost("Hallo", "https://www.e.de/neu", title=" Die neue  Halle ")))
    assert server.last.json["content"]["article"]["title"] == "Die neue Halle"
    written = OutgoingPost("Hallo", "https://e.de", card_title="Unsere\nHalle", card_description=" Größer ")
    connect(server).publish(Prepared(written))
    wanted = {"source": "https://e.de", "title": "Unsere Halle", "description": "Größer"}
    assert server.last.json["content"] == {"article": wanted}
    connect(server).publish(Prepared(replace(written, title="Nur hier")))
    assert server.last.json["content"]["article"]["title"] == "Nur hier"


def test_the_picture_of_a_card_is_uploaded_where_a_card_is_shown_and_goes_with_it(
    server: RawServer, sandbox: Sandbox, picture: Medium
) -> None:
    register(sandbox, "linkedin", CREDENTIALS["linkedin"])
    with contextlib.closing(connect_account("linkedin", sandbox.api_url("linkedin"))) as publisher:
        shown = publisher.prepare(OutgoingPost("Hallo", "https://e.de", card=picture))
        beside = publisher.prepare(OutgoingPost("Hallo", "https://e.de", (picture,), card=picture))
        alone = publisher.prepare(OutgoingPost("Hallo", card=picture))
    assert (beside.notes, alone.notes, len(sandbox.requests("linkedin", "upload.start"))) == ({}, {}, 2)
    connect(server).publish(shown)
    thumbnail = shown.notes["thumbnail"]
    assert thumbnail.startswith("urn:li:image:")
    assert server.last.json["content"]["article"]["thumbnail"] == thumbnail


def test_a_picture_that_a_card_cannot_show_is_told_before(picture: Medium) -> None:
    def codes(**changes: Any) -> list[tuple[str, str]]:
        post = OutgoingPost("Hallo", "https://e.de", card=replace(picture, **changes))
        return [(problem.field, problem.code) for problem in network("linkedin").problems(post, assisted=False)]

    assert codes() == []
    assert codes(mime="image/webp") == [("card", "image_type")]
    assert codes(size=9_000_000) == [("card", "image_too_large")]
    assert codes(mime="video/mp4") == [("card", "card_is_no_image")]
    long = OutgoingPost("Hallo", "https://e.de", card_title="ä" * 401, card_description="ä" * 4087)
    found = network("linkedin").problems(long, assisted=False)
    assert [(p.field, p.code, p.params["limit"]) for p in found] == [
        ("card_title", "card_title_too_long", 400),
        ("card_description", "card_description_too_long", 4086),
    ]
    assert network("linkedin").problems(replace(long, link=None), assisted=False) == [], "there is no card"


def test_beside_an_image_the_link_stands_in_the_text(server: RawServer, picture: Medium) -> None:
    connect(server).publish(Prepared(OutgoingPost("Hallo", "https://e.de/neu_2", (picture,)), ("urn:li:image:1",)))
    assert server.last.json["content"] == {"media": {"id": "urn:li:image:1", "altText": picture.alt}}
    assert server.last.json["commentary"] == r"Hallo https://e.de/neu\_2"


def test_an_image_is_uploaded_where_linkedin_says_and_waited_for(server: RawServer, picture: Medium) -> None:
    states = iter(("PROCESSING", "AVAILABLE"))

    def answer(received: Received) -> Reply:
        if "initializeUpload" in received.path:
            url = "https://www.linkedin.com/dms-uploads/C4E?ca=v&sync=0"
            return json_reply({"value": {"uploadUrl": url, "image": "urn:li:image:C4E"}})
        return Reply(201) if received.method == "PUT" else json_reply({"status": next(states)})

    server.answer = answer
    assert connect(server).prepare(OutgoingPost("x", None, (picture,))).media_ids == ("urn:li:image:C4E",)
    begin, put, *states_asked = server.requests
    assert begin.path == "/rest/images?action=initializeUpload"
    assert begin.json == {"initializeUploadRequest": {"owner": AUTHOR}}
    assert (put.method, put.path) == ("PUT", "/dms-uploads/C4E?ca=v&sync=0")
    assert put.body == picture.path.read_bytes()
    assert [r.path for r in states_asked] == ["/rest/images/urn%3Ali%3Aimage%3AC4E"] * 2


def test_an_upload_address_outside_linkedin_is_not_followed(server: RawServer, picture: Medium) -> None:
    server.answer = json_reply({"value": {"uploadUrl": "https://evil.example/x", "image": "urn:li:image:1"}})
    connect(server).prepare(OutgoingPost("x", None, (picture,)))
    put = server.requests[1]
    assert put.headers["host"] == server.url.removeprefix("http://"), "the operator's address replaces every host"


def test_lists_of_urns_are_written_as_restli_wants_them(server: RawServer) -> None:
    server.answer = json_reply({"elements": []})
    connect(server).metrics([SHARE, "urn:li:ugcPost:7", "urn:li:share:8"])
    entity = "q=organizationalEntity&organizationalEntity=urn%3Ali%3Aorganization%3A2414183"
    shares = "urn%3Ali%3Ashare%3A7000000000000000001,urn%3Ali%3Ashare%3A8"
    assert [r.path for r in server.requests] == [
        f"/rest/organizationalEntityShareStatistics?{entity}&shares=List({shares})",
        f"/rest/organizationalEntityShareStatistics?{entity}&ugcPosts=List(urn%3Ali%3AugcPost%3A7)",
    ]


# --- members -------------------------------------------------------------------------------------------------


@pytest.fixture
def member(sandbox: Sandbox) -> Iterator[Publisher]:
    register(sandbox, "linkedin", MEMBER)
    publisher = connect_account("linkedin", sandbox.api_url("linkedin"), credentials=MEMBER)
    yield publisher
    publisher.close()


def test_a_member_is_verified_publishes_and_has_figures(member: Publisher, begun: datetime) -> None:
    account = member.verify()
    assert (account.remote_id, account.name) == (MEMBER["author"], "Brandt Maschinenbau")
    published = member.publish(Prepared(OutgoingPost("Von mir", LINK)))
    [listed] = member.find_recent(begun).posts
    assert listed.remote_id == published.remote_id
    figures = member.metrics([published.remote_id, "urn:li:share:1"])
    assert set(figures) == {published.remote_id}
    assert figures[published.remote_id].impressions is not None
    assert figures[published.remote_id].clicks is None


def test_a_self_serve_app_publishes_but_cannot_read(sandbox: Sandbox, begun: datetime) -> None:
    sandbox.add_account(
        "linkedin", "urn:li:person:selfserve", "Katrin Vogel", "self-serve-token",
        scopes=["openid", "profile", "w_member_social"],
    )  # fmt: skip
    own = {"author": "urn:li:person:selfserve", "access_token": "self-serve-token"}
    publisher = connect_account("linkedin", sandbox.api_url("linkedin"), credentials=own)
    assert publisher.verify().name == "Katrin Vogel"
    published = publisher.publish(Prepared(OutgoingPost("Hallo")))
    with pytest.raises(Unsupported):
        publisher.find_recent(begun)
    with pytest.raises(Unsupported):
        publisher.metrics([published.remote_id])
    publisher.close()


def test_a_missing_scope_is_named_where_the_app_may_ask(sandbox: Sandbox) -> None:
    sandbox.add_account("linkedin", "urn:li:person:reader", "Katrin", "read-only-token", scopes=["openid", "profile"])
    own = {"author": "urn:li:person:reader", "access_token": "read-only-token"}
    publisher = connect_account("linkedin", sandbox.api_url("linkedin"), app=APP, credentials=own)
    assert "w_member_social" in publisher.verify().missing
    publisher.close()


# --- tokens --------------------------------------------------------------------------------------------------


def test_a_partners_refresh_token_gives_a_new_token(server: RawServer) -> None:
    server.answer = json_reply({"access_token": "new", "expires_in": 5184000, "refresh_token": "new-refresh"})
    fresh = connect(server, {"refresh_token": "old-refresh"}, **APP).refresh()
    assert server.last.path == "/oauth/v2/accessToken"
    assert server.last.form == {"grant_type": "refresh_token", "refresh_token": "old-refresh", **APP}
    assert "authorization" not in server.last.headers
    assert fresh is not None
    assert (fresh["author"], fresh["access_token"], fresh["refresh_token"]) == (AUTHOR, "new", "new-refresh")
    assert datetime.fromisoformat(fresh["expires_at"]) > datetime.now(UTC)


def test_a_refused_refresh_token_asks_to_reconnect(server: RawServer) -> None:
    server.answer = json_reply({"error": "invalid_grant", "error_description": "revoked"}, 400)
    with pytest.raises(ReconnectNeeded):
        connect(server, {"refresh_token": "old-refresh"}, **APP).refresh()


def test_without_a_refresh_token_there_is_no_refresh(server: RawServer) -> None:
    assert connect(server, None, **APP).refresh() is None
    assert server.requests == []


# --- duplicates ----------------------------------------------------------------------------------------------

DUPLICATE = {
    "status": 422, "message": f"Content is a duplicate of {SHARE}",
    "errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST", "description": f"Content is a duplicate of {SHARE}"}]},
}  # fmt: skip


@pytest.mark.parametrize(("there", "named"), [(True, SHARE), (False, None)], ids=["there", "a ghost"])
def test_a_duplicate_names_the_post_it_has_if_that_is_really_there(
    server: RawServer, there: bool, named: str | None
) -> None:
    def answer(received: Received) -> Reply:
        if received.method == "POST":
            return json_reply(DUPLICATE, 422)
        return json_reply({"id": SHARE}) if there else json_reply({"status": 404, "message": "Not found"}, 404)

    server.answer = answer
    with pytest.raises(Duplicate) as caught:
        connect(server).publish(Prepared(OutgoingPost("Hallo")))
    assert caught.value.existing_id == named
    assert [r.method for r in server.requests] == ["POST", "GET"]


def test_a_ghost_of_the_sandbox_is_no_post(sandbox: Sandbox) -> None:
    publisher = connect_account("linkedin", sandbox.api_url("linkedin"))
    first = publisher.publish(Prepared(OutgoingPost("Gleich wieder weg")))
    publisher.delete(first.remote_id)
    with pytest.raises(Duplicate) as caught:
        publisher.publish(Prepared(OutgoingPost("Gleich wieder weg")))
    assert caught.value.existing_id is None
    publisher.close()


# --- what answers mean ---------------------------------------------------------------------------------------


def judged(status: int, **body: object) -> NetworkError:
    error = judge(Answer(status, {}, json.dumps(body).encode()))
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"code": "REVOKED_ACCESS_TOKEN", "serviceErrorCode": 65601}, ReconnectNeeded),
        (403, {"code": "ACCESS_DENIED"}, ReconnectNeeded),
        (422, {"errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}]}}, Duplicate),
        (400, {"errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}]}}, Duplicate),
        (422, {"message": "Content is a duplicate of urn:li:share:7123"}, Duplicate),
        (422, {"errorDetails": {"inputErrors": [{"code": "INVALID_FIELD"}]}}, Rejected),
        (400, {"code": "ILLEGAL_ARGUMENT"}, Rejected),
        (426, {"code": "NONEXISTENT_VERSION"}, VersionOver),
        (429, {"code": "TOO_MANY_REQUESTS"}, Throttled),
    ],
)
def test_the_table_of_linkedin(status: int, body: dict[str, object], kind: type[NetworkError]) -> None:
    assert type(judged(status, **body)) is kind


def test_a_version_that_has_ended_waits_for_the_operator() -> None:
    error = judged(426, code="NONEXISTENT_VERSION")
    assert isinstance(error, Refused)
    assert error.pause_channel


def test_the_most_specific_code_and_all_words_are_kept() -> None:
    error = judged(
        422, message="No.", code="X", errorDetails={"inputErrors": [{"code": "Y", "description": "Too long."}]}
    )
    assert (error.code, error.network_message) == ("Y", "No. Too long.")


def test_a_mention_without_its_words_is_looked_up_and_stands_without_them_where_linkedin_does_not_show_it(
    server: RawServer,
) -> None:
    def answer(received: Received) -> Reply:
        if received.path.startswith("/rest/organizationalEntityNotifications"):
            notes = [
                {"action": "SHARE_MENTION", "generatedActivity": f"urn:li:share:{number}", "lastModifiedAt": number}
                for number in (1773651600000, 1773651700000)
            ]
            return json_reply({"elements": [*notes, {"action": "LIKE", "lastModifiedAt": 1773651800000}, *broken]})
        if received.path.endswith("1773651600000"):
            said = r"Danke an @[Brandt \(Linz\)](urn:li:organization:2414183) für \*alles\* {hashtag|\#|Stahl}"
            return json_reply({"author": "urn:li:organization:5", "commentary": said})
        return json_reply({"status": 403, "code": "ACCESS_DENIED", "message": "no"}, 403)

    broken: list[Any] = []
    server.answer = answer
    publisher: Any = connect(server)
    listed = publisher.mentions(datetime(2026, 3, 1, tzinfo=UTC))
    assert [(r.text, r.author_url) for r in listed.remarks] == [
        ("Danke an Brandt (Linz) für *alles* #Stahl", "https://www.linkedin.com/company/5"),
        ("", None),
    ]
    assert listed.complete
    assert len(publisher.mentions(datetime(2026, 3, 16, 9, 1, tzinfo=UTC)).remarks) == 1
    broken += [None, {"action": "SHARE_MENTION", "generatedActivity": "urn:li:person:1", "lastModifiedAt": 1}]
    assert not publisher.mentions(datetime(1970, 1, 1, tzinfo=UTC)).complete
    publisher.close()
