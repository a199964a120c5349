"""Figures of a Page as a whole, day by day (Graph API, Insights: Page metrics; Page: ``followers_count``). All
``page_impressions*`` and ``page_fan*`` ended by June 2026; what is asked here is left. For Pages with 100 likes or
more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from publishers import reading
from publishers.base import NetworkError, ReconnectNeeded, Rejected, Uncertain
from publishers.facebook.client import GraphClient, Query
from publishers.facebook.errors import TITLE, page_expected, token_is_dead
from publishers.facebook.page_metrics import FOLLOWS, GIVEN, NAMES, UNFOLLOWS
from publishers.whole import AccountFigures, Missing, Why, by_day, not_given

PERMISSION = "read_insights"


class PageInsights:
    """Asks for a Page's figures, and remembers which metrics Graph still knows: one that it does not know fails a whole
    call.

    The followers and all metrics come in one question (Field Expansion). Where something in it is refused, they are
    asked for apart in a second one, a batch, so that one metric costs no other figure; where the permission is missing,
    the followers alone.
    """

    def __init__(self, client: GraphClient, page: str) -> None:
        self._client, self._page = client, page
        self._metrics = tuple(NAMES)

    def figures(self, first: date, last: date) -> AccountFigures:
        """The figures of the days from ``first`` to ``last`` (90 at most)."""
        nested = f"insights.metric({','.join(self._metrics)}).period(day)"
        span = f".since({first.isoformat()}).until({_after(last)})"
        try:
            with page_expected():
                answer = reading.as_object(self._client.ask(self._page, fields=f"{_COUNT},{nested}{span}"), TITLE)
        except (Rejected, ReconnectNeeded) as error:
            if token_is_dead(error) or error.advice == "page_gone":
                raise
            return self._apart(first, last) if isinstance(error, Rejected) else self._followers_alone(error)
        return _figures(answer, [answer.get("insights")], {}, first, last)

    def _followers_alone(self, error: ReconnectNeeded) -> AccountFigures:
        """What a connection may read that may not read insights."""
        page = reading.as_object(self._client.ask(self._page, fields=_COUNT), TITLE)
        refused = Missing(Why.PERMISSION, error.named or (PERMISSION,))
        return AccountFigures(reading.count(page, _COUNT), missing=dict.fromkeys(GIVEN, refused))

    def _apart(self, first: date, last: date) -> AccountFigures:
        queries: list[Query] = [(self._page, {"fields": _COUNT})]
        for metric in self._metrics:
            span = {"since": first.isoformat(), "until": _after(last)}
            queries.append((f"{self._page}/insights", {"metric": metric, "period": "day", **span}))
        counted, *answers = self._client.ask_many(queries)
        if isinstance(counted, NetworkError):
            with page_expected():
                raise counted
        if counted is None:
            raise Uncertain(f"{TITLE} did not finish counting.")
        failed = dict(self._failed(answers))
        known = tuple(m for m, a in zip(self._metrics, answers, strict=True) if not isinstance(a, Rejected))
        self._metrics = known or self._metrics
        return _figures(reading.as_object(counted, TITLE), answers, failed, first, last)

    def _failed(self, answers: Sequence[Any]) -> Iterator[tuple[str, Missing]]:
        """Why which figure is not there, by our name."""
        for metric, answer in zip(self._metrics, answers, strict=True):
            name = "follower_gain" if metric in (FOLLOWS, UNFOLLOWS) else NAMES[metric]
            if isinstance(answer, ReconnectNeeded):
                yield name, Missing(Why.PERMISSION, answer.named or (PERMISSION,))
            elif answer is None or (isinstance(answer, NetworkError) and not isinstance(answer, Rejected)):
                yield name, Missing(Why.FAILED)


_COUNT = "followers_count"


def _after(last: date) -> str:
    """``until`` is the day on which the last value ends."""
    return (last + timedelta(days=1)).isoformat()


def _figures(
    page: Mapping[str, Any], insights: Sequence[Any], failed: Mapping[str, Missing], first: date, last: date
) -> AccountFigures:
    days = by_day((one for answer in insights for one in _values(answer)), first, last)
    for figures in days.values():
        if "follows" in figures and "unfollows" in figures:
            figures["follower_gain"] = figures["follows"] - figures["unfollows"]
    missing = {name: failed.get(name, why) for name, why in not_given(GIVEN, days).items()}
    return AccountFigures(reading.count(page, _COUNT), {}, days, missing)


def _values(answer: Any) -> Iterator[tuple[date, str, int]]:
    """``{"data": [{"name", "period": "day", "values": [{"value", "end_time"}]}]}``, where a value is that of the day
    which ends at ``end_time``: midnight in California, so that the day before begins on the date that it is of."""
    if isinstance(answer, NetworkError):
        return
    for metric in reading.items(reading.child(answer, "data")):
        name = NAMES.get(reading.text(metric.get("name")))
        for value in reading.items(metric.get("values")) if name else ():
            end, number = reading.moment(value.get("end_time")), reading.count(value, "value")
            if name and end is not None and number is not None and end.year > 1:
                yield (end - timedelta(days=1)).date(), name, number
