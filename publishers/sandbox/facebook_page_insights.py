"""Graph's insights of a Page as a whole, by days that begin at midnight in California."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .accounts import Account, Token
from .audience import Day
from .facebook_access import FacebookAccess
from .facebook_shapes import error, graph_time, page_object, parameter_error
from .service import Answer

LIKES_FOR_INSIGHTS = 100
"""Insights are given for Pages with this many likes or more."""
LONGEST_DAYS = 90
PERIODS = {"day": 1, "week": 7, "days_28": 28}
CALIFORNIA = ZoneInfo("America/Los_Angeles")

PAGE_METRICS: dict[str, Callable[[Day], int]] = {
    "page_media_view": lambda day: day.impressions,
    "page_views_total": lambda day: day.page_views,
    "page_post_engagements": lambda day: day.engagements,
    "page_total_actions": lambda day: day.clicks,
    "page_daily_follows_unique": lambda day: day.follows,
    "page_daily_unfollows_unique": lambda day: day.unfollows,
}
"""What is left of the metrics of Pages; ``page_impressions*``, ``page_fans`` and others are unknown since June 2026."""


class FacebookPageInsights(FacebookAccess):
    """``/{page}/insights``, and ``insights`` among a Page's fields."""

    def page_insights(self, token: Token, page: Account, how: Mapping[str, str], *, where: str = "") -> dict[str, Any]:
        """One metric that does not exist fails the whole call. ``where`` begins what is said of a field."""
        if "read_insights" not in token.scopes:
            raise Answer(error(10, "(#10) This endpoint requires the 'read_insights' permission"))
        names = [name for name in how.get("metric", "").split(",") if name]
        if not names:
            raise parameter_error(f"{where}The parameter metric is required")
        if not PAGE_METRICS.keys() >= set(names):
            raise parameter_error(f"{where}The value must be a valid insights metric")
        period = how.get("period", "day")
        if period not in PERIODS or how.keys() - {"metric", "period", "since", "until"}:
            raise parameter_error(f"{where}The value must be a valid insights period")
        days = self._days_between(how, where)
        known = names if page.followers >= LIKES_FOR_INSIGHTS else []
        return {"data": [self._page_insight(page, name, period, days) for name in known]}

    def page_with_insights(
        self, token: Token, page: Account, wanted: list[tuple[str, dict[str, str]]], own: str
    ) -> dict[str, Any]:
        """A Page with the fields ``wanted``; ``own`` is its own token."""
        nested = [how for name, how in wanted if name == "insights"]
        names = [name for name, _ in wanted if name != "insights"]
        shown = page_object(page, names if wanted else ["name"], own)
        if "followers_count" in shown:
            shown["followers_count"] = self.world.followers(page)
        if nested:
            shown["insights"] = self.page_insights(token, page, nested[0], where="For field 'insights': ")
        return shown

    def _days_between(self, how: Mapping[str, str], where: str) -> list[date]:
        """The days that are over from ``since`` up to the one before ``until``; the last two without them."""
        yesterday = self.world.now().astimezone(CALIFORNIA).date() - timedelta(days=1)
        until = _date(how["until"], where) if how.get("until") else yesterday + timedelta(days=1)
        since = _date(how["since"], where) if how.get("since") else until - timedelta(days=2)
        if since >= until:
            raise parameter_error(f"{where}since must be before until")
        if (until - since).days > LONGEST_DAYS:
            raise parameter_error(f"{where}There cannot be more than 90 days (7776000 s) between since and until")
        return [since + timedelta(days=n) for n in range((min(until, yesterday + timedelta(days=1)) - since).days)]

    def _page_insight(self, page: Account, name: str, period: str, days: list[date]) -> dict[str, Any]:
        title = name.removeprefix("page_").replace("_", " ").title()
        values = [{"value": self._sum(page, name, day, PERIODS[period]), "end_time": _end(day)} for day in days]
        return {
            "name": name, "period": period, "values": values, "title": f"Daily {title}",
            "description": f"Daily: {title}", "id": f"{page.id}/insights/{name}/{period}",
        }  # fmt: skip

    def _sum(self, page: Account, name: str, day: date, days: int) -> int:
        today = self.world.now().astimezone(CALIFORNIA).date()
        span = (day - timedelta(days=number) for number in range(days))
        return sum(PAGE_METRICS[name](self.world.day(page, one, today)) for one in span)


def _end(day: date) -> str:
    return graph_time(datetime.combine(day + timedelta(days=1), time(), CALIFORNIA))


def _date(text: str, where: str) -> date:
    """A date, or a Unix timestamp."""
    try:
        return datetime.fromtimestamp(int(text), UTC).date() if text.isdigit() else date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise parameter_error(f"{where}Invalid parameter: {text} is no time") from None
