"""Figures of Page posts (Graph API, Insights). All ``post_impressions*`` ended in June 2026; what is asked here took
their place. Graph has them for Pages with 100 likes or more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import quote

from publishers import reading
from publishers.base import Figures, NetworkError, ReconnectNeeded, Rejected, Uncertain
from publishers.facebook.client import GraphClient, Query
from publishers.facebook.errors import TITLE, is_gone, token_is_dead

FIELDS = "shares,comments.limit(0).summary(true),reactions.limit(0).summary(true)"

VIEWS = "post_media_view"
REACH = "post_total_media_view_unique"
CLICKS = "post_clicks"
REACTIONS = "post_reactions_by_type_total"
#: Of a post with a video only; elsewhere Graph says 0. The time is that of all plays, in milliseconds.
VIDEO_VIEWS, VIDEO_TIME = "post_video_views", "post_video_view_time"


class Insights:
    """Asks for figures, and remembers which metrics Graph still knows: one that it does not know fails a whole call.

    A post's fields and its insights come in one question (Graph API, Field Expansion). Where that fails, its fields and
    each metric are asked for apart, so that one error costs no other figure and no other post.
    """

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        self._metrics: tuple[str, ...] = (VIEWS, REACH, CLICKS, REACTIONS)
        self._of_films: tuple[str, ...] = (VIDEO_VIEWS, VIDEO_TIME)

    def figures(self, ids: Sequence[str], films: Collection[str] = ()) -> dict[str, Figures]:
        found, failed = self._together(ids, films)
        if failed:
            known = (self._metrics, self._of_films)
            found |= self._apart(failed[:1], films)
            failed = failed[1:]
            if (self._metrics, self._of_films) != known:
                others, failed = self._together(failed, films)
                found |= others
        return found | self._apart(failed, films)

    def _together(self, ids: Sequence[str], films: Collection[str]) -> tuple[dict[str, Figures], list[str]]:
        """One question for each post: the figures, and the posts of which it failed though they may be there."""
        queries = [(quote(post, safe=""), {"fields": _nested(self._wanted(post, films))}) for post in ids]
        found: dict[str, Figures] = {}
        failed: list[str] = []
        for post, answer in zip(ids, self._client.ask_many(queries), strict=True):
            if _is_worth_asking_apart(answer):
                failed.append(post)
                continue
            counted = _counted(answer)
            if counted is not None:
                found[post] = _figures(counted, _values(counted.get("insights")))
        return found, failed

    def _apart(self, ids: Sequence[str], films: Collection[str]) -> dict[str, Figures]:
        queries: list[Query] = []
        for post in ids:
            queries += [(quote(post, safe=""), {"fields": FIELDS}), self._query(post, self._wanted(post, films))]
        answers = self._client.ask_many(queries)
        found: dict[str, Figures] = {}
        for post, fields, insights in zip(ids, answers[::2], answers[1::2], strict=True):
            counted = _counted(fields)
            if counted is not None:
                found[post] = _figures(counted, self._values(post, insights, films))
        return found

    def _wanted(self, post: str, films: Collection[str]) -> tuple[str, ...]:
        return (*self._metrics, *self._of_films) if post in films else self._metrics

    def _values(self, post: str, answer: Any, films: Collection[str]) -> dict[str, Any]:
        """Values by metric; none where the insights are not given to us."""
        if isinstance(answer, Rejected) and not is_gone(answer):
            return self._one_by_one(post, self._wanted(post, films))
        if isinstance(answer, NetworkError):
            if isinstance(answer, (ReconnectNeeded, Rejected)) and not token_is_dead(answer):
                return {}
            raise answer
        return _values(answer)

    def _one_by_one(self, post: str, metrics: Sequence[str]) -> dict[str, Any]:
        answers = self._client.ask_many([self._query(post, (metric,)) for metric in metrics])
        known = {m for m, a in zip(metrics, answers, strict=True) if not isinstance(a, Rejected)}
        self._metrics = tuple(m for m in self._metrics if m in known) or self._metrics
        self._of_films = tuple(m for m in self._of_films if m in known or m not in metrics)
        values: dict[str, Any] = {}
        for answer in answers:
            if not isinstance(answer, NetworkError):
                values.update(_values(answer))
        return values

    def _query(self, post: str, metrics: Sequence[str]) -> Query:
        return f"{quote(post, safe='')}/insights", {"metric": ",".join(metrics), "period": "lifetime"}


def _nested(metrics: Sequence[str]) -> str:
    return f"{FIELDS},insights.metric({','.join(metrics)}).period(lifetime)" if metrics else FIELDS


def _is_worth_asking_apart(answer: Any) -> bool:
    """Refused for something in the question, and neither for the post, which is gone, nor for the token."""
    return isinstance(answer, (Rejected, ReconnectNeeded)) and not is_gone(answer) and not token_is_dead(answer)


def _counted(answer: Any) -> dict[str, Any] | None:
    """The post's own fields. None for a post that is gone."""
    if isinstance(answer, NetworkError):
        if is_gone(answer):
            return None
        raise answer
    if not isinstance(answer, dict):
        raise Uncertain(f"{TITLE} did not finish counting.")
    return answer


def _figures(post: dict[str, Any], values: dict[str, Any]) -> Figures:
    by_type = values.get(REACTIONS)
    reactions = reading.count(reading.child(post, "reactions", "summary"), "total_count")
    if reactions is None and isinstance(by_type, dict):
        reactions = sum(reading.counts(by_type).values())
    video_views, milliseconds = (reading.count(values, name) for name in (VIDEO_VIEWS, VIDEO_TIME))
    return Figures(
        impressions=reading.count(values, VIEWS),
        reach=reading.count(values, REACH),
        reactions=reactions,
        comments=reading.count(reading.child(post, "comments", "summary"), "total_count"),
        shares=reading.count(post.get("shares"), "count"),
        clicks=reading.count(values, CLICKS),
        extra={
            **{f"reactions_{name}": number for name, number in reading.counts(by_type).items()},
            **({} if video_views is None else {"video_views": video_views}),
            **({} if milliseconds is None else {"watch_seconds": round(milliseconds / 1000)}),
        },
    )


def _values(answer: Any) -> dict[str, Any]:
    """``{"data": [{"name", "period", "values": [{"value"}]}]}`` as values by name."""
    values: dict[str, Any] = {}
    for metric in reading.items(reading.child(answer, "data")):
        series = reading.items(metric.get("values"))
        if series:
            values[reading.text(metric.get("name"))] = series[-1].get("value")
    return values
