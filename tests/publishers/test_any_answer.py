"""Whatever any call of an adapter is answered, nothing but a NetworkError comes out of it.

Answers are made of nothing, of the fields that the networks' answers have, and of good answers in which one value is
another: those get furthest into the code that reads them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from publishers.base import Connection, FollowUp, NetworkError, OutgoingPost, Prepared, Under
from publishers.connecting import Consent, Return
from publishers.dialogue import RemarkKind, RemarkRef
from publishers.optional import Naming
from publishers.registry import network
from tests.publishers.accounts import APP, connect, image, skipping, text_post
from tests.publishers.files import animation, film
from tests.publishers.raw import RawServer, Received, Reply

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
BACK = "http://127.0.0.1:8000/channels/connect/back"
POST = {
    "twitter": "1900000000000000001", "facebook": "104872951638204_1", "linkedin": "urn:li:share:7", "xing": "7_ab",
}  # fmt: skip
COMMENT = {
    "twitter": "1900000000000000002", "facebook": "1_2", "linkedin": "urn:li:comment:(urn:li:activity:7,8)",
    "xing": "8_ab",
}  # fmt: skip


class Account:
    """A connected account of one network, the files that it sends, and its way to be connected."""

    def __init__(self, key: str, server: RawServer, folder: Path) -> None:
        self.key = key
        self.publisher: Any = connect(key, server.url, timeout=5, app=APP, credentials={"refresh_token": "x-refresh"})
        self.connection = Connection(server.url, 5, APP, 60, skipping())
        self.flow = cast("Consent", network(key).consent).flow()
        self.post, self.comment = POST[key], RemarkRef(COMMENT[key], post_id=POST[key])
        self.mention = RemarkRef(POST[key], RemarkKind.MENTION)
        kind = FollowUp.REPLY if key == "twitter" else FollowUp.COMMENT
        self.under = Under(kind, self.post, self.post)
        self.media = (image(folder, alt="Halle 3"), film(folder, size=2_000), animation(folder, alt="Sie dreht sich"))

    def prepare(self, number: int) -> object:
        if self.key == "xing":
            return self.publisher.prepare(OutgoingPost("Hallo", "https://brandt.example/"))
        return self.publisher.prepare(OutgoingPost("Hallo", media=self.media[number : number + 1], languages=("de",)))

    def finish(self) -> object:
        kept = {"verifier": "v" * 50, "token": "t-1", "token_secret": "t-2"}
        brought = {"state": "s" * 20, "code": "c-1", "oauth_token": "t-1", "oauth_verifier": "v-1"}
        return self.flow.finish(self.connection, Return(BACK, "s" * 20, kept, brought))

    def named(self, name: str) -> object:
        """The account of this name, where the network is asked for such."""
        return self.publisher.named(name) if isinstance(self.publisher, Naming) else None


CALLS: dict[str, Callable[[Account], object]] = {
    "verify": lambda a: a.publisher.verify(),
    "prepare an image": lambda a: a.prepare(0),
    "prepare a film": lambda a: a.prepare(1),
    "prepare an animation": lambda a: a.prepare(2),
    "publish": lambda a: a.publisher.publish(Prepared(text_post())),
    "publish under": lambda a: a.publisher.publish(Prepared(OutgoingPost("Mehr dazu", under=a.under))),
    "find_recent": lambda a: a.publisher.find_recent(SINCE),
    "find_recent under": lambda a: a.publisher.find_recent(SINCE, a.under),
    "metrics": lambda a: a.publisher.metrics([a.post, POST["linkedin"]]),
    "metrics of films": lambda a: a.publisher.metrics([a.post], films={a.post}),
    "account_figures": lambda a: a.publisher.account_figures(SINCE.date(), (SINCE + timedelta(days=20)).date()),
    "delete": lambda a: a.publisher.delete(a.post),
    "delete under": lambda a: a.publisher.delete(a.comment.remote_id),
    "refresh": lambda a: a.publisher.refresh(),
    "named": lambda a: a.named("brandt-partner"),
    "look": lambda a: a.publisher.look(a.post),
    "look under": lambda a: a.publisher.look(a.comment.remote_id),
    "edit": lambda a: a.publisher.edit(a.post, text_post()),
    "remarks": lambda a: a.publisher.remarks([a.post], SINCE),
    "mentions": lambda a: a.publisher.mentions(SINCE),
    "answer": lambda a: a.publisher.answer(a.comment, "Ja, gern."),
    "answer a mention": lambda a: a.publisher.answer(a.mention, "Danke!"),
    "answers": lambda a: a.publisher.answers(a.comment, SINCE),
    "hide": lambda a: a.publisher.hide(a.comment, hidden=True),
    "show": lambda a: a.publisher.hide(a.comment, hidden=False),
    "like": lambda a: a.publisher.like(a.comment, liked=True),
    "unlike": lambda a: a.publisher.like(a.comment, liked=False),
    "remove": lambda a: a.publisher.remove(a.comment),
    "begin": lambda a: a.flow.begin(a.connection, BACK, "s" * 20),
    "finish": Account.finish,
    "check": lambda a: a.flow.check(a.connection, BACK),
}

_TIME = {"time": 1773651600000, "actor": "urn:li:person:5"}
_FIGURES = {
    "public_metrics": {"like_count": 3, "impression_count": 90, "followers_count": 7, "view_count": 2},
    "non_public_metrics": {"impression_count": 80, "url_link_clicks": 2}, "organic_metrics": {"like_count": 3},
}  # fmt: skip
_TWEET = {
    "id": "1900000000000000001", "text": "Hallo", "created_at": "2026-03-16T09:00:00.000Z", "conversation_id": "19",
    "author_id": "5", "entities": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://brandt.example/"}]},
    "note_tweet": {"text": "Hallo"}, "referenced_tweets": [{"type": "replied_to", "id": "18"}],
    "attachments": {"media_keys": ["3_1"]}, **_FIGURES,
}  # fmt: skip
_GRAPH = {
    "id": "104872951638204_1", "message": "Hallo", "created_time": "2026-03-16T09:00:00+0000", "is_hidden": False,
    "from": {"id": "5", "name": "Eva Ruf"}, "user_likes": True, "permalink_url": "https://www.facebook.com/1",
    "name": "B",
    "parent": {"id": "1_2"}, "attachments": {"data": [{"media_type": "photo", "unshimmed_url": "https://brandt.example/",
    "subattachments": {"data": [{"media_type": "photo"}]}}]}, "shares": {"count": 1}, "followers_count": 7,
    "comments": {"summary": {"total_count": 2}, "data": []}, "reactions": {"summary": {"total_count": 2}},
    "insights": {"data": [{"name": "post_media_view", "period": "lifetime", "values": [{"value": 9}]}]},
    "access_token": "EAAB-1", "tasks": ["CREATE_CONTENT"], "permission": "pages_show_list", "status": "granted",
    "key": 5, "link": "https://www.facebook.com/brandt",
}  # fmt: skip
_LINKEDIN_POST = {
    "id": "urn:li:share:7", "author": "urn:li:person:5", "commentary": "Hallo", "createdAt": 1773651600000,
    "content": {"article": {"source": "https://brandt.example/"}, "multiImage": {"images": [{"id": "urn:li:image:1"}]}},
    "totalShareStatistics": {"impressionCount": 9, "likeCount": 1}, "share": "urn:li:share:7", "count": 4,
    "targetEntity": {"share": "urn:li:share:7"}, "metricType": "IMPRESSION", "role": "ADMINISTRATOR",
    "organization": "urn:li:organization:5", "localizedName": "Brandt", "vanityName": "brandt",
}  # fmt: skip
_PAGE = {
    "id": "104872951638204", "followers_count": 7, "insights": {"data": [
        {"name": name, "period": "day", "values": [{"value": 9, "end_time": "2026-03-03T08:00:00+0000"}]}
        for name in ("page_media_view", "page_daily_follows_unique", "page_daily_unfollows_unique")
    ]},
}  # fmt: skip
_LINKEDIN_DAY = {
    "timeRange": {"start": 1772409600000, "end": 1772496000000}, "followerGains": {"organicFollowerGain": -2},
    "totalPageStatistics": {
        "views": {"allPageViews": {"pageViews": 9, "uniquePageViews": 4}},
        "clicks": {"mobileCustomButtonClickCounts": [{"customButtonType": "SIGN_UP", "clicks": 1}]},
    },
}  # fmt: skip
_LINKEDIN_COMMENT = {
    "id": "8", "actor": "urn:li:person:5", "object": "urn:li:activity:7", "message": {"text": "Gut"}, "created": _TIME,
    "commentUrn": COMMENT["linkedin"], "parentComment": COMMENT["linkedin"],
    "likesSummary": {"likedByCurrentUser": True},
    "commentsSummary": {"totalFirstLevelComments": 1, "aggregatedTotalComments": 1},
}  # fmt: skip
_NOTE = {
    "action": "SHARE_MENTION", "generatedActivity": "urn:li:share:9", "lastModifiedAt": 1773651600000,
    "decoratedGeneratedActivity": {"share": {"owner": "urn:li:person:5", "text": "Danke", "entity": "urn:li:share:9"}},
}  # fmt: skip
_ACTIVITY = {
    "id": "7_ab", "ids": ["7_ab"], "created_at": "2026-03-16T09:00:00Z", "content": "Hallo", "text": "Hallo",
    "comments": {"amount": 1}, "likes": {"amount": 1}, "creator": {"id": "5_ab", "display_name": "Eva Ruf"},
    "actors": [{"id": "5_ab", "name": "Eva", "permalink": "https://www.xing.com/profile/E"}], "verb": "post",
    "objects": [{"type": "status", "content": "Hallo", "id": "7", "url": "https://brandt.example/"}],
    "possible_actions": ["DELETE"],
}  # fmt: skip
_PREPARED = {
    "id": "17", "media_key": "3_1", "media_id": "17", "video_id": "17", "upload_session_id": "18", "start_offset": "0",
    "end_offset": "2000", "success": True, "post_id": "104872951638204_1", "hidden": True, "liked": True,
    "processing_info": {"state": "succeeded", "check_after_secs": 1}, "status": {"video_status": "ready"},
}  # fmt: skip
_UPLOAD = {
    "uploadUrl": "https://api.linkedin.com/dms-uploads/1?ca=2", "image": "urn:li:image:1", "video": "urn:li:video:1",
    "document": "urn:li:document:1", "uploadToken": "",
    "uploadInstructions": [{"uploadUrl": "https://api.linkedin.com/dms-uploads/2", "firstByte": 0, "lastByte": 1999}],
}  # fmt: skip
_TOKEN = {
    "access_token": "new-1", "refresh_token": "new-2", "expires_in": 7200, "token_type": "bearer",
    "scope": "tweet.read",
    "sub": "5", "name": "Eva Ruf", "id": "5", "localizedFirstName": "Eva", "localizedLastName": "Ruf", "active": True,
    "users": [{"id": "5_ab", "display_name": "Eva Ruf", "permalink": "https://www.xing.com/profile/E"}],
}  # fmt: skip
GOOD: tuple[Any, ...] = (
    {"data": [_TWEET], "includes": {"users": [{"id": "5", "name": "Eva", "username": "eva"}], "media": [
        {"media_key": "3_1", "type": "video", **_FIGURES}]}, "meta": {"next_token": "n", "result_count": 1}},
    {"data": {**_TWEET, "name": "Brandt", "username": "brandt", **_PREPARED}},
    {"data": [_GRAPH], "paging": {"cursors": {"after": "a"}, "next": "https://graph.facebook.com/v26.0/x"}},
    _GRAPH,
    [{"code": 200, "body": json.dumps({**_GRAPH, "data": [_GRAPH]})}],
    [{"code": 200, "body": json.dumps(_GRAPH)}, {"code": 400, "body": json.dumps({"error": {"code": 100}})}],
    _LINKEDIN_POST,
    *({"elements": [one], "paging": {"start": 0}} for one in (_LINKEDIN_POST, _LINKEDIN_COMMENT, _NOTE)),
    _PAGE,
    {"elements": [_LINKEDIN_DAY], "firstDegreeSize": 7, "paging": {"start": 0}},
    {"value": _UPLOAD, "status": "AVAILABLE", "firstDegreeSize": 7},
    {"network_activities": [_ACTIVITY], "comments": {"items": [_ACTIVITY], "total": 1, "amount": 1}, **_ACTIVITY},
    _PREPARED,
    _TOKEN,
    {"error": {"code": 190, "error_subcode": 463, "message": "Session has expired", "type": "OAuthException"}},
    {"errors": [{"message": "no", "code": 32, "resource_id": "19", "type": "about:blank"}], "title": "Forbidden",
     "detail": "duplicate content", "status": 403, "type": "about:blank"},
    {"errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST", "description": "of urn:li:share:7"}]}, "status": 422},
    {"error_name": "RATE_LIMIT_EXCEEDED", "message": "slow down", "errors": [{"field": "message", "reason": "no"}]},
)  # fmt: skip


def names_in(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    return set(value).union(*map(names_in, value.values())) if isinstance(value, dict) else set()


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(("2026-03-16T09:00:00Z", "2026-03-16T09:00:00+0000", "urn:li:share:1", "1346", "190")),
)
NAMES = sorted(set().union(*map(names_in, GOOD)))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)),
    max_leaves=12,
)


@st.composite
def nearly_good(draw: st.DrawFn) -> Any:
    """A good answer, with something else in one or two places, or without it."""
    found = json.loads(json.dumps(draw(st.sampled_from(GOOD))))
    for _ in range(draw(st.integers(0, 2))):
        place = found
        while True:
            at = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            deeper = place[at]
            if not (isinstance(deeper, (dict, list)) and deeper) or draw(st.integers(0, 3)) == 0:
                break
            place = deeper
        if draw(st.booleans()):
            place[at] = draw(values)
        elif len(place) > 1:
            del place[at]
    return found


bodies = st.one_of(
    nearly_good().map(lambda value: json.dumps(value).encode()),
    nearly_good().map(lambda value: json.dumps(value).encode()),
    values.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=40),
    st.sampled_from((b"oauth_token=t-1&oauth_token_secret=t-2&user_id=5_ab", b"oauth_token=%ff&oauth_token", b"x=1")),
)
types = st.sampled_from(
    ("application/json", "application/json", "application/json; charset=utf-16", "text/plain", "", "nonsense//;;")
)
names = st.sampled_from(
    ("Retry-After", "x-rate-limit-reset", "x-restli-id", "Location", "Date", "ETag", "Content-Encoding")
)
header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    status = draw(st.sampled_from((*[200] * 8, 201, 201, 204, 301, 400, 401, 403, 404, 422, 426, 429, 500, 503)))
    headers = {"Content-Type": draw(types), **draw(st.dictionaries(names, header_values, max_size=2))}
    return Reply(status, b"" if status == 204 else draw(bodies), headers)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(st.sampled_from(sorted(CALLS)), min_size=7, max_size=7, unique=True),
    answers=st.lists(replies(), min_size=1, max_size=3),
)
def test_whatever_is_answered_nothing_but_network_errors_comes_out(
    any_server: RawServer, any_account: Account, calls: list[str], answers: list[Reply]
) -> None:
    for call in calls:
        any_server.answer = in_turn(answers)
        with suppress(NetworkError):
            CALLS[call](any_account)


def in_turn(answers: list[Reply]) -> Callable[[Received], Reply]:
    """Each of the answers once, the last one ever after."""
    left = list(answers)
    return lambda _received: left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture
def any_server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.fixture
def any_account(key: str, any_server: RawServer, tmp_path: Path) -> Iterator[Account]:
    account = Account(key, any_server, tmp_path)
    yield account
    account.publisher.close()
