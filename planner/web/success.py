"""The lead's first screen: did it work, against which goal, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext as _, lazy_gettext as _l
from flask_login import login_required

from planner.domain import periods, walltime
from planner.domain.figures import change
from planner.domain.periods import Period
from planner.domain.week import Week
from planner.services import reports, success
from planner.services.reports import Overview, Row, Summary
from planner.web import context, figures_of_channels
from planner.web.looks import network_look
from planner.web.messages import success as sentences
from planner.web.words import METRICS, week_label

blueprint = Blueprint("success", __name__, url_prefix="/success")

DEFAULT = "4_weeks"
PERIODS: dict[str, LazyString] = {
    "this_week": _l("This week"),
    "last_week": _l("Last week"),
    "4_weeks": _l("Last 4 weeks"),
    "12_weeks": _l("Last 12 weeks"),
    "quarter": _l("This quarter"),
}
#: The key figures at the top, in their order.
KEY_FIGURES = ("interactions", "impressions", "reach", "clicks")
#: Below this a change is drawn as "about the same".
NOTABLE = 0.005

blueprint.add_app_template_global(sentences.finding, "insight_finding")
blueprint.add_app_template_global(sentences.advice, "insight_advice")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure by its name, with the period before: ``change`` is a fraction, ``given`` of ``of`` publications have
    it."""

    name: str
    value: float | int | None
    before: float | int | None
    change: float | None
    given: int | None
    of: int
    is_rate: bool = False

    @property
    def trend(self) -> str | None:
        """up, down, same; None where there is nothing to compare."""
        if self.change is None:
            return None
        return "same" if abs(self.change) < NOTABLE else "up" if self.change > 0 else "down"


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """The page for a period."""
    place, now = context.workspace(), context.now()
    today = walltime.to_wall(now, place.zone).date()
    period, error = _period(today)
    metric = request.args.get("metric", "")
    metric = metric if metric in METRICS else "interactions"
    board = success.board(context.reading(), place.id, period, place.zone, now=now, metric=metric)
    return render_template(
        "success/index.html",
        board=board,
        period=period,
        period_error=error,
        running=period.is_running(today),
        previous_last=period.first - date.resolution,
        previous_first=period.first - date.resolution * period.days,
        periods=PERIODS,
        metrics=METRICS,
        metric=metric,
        key_figures=_key_figures(board.networks),
        week_chart=_week_chart(board, metric),
        network_chart=_network_chart(board, metric),
        age=age_of(board.networks.rows),
        week_of=Week.parse,
        channels=_channels(period, today),
    )


@blueprint.app_template_global()
def age_of(rows: Iterable[Row]) -> tuple[datetime, datetime] | None:
    """The oldest and the newest moment that the rows' figures are from."""
    known = list(rows)
    oldest = [row.as_of_oldest for row in known if row.as_of_oldest is not None]
    newest = [row.as_of_newest for row in known if row.as_of_newest is not None]
    return (min(oldest), max(newest)) if oldest and newest else None


@blueprint.app_template_global()
def span_of(highlights: Iterable[success.Highlight]) -> tuple[datetime, datetime]:
    """The oldest and the newest moment that the figures of ranked posts are from."""
    scores = [one.score for one in highlights]
    return min(s.as_of_oldest for s in scores), max(s.as_of_newest for s in scores)


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels that tell of themselves, each with its figures and why some are not there; and sentences about
    those that tell nothing. ``names`` are all figures that are shown, ``as_of`` is when they were last told."""

    telling: list[tuple[Overview, list[figures_of_channels.Shown], list[str]]]
    silent: list[str]
    as_of: tuple[datetime, datetime] | None

    @property
    def names(self) -> list[str]:
        """Each figure once, in the order of the words."""
        there = {figure.name for _overview, figures, _lacks in self.telling for figure in figures}
        return [name for name in figures_of_channels.CHANNEL_FIGURES if name in there]

    @property
    def networks(self) -> list[str]:
        """Whose figures they are."""
        return [overview.channel.network for overview, *_rest in self.telling]


def _channels(period: Period, today: date) -> Channels:
    place = context.workspace()
    over = max(0, (min(period.last, today - date.resolution) - period.first).days + 1)
    found = reports.over(context.reading(), place.id, period, place.zone)
    telling = [one for one in found if one.tells_something]
    moments = [when for one in telling for when in (one.as_of, one.counted_at) if when is not None]
    return Channels(
        [(one, figures_of_channels.shown(one, over), figures_of_channels.lacks(one)) for one in telling],
        figures_of_channels.silence(one for one in found if not one.tells_something),
        (min(moments), max(moments)) if moments else None,
    )


def _period(today: date) -> tuple[Period, str]:
    """The period that was asked for, and a sentence where a chosen one is none."""
    key = request.args.get("period") or _first_choice(today)
    if key == periods.CUSTOM:
        try:
            first, last = (date.fromisoformat(request.args.get(name, "")) for name in ("from", "to"))
            return periods.custom(first, last), ""
        except ValueError:
            sentence = _("Choose a first and a last day; the last comes after the first, by at most two years.")
            return periods.named(DEFAULT, today), sentence
    return periods.named(key if key in PERIODS else DEFAULT, today), ""


def _first_choice(today: date) -> str:
    """Whole weeks say most, but a company that began this week wants to see its first posts."""
    place = context.workspace()
    start, _end = periods.named("this_week", today).bounds(place.zone)
    return "this_week" if success.is_new(context.reading(), place.id, start) else DEFAULT


def _key_figures(summary: Summary) -> list[KeyFigure]:
    total, before = summary.total, summary.previous
    posts = KeyFigure("posts", total.posts, before.posts, change(total.posts, before.posts), None, total.deliveries)
    figures = [
        KeyFigure(
            name,
            total.sums.value(name),
            before.sums.value(name),
            change(total.sums.value(name), before.sums.value(name)),
            total.sums.given(name),
            total.deliveries,
        )
        for name in KEY_FIGURES
    ]
    rate, rate_before = total.sums.engagement_rate, before.sums.engagement_rate
    engagement = KeyFigure(
        "engagement_rate", rate, rate_before, _change(rate, rate_before), None, total.deliveries, is_rate=True
    )
    return [posts, *figures, engagement]


def _change(now: float | None, before: float | None) -> float | None:
    return (now - before) / before if now is not None and before else None


def _week_chart(board: success.Board, metric: str) -> dict[str, Any]:
    series = [{"label": str(METRICS[metric]), "values": [row.sums.value(metric) for row in board.weeks]}]
    return {"type": "bar", "labels": [week_label(Week.parse(row.key or "")) for row in board.weeks], "series": series}


def _network_chart(board: success.Board, metric: str) -> dict[str, Any]:
    rows = [row for row in board.networks.rows if row.key]
    labels = [str(network_look(row.key or "").label) for row in rows]
    series = [{"label": str(METRICS[metric]), "values": [row.sums.value(metric) for row in rows]}]
    return {"type": "bar", "labels": labels, "series": series}
