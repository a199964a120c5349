"""What the networks count of an account as a whole, what asking for it takes, and what one refusal leaves of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl

import pytest

from planner.domain.channel_days import CHANNEL_METRICS
from publishers.base import Credentials, NetworkError, ReconnectNeeded, Unsupported
from publishers.costs import Charge
from publishers.optional import Counting
from publishers.registry import network
from publishers.sandbox import Sandbox
from publishers.whole import DAILY, AccountFigures, Missing, Why
from tests.publishers.accounts import CREDENTIALS, NetworkClock, connect, register
from tests.publishers.raw import RawServer, Received, Reply, json_reply

MEMBER = {"author": "urn:li:person:Ab-9_x", "access_token": "linkedin-member-access"}
GONE, NO_ANSWER = Missing(Why.NOT_GIVEN), Missing(Why.FAILED)
DAY = date(2026, 3, 2)


def ask(
    key: str, url: str, first: date = DAY, last: date = DAY, *, credentials: Credentials | None = None
) -> AccountFigures:
    with closing(connect(key, url, credentials=credentials)) as publisher:
        return cast("Counting", publisher).account_figures(first, last)


def lately(clock: NetworkClock, days: int = 30) -> tuple[date, date]:
    today = clock().date()
    return today - timedelta(days=days), today - timedelta(days=1)


def test_the_planner_and_the_adapters_call_the_figures_alike() -> None:
    assert CHANNEL_METRICS == DAILY


@pytest.mark.parametrize(("key", "calls"), [("facebook", 1), ("linkedin", 4), ("twitter", 1)])
def test_an_account_tells_of_its_days_in_the_fewest_calls(
    sandbox: Sandbox, network_clock: NetworkClock, key: str, calls: int
) -> None:
    network_clock.move(timedelta(hours=12) - timedelta(hours=network_clock().hour))
    first, last = lately(network_clock)
    found = ask(key, sandbox.api_url(key), first, last)
    assert len(sandbox.requests(key)) == calls
    assert found.followers
    assert not found.missing
    given = network(key).capabilities_of(CREDENTIALS[key]).daily_figures
    if not given:
        assert not found.days
        return
    assert (min(found.days), max(found.days), len(found.days)) == (first, last, 30)
    assert set(found.days[first]) >= set(given)
    assert all(found.days[first][name] > 0 for name in ("impressions", "page_views", "engagements"))
    if key == "linkedin":
        assert "follower_gain" not in found.days[last], "LinkedIn tells of followers two days late"
    before = found.days[last]["impressions"]
    network_clock.move(timedelta(days=2))
    assert ask(key, sandbox.api_url(key), last, last).days[last]["impressions"] > before, "a day is corrected later"


def test_x_tells_how_many_lists_and_posts_there_are_with_the_followers_for_one_read(sandbox: Sandbox) -> None:
    with closing(connect("twitter", sandbox.api_url("twitter"))) as publisher:
        found = cast("Counting", publisher).account_figures(DAY, DAY)
        assert set(found.totals) == {"posts", "listed"}
        assert publisher.charges() == (Charge(1, 5_000),)


def test_who_follows_a_member_is_counted_where_the_app_may_read_it(sandbox: Sandbox) -> None:
    register(sandbox, "linkedin", MEMBER)
    url = sandbox.api_url("linkedin")
    account = sandbox.world.directory.accounts["linkedin", MEMBER["author"]]
    assert ask("linkedin", url, credentials=MEMBER) == AccountFigures(sandbox.world.followers(account))
    own = {"author": "urn:li:person:unseen", "access_token": "token-without-followers"}
    sandbox.add_account(
        "linkedin", own["author"], "Katrin", own["access_token"], scopes=["r_basicprofile", "w_member_social"]
    )
    with pytest.raises(Unsupported):
        ask("linkedin", url, credentials=own)
    with pytest.raises(Unsupported):
        ask("xing", sandbox.api_url("xing"))


@pytest.mark.parametrize(
    ("key", "scope", "followers", "calls"),
    [
        ("facebook", "read_insights", True, 2),
        ("linkedin", "rw_organization_admin", True, 2),
        ("linkedin", "r_organization_social rw_organization_admin", False, 1),
    ],
)
def test_a_missing_permission_is_named_and_leaves_the_followers(
    sandbox: Sandbox, key: str, scope: str, calls: int, followers: bool
) -> None:
    account = CREDENTIALS[key]["page_id" if key == "facebook" else "author"]
    token = sandbox.world.directory.tokens[key, CREDENTIALS[key]["access_token"]]
    scopes = token.scopes
    sandbox.world.directory.withdraw(key, account, *scope.split())
    try:
        found = ask(key, sandbox.api_url(key))
    finally:
        token.scopes = scopes
    named = Missing(Why.PERMISSION, (scope.rsplit(maxsplit=1)[-1],))
    assert found.missing == dict.fromkeys(network(key).capabilities.daily_figures, named)
    assert (bool(found.followers), found.days) == (followers, {})
    assert len(sandbox.requests(key)) == calls, "what has been refused once is not asked for again"


class Page:
    """Answers as Graph does for a Page, and knows only some metrics."""

    def __init__(self, *known: str, refused: Mapping[str, Any] | None = None) -> None:
        self.known, self.refused = known, refused or {}

    def __call__(self, received: Received) -> Reply:
        if received.method == "GET":
            return json_reply(*reversed(self.read(received.path.partition("?")[2])))
        parts = json.loads(received.form["batch"])
        answers = [self.read(part["relative_url"].partition("?")[2]) for part in parts]
        return json_reply([{"code": code, "body": json.dumps(body)} for code, body in answers])

    def read(self, query: str) -> tuple[int, Any]:
        asked = dict(parse_qsl(query))
        nested = re.search(r"insights\.metric\(([\w,]+)\)\.period\(day\)", asked.get("fields", ""))
        names = (nested[1] if nested else asked.get("metric", "")).split(",") if nested or "metric" in asked else []
        for name in names:
            if name in self.refused:
                return 400, {"error": self.refused[name]}
            if name not in self.known:
                return 400, {"error": {"code": 100, "message": "(#100) The value must be a valid insights metric"}}
        values = [{"value": 5, "end_time": "2026-03-03T08:00:00+0000"}]
        insights = {"data": [{"name": name, "period": "day", "values": values} for name in names]}
        return 200, {"followers_count": 7, "insights": insights} if nested else insights | {"followers_count": 7}


def test_a_metric_of_a_page_that_graph_no_longer_has_takes_no_other_with_it() -> None:
    with RawServer(json_reply({})) as server, closing(connect("facebook", server.url)) as publisher:
        server.answer = Page("page_media_view", "page_daily_follows_unique", "page_daily_unfollows_unique")
        for calls in (2, 1):  # which metrics are gone is learnt once
            before = len(server.requests)
            found = cast("Counting", publisher).account_figures(DAY, DAY)
            assert found.days == {DAY: {"impressions": 5, "follows": 5, "unfollows": 5, "follower_gain": 0}}
            assert found.missing == dict.fromkeys(("page_views", "engagements", "page_clicks"), GONE)
            assert found.followers == 7
            assert len(server.requests) - before == calls


def test_a_metric_of_a_page_that_is_not_answered_now_is_asked_for_again() -> None:
    transient = {"code": 2, "message": "Service temporarily unavailable", "is_transient": True}
    known = ("page_views_total", "page_post_engagements", "page_total_actions")
    with RawServer(json_reply({})) as server, closing(connect("facebook", server.url)) as publisher:
        counting = cast("Counting", publisher)
        server.answer = Page(*known, refused={"page_views_total": transient})
        found = counting.account_figures(DAY, DAY)
        gone = {"impressions": GONE, "follower_gain": GONE}
        assert found.missing == {**gone, "page_views": NO_ANSWER}
        with pytest.raises(NetworkError):  # now it is the only thing wrong with the question
            counting.account_figures(DAY, DAY)
        server.answer = Page(*known)
        found = counting.account_figures(DAY, DAY)
        assert (found.days[DAY]["page_views"], found.missing) == (5, gone)


def test_a_small_page_has_followers_and_no_days(sandbox: Sandbox) -> None:
    small = {"page_id": "900", "access_token": "small-token"}
    sandbox.add_account("facebook", "900", "Kleine Seite", "small-token", followers=99)
    found = ask("facebook", sandbox.api_url("facebook"), credentials=small)
    assert (found.followers is not None, found.days) == (True, {})
    assert set(found.missing.values()) == {GONE}


@pytest.mark.parametrize("key", ["facebook", "linkedin"])
def test_a_token_that_has_ended_is_no_missing_figure(key: str) -> None:
    body = (
        {"error": {"code": 190, "error_subcode": 463, "message": "expired"}} if key == "facebook" else {"status": 401}
    )
    with RawServer(json_reply(body, 401)) as server, pytest.raises(ReconnectNeeded):
        ask(key, server.url)
    assert len(server.requests) == 1


def organisation(**answers: Reply) -> RawServer:
    """LinkedIn, where some finders answer otherwise."""

    def answer(received: Received) -> Reply:
        name = received.path.split("?")[0].split("/")[2]
        start = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000)
        element = {
            "timeRange": {"start": start, "end": start + 86_400_000},
            "followerGains": {"organicFollowerGain": -3, "paidFollowerGain": 1},
            "totalShareStatistics": {"impressionCount": 90, "likeCount": 4, "clickCount": 2},
        }
        return answers.get(name) or json_reply({"firstDegreeSize": 7, "elements": [element]})

    return RawServer(answer)


def test_what_one_finder_of_linkedin_does_not_give_leaves_the_others() -> None:
    with organisation(organizationPageStatistics=json_reply({"status": 400, "message": "no"}, 400)) as server:
        found = ask("linkedin", server.url)
    kept = {"organic_gain": -3, "paid_gain": 1, "follower_gain": -2, "impressions": 90, "engagements": 6}
    assert found.days == {DAY: kept}, "more may leave than come"
    assert found.missing == dict.fromkeys(("page_views", "visitors", "page_clicks"), GONE)

    with organisation(organizationalEntityFollowerStatistics=json_reply({"status": 500}, 500)) as server:
        found = ask("linkedin", server.url)
    assert len(server.requests) == 3, "a network that is in trouble is not asked for more"
    assert found.followers == 7
    gone = {name: found.missing[name] for name in ("follower_gain", "impressions", "engagements")}
    assert gone == dict.fromkeys(gone, NO_ANSWER)


def test_a_day_that_was_not_asked_for_and_a_number_beyond_belief_are_left_out() -> None:
    with organisation() as server:
        assert not ask("linkedin", server.url, DAY + timedelta(days=1), DAY + timedelta(days=2)).days
    element = {"timeRange": {"start": 1772409600000}, "followerGains": {"organicFollowerGain": 10**12}}
    with RawServer(json_reply({"firstDegreeSize": 7, "elements": [element]})) as server:
        assert not ask("linkedin", server.url).days
