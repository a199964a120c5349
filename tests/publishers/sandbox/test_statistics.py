"""What the sandbox networks tell of a whole account: as much as the real ones, in their shapes, and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from publishers.sandbox import Sandbox
from tests.publishers.sandbox.callers import ORGANIZATION, PAGE, PERSON, Facebook, LinkedIn, Twitter
from tests.support.clock import FakeClock

URN = quote(ORGANIZATION, safe="")
PAGES = f"/rest/organizationPageStatistics?q=organization&organization={URN}"
FOLLOWERS = f"/rest/organizationalEntityFollowerStatistics?q=organizationalEntity&organizationalEntity={URN}"
POSTS = f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={URN}"


def span(clock: FakeClock, days: int = 10, kind: str = "DAY") -> str:
    today = datetime.combine(clock.now().date(), datetime.min.time(), UTC)
    start, end = (int(moment.timestamp() * 1000) for moment in (today - timedelta(days=days), today))
    return f"&timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:{kind})"


def test_linkedin_tells_days_of_page_posts_and_followers_the_last_two_days_late(
    linkedin: LinkedIn, clock: FakeClock
) -> None:
    pages, posts, followers = (
        linkedin.call("GET", path + span(clock)).json()["elements"] for path in (PAGES, POSTS, FOLLOWERS)
    )
    assert (len(pages), len(posts), len(followers)) == (10, 10, 9)
    assert {one["timeRange"]["end"] - one["timeRange"]["start"] for one in pages} == {86_400_000}
    views = pages[0]["totalPageStatistics"]["views"]["allPageViews"]
    assert views["pageViews"] >= views["uniquePageViews"] > 0
    assert set(followers[0]["followerGains"]) == {"organicFollowerGain", "paidFollowerGain"}
    assert posts[0]["totalShareStatistics"]["impressionCount"] > 0


@pytest.mark.parametrize(
    "change", ["&fields=all", "&count=5", "WEEK", "no version", "no protocol", "no scope", "a stranger"]
)
def test_linkedin_refuses_what_the_real_one_would(
    linkedin: LinkedIn, sandbox: Sandbox, clock: FakeClock, change: str
) -> None:
    path, expected, without = PAGES + span(clock), 400, ""
    if change == "no scope":
        sandbox.world.directory.withdraw("linkedin", PERSON, "rw_organization_admin")
        expected = 403
    elif change == "a stranger":
        path, expected = path.replace("78214563", "99"), 403
    elif change == "WEEK":
        path = PAGES + span(clock, kind="WEEK")
    elif change.startswith("no "):
        without = "LinkedIn-Version" if change == "no version" else "X-Restli-Protocol-Version"
    else:
        path += change
    answer = linkedin.call("GET", path, without=without)
    assert answer.status_code == expected, answer.text
    assert answer.json()["message"]


def test_graph_tells_days_of_a_page_that_end_at_midnight_in_california(facebook: Facebook, clock: FakeClock) -> None:
    yesterday = (clock.now() - timedelta(days=1)).date()
    asked = {"metric": "page_media_view,page_daily_follows_unique", "period": "day"}
    between = {"since": str(yesterday - timedelta(days=5)), "until": str(yesterday)}
    found = facebook.call("GET", f"/{PAGE}/insights", params=asked | between).json()["data"]
    assert [one["name"] for one in found] == ["page_media_view", "page_daily_follows_unique"]
    ends = [one["end_time"] for one in found[0]["values"]]
    assert len(ends) == 5
    assert all(end.endswith(("T07:00:00+0000", "T08:00:00+0000")) for end in ends)
    nested = f"followers_count,insights.metric(page_media_view).period(day).since({between['since']})"
    together = facebook.call("GET", f"/{PAGE}", params={"fields": f"{nested}.until({between['until']})"}).json()
    assert together["insights"]["data"][0]["values"] == found[0]["values"]
    assert together["followers_count"] == 3120


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"metric": "page_media_view,page_impressions"}, 100),
        ({"metric": ""}, 100),
        ({"period": "lifetime"}, 100),
        ({"since": "2025-11-01", "until": "2026-02-28"}, 100),
        ({"since": "2026-03-02", "until": "2026-03-01"}, 100),
        ({"since": "yesterday-ish"}, 100),
        ({"metric": "page_media_view", "scope": "read_insights"}, 200),
    ],
)
def test_graph_refuses_what_the_real_one_would(
    facebook: Facebook, sandbox: Sandbox, change: dict[str, Any], code: int
) -> None:
    if change.pop("scope", ""):
        sandbox.world.directory.withdraw("facebook", PAGE, "read_insights")
    answer = facebook.call("GET", f"/{PAGE}/insights", params={"metric": "page_views_total", "period": "day", **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (403 if code == 200 else 400, code)


def test_followers_come_and_go_as_the_days_pass_and_a_restart_does_not_forget_them(
    twitter: Twitter, sandbox: Sandbox, clock: FakeClock
) -> None:
    def followers() -> int:
        user = twitter.call("GET", "/2/users/me", params={"user.fields": "public_metrics"}).json()["data"]
        return int(user["public_metrics"]["followers_count"])

    assert followers() == 860
    clock.advance(days=60)
    account = next(a for a in sandbox.world.directory.accounts.values() if a.handle == "BrandtMaschinen")
    began = clock.now().date() - timedelta(days=60)
    gains = (
        sandbox.world.day(account, began + timedelta(days=number), clock.now().date()).gain for number in range(60)
    )
    assert followers() == 860 + sum(gains)
