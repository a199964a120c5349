"""Figures of an organisation as a whole, day by day: Organization Page Statistics, Organization Follower Statistics and
Organization Share Statistics, each with ``timeIntervals`` (learn.microsoft.com, Community Management)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from publishers import reading
from publishers.base import NetworkError, ReconnectNeeded, Rejected
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE
from publishers.whole import DAILY, AccountFigures, Missing, Why, by_day, not_given

PERMISSION = "rw_organization_admin"  # and the role of an administrator

_PAGE = ("page_views", "visitors", "page_clicks")
_POSTS = ("impressions", "engagements")
_FOLLOWERS = ("follower_gain",)
#: The finder of each, what it calls the organisation, and which figures it gives.
FINDERS = (
    ("organizationPageStatistics", "organization", _PAGE),
    ("organizationalEntityFollowerStatistics", "organizationalEntity", _FOLLOWERS),
    ("organizationalEntityShareStatistics", "organizationalEntity", _POSTS),
)
_ACTS = ("clickCount", "likeCount", "commentCount", "shareCount")
_BUTTONS = ("mobileCustomButtonClickCounts", "desktopCustomButtonClickCounts")


def organisation_figures_of(client: LinkedInClient, urn: str, first: date, last: date) -> AccountFigures:
    """How many follow (networkSizes), and the figures of the days (by UTC) from ``first`` to ``last``: four calls.

    They want the same permission: where one is refused for it, the others are not asked for. What one of them does not
    give is missing, and takes nothing from the others. Raises ReconnectNeeded where the token is not accepted.
    """
    try:
        path = f"/rest/networkSizes/{encoded(urn)}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
        followers = reading.count(reading.as_object(client.rest("GET", path).json(), TITLE), "firstDegreeSize")
    except ReconnectNeeded as error:
        if error.status != 403:
            raise
        return AccountFigures(None, missing=dict.fromkeys(DAILY, _why(error)))
    found: list[tuple[date, str, int]] = []
    missing: dict[str, Missing] = {}
    for finder, name, figures in FINDERS:
        if any(one.why is not Why.NOT_GIVEN for one in missing.values()):
            missing |= dict.fromkeys(figures, next(iter(missing.values())))
            continue
        try:
            found += _asked(client, finder, name, urn, first, last)
        except NetworkError as error:
            if error.status == 401:
                raise
            missing |= dict.fromkeys(figures, _why(error))
    days = by_day(found, first, last)
    return AccountFigures(followers, {}, days, not_given(DAILY, days) | missing)


def _why(error: NetworkError) -> Missing:
    if isinstance(error, ReconnectNeeded):
        return Missing(Why.PERMISSION, (PERMISSION,))
    return Missing(Why.NOT_GIVEN if isinstance(error, Rejected) else Why.FAILED)


def _asked(
    client: LinkedInClient, finder: str, name: str, urn: str, first: date, last: date
) -> list[tuple[date, str, int]]:
    span = f"(timeRange:(start:{_milliseconds(first)},end:{_milliseconds(last + timedelta(days=1))})"
    path = f"/rest/{finder}?q={name}&{name}={encoded(urn)}&timeIntervals={span},timeGranularityType:DAY)"
    answer = reading.as_object(client.rest("GET", path, action="FINDER").json(), TITLE)
    elements = reading.items(reading.as_list(answer.get("elements"), TITLE))
    return [(day, *one) for e in elements if (day := _day(e)) is not None for one in _figures(e)]


def _milliseconds(day: date) -> int:
    return round(datetime.combine(day, time(), UTC).timestamp() * 1000)


def _day(element: dict[str, Any]) -> date | None:
    """The day that an element is of: ``timeRange`` is its first moment and the first one after it."""
    begun = reading.moment(reading.child(element, "timeRange", "start"))
    return begun.date() if begun is not None else None


def _figures(element: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Whichever of the three the element is of. A figure that it does not hold is left out."""
    views = reading.child(element, "totalPageStatistics", "views", "allPageViews")
    clicks = reading.child(element, "totalPageStatistics", "clicks")
    posts = element.get("totalShareStatistics")
    gains = element.get("followerGains")
    organic, paid = (_signed(gains, name) for name in ("organicFollowerGain", "paidFollowerGain"))
    named = {
        "page_views": reading.count(views, "pageViews"),
        "visitors": reading.count(views, "uniquePageViews"),
        "page_clicks": _clicks(clicks),
        "impressions": reading.count(posts, "impressionCount"),
        "engagements": reading.total(*(reading.count(posts, name) for name in _ACTS)),
        "organic_gain": organic,
        "paid_gain": paid,
        "follower_gain": reading.total(organic, paid),
    }
    yield from ((name, number) for name, number in named.items() if number is not None)


def _clicks(clicks: Any) -> int | None:
    """All clicks on the page's own button. None where LinkedIn tells of no buttons at all."""
    lists = [found for name in _BUTTONS if isinstance(found := reading.child(clicks, name), list)]
    if not lists:
        return None
    return sum(reading.count(button, "clicks") or 0 for buttons in lists for button in reading.items(buttons))


def _signed(value: Any, name: str) -> int | None:
    """More may leave than come: a gain may be below zero."""
    found = reading.child(value, name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
