"""LinkedIn's statistics of an organisation by days: of its page, its followers and its posts.
Those of all time, which come without ``timeIntervals``, are not played, but for posts."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from .accounts import Token
from .audience import Day
from .linkedin_shapes import denied, error
from .service import Answer, Route, Service
from .wire import Request, Response, json_response

FOLLOWERS_KNOWN_AFTER = timedelta(days=2)
"""Follower statistics reach to two days before the request, page and post statistics to the day before it."""
REACH_BACK = timedelta(days=365)

_INTERVALS = re.compile(r"\(timeRange:\(start:(\d{1,15}),end:(\d{1,15})\),timeGranularityType:([A-Z]+)\)")


class LinkedInStatistics(Service):
    """``organizationPageStatistics`` and ``organizationalEntityFollowerStatistics``, and the days of posts."""

    def statistics_routes(self) -> list[Route]:
        return [
            Route("GET", "/rest/organizationPageStatistics", "metrics", self.page_statistics),
            Route("GET", "/rest/organizationalEntityFollowerStatistics", "metrics", self.follower_statistics),
        ]

    @abstractmethod
    def authorize(self, request: Request, *scopes: str, versioned: bool = True) -> Token:
        """The caller's token, if it has one of ``scopes``."""

    def page_statistics(self, request: Request) -> Response:
        return self.by_time(request, "organization", _page_views, timedelta(days=1), ("DAY", "MONTH"))

    def follower_statistics(self, request: Request) -> Response:
        return self.by_time(request, "organizationalEntity", _gains, FOLLOWERS_KNOWN_AFTER, ("DAY", "WEEK", "MONTH"))

    def post_statistics(self, request: Request) -> Response:
        """``organizationalEntityShareStatistics`` with ``timeIntervals``: of all posts together."""
        return self.by_time(request, "organizationalEntity", _posts, timedelta(days=1), ("DAY", "MONTH"))

    def by_time(
        self,
        request: Request,
        name: str,
        shown: Callable[[Day], dict[str, Any]],
        late: timedelta,
        kinds: tuple[str, ...],
    ) -> Response:
        """One element for each day that is known, oldest first; weeks and months are not played."""
        token = self.authorize(request, "rw_organization_admin")
        urn = request.query.get(name, "")
        if unknown := set(request.query) - {"q", name, "timeIntervals"}:
            raise _refused(f"Query parameters {sorted(unknown)} are not supported")
        if request.query.get("q") != name or ":organization:" not in urn:
            raise _refused(f"q={name} and an organization URN are required")
        account = self.world.directory.reachable(token, urn)
        if account is None:
            raise Answer(denied(f"{request.path.rpartition('/')[2]}.FINDER-{name}"))
        elements = [
            {name: urn, "timeRange": {"start": _milliseconds(day), "end": _milliseconds(day + timedelta(days=1))}}
            | shown(self.world.day(account, day, self.world.now().date()))
            for day in self._days(request, late, kinds)
        ]
        pages = {"start": 0, "count": 10, "links": []}
        return json_response(200, {"paging": pages, "elements": elements})

    def _days(self, request: Request, late: timedelta, kinds: tuple[str, ...]) -> list[date]:
        match = _INTERVALS.fullmatch(request.query.get("timeIntervals", ""))
        if match is None or match[3] not in kinds or int(match[1]) >= int(match[2]):
            raise _refused("Invalid value for parameter timeIntervals")
        now = self.world.now()
        first = max(_date(int(match[1])), (now - REACH_BACK).date())
        last = min(_date(int(match[2]) - 1), (now - late).date())
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _refused(message: str) -> Answer:
    return Answer(error(400, "ILLEGAL_ARGUMENT", message, 0))


def _date(milliseconds: int) -> date:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def _milliseconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp() * 1000)


def _page_views(day: Day) -> dict[str, Any]:
    mobile, unique = day.page_views // 3, day.visitors // 3
    views = {
        "allPageViews": {"pageViews": day.page_views, "uniquePageViews": day.visitors},
        "allDesktopPageViews": {"pageViews": day.page_views - mobile, "uniquePageViews": day.visitors - unique},
        "allMobilePageViews": {"pageViews": mobile, "uniquePageViews": unique},
    }
    on_mobile = day.clicks // 3
    clicks = {
        "mobileCustomButtonClickCounts": _buttons(on_mobile),
        "desktopCustomButtonClickCounts": _buttons(day.clicks - on_mobile),
    }
    return {"totalPageStatistics": {"views": views, "clicks": clicks}}


def _buttons(clicks: int) -> list[dict[str, Any]]:
    return [{"customButtonType": "VISIT_WEBSITE", "clicks": clicks}] if clicks else []


def _gains(day: Day) -> dict[str, Any]:
    """What was gained in all; what ads brought is a part of it."""
    paid = day.follows // 5
    return {"followerGains": {"organicFollowerGain": day.gain - paid, "paidFollowerGain": paid}}


def _posts(day: Day) -> dict[str, Any]:
    clicks, likes, comments = day.engagements // 2, day.engagements * 3 // 8, day.engagements // 16
    return {
        "totalShareStatistics": {
            "impressionCount": day.impressions, "clickCount": clicks, "likeCount": likes, "commentCount": comments,
            "shareCount": day.engagements - clicks - likes - comments,
            "engagement": day.engagements / day.impressions if day.impressions else 0.0,
        }
    }  # fmt: skip
