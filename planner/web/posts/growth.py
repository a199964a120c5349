"""How a post's figures grew, as charts with the table behind each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from flask_babel import get_locale

from planner.services.reports import DeliveryHistory
from planner.web import figure_words
from planner.web.formats import local

#: More points than this say nothing more on a small chart.
MOST_POINTS = 30


def short_moment(moment: datetime) -> str:
    """``20.11. 17:00``, for the axis of a small chart."""
    pattern = "d.M. HH:mm" if get_locale().language == "de" else "d MMM HH:mm"
    return format_datetime(local(moment), pattern, locale=get_locale())


def growth(histories: Sequence[DeliveryHistory]) -> list[dict[str, Any]]:
    """A chart for each delivery that was measured at least twice: ``name``, ``network``, ``chart``, ``rows``."""
    return [_growth(one) for one in histories if len(one.points) > 1]


def _growth(history: DeliveryHistory) -> dict[str, Any]:
    points = _thinned(history.points)
    given = {
        name: text
        for name, text in figure_words.labels().items()
        if any(p.figures.get(name) is not None for p in points)
    }
    drawn = {name: text for name, text in given.items() if name in ("impressions", "reactions", "clicks")} or given
    times = [short_moment(p.taken_at) for p in points]
    series = [{"label": str(text), "values": [p.figures.get(name) for p in points]} for name, text in drawn.items()]
    return {
        "name": history.channel_name,
        "network": history.network,
        "chart": {"type": "line", "labels": times, "series": series},
        "columns": [str(text) for text in given.values()],
        "rows": [(p.taken_at, [p.figures.get(name) for name in given]) for p in points],
    }


def _thinned(points: Sequence[Any]) -> list[Any]:
    """At most so many points, evenly chosen, the last among them."""
    step = -(-len(points) // MOST_POINTS)
    return list(reversed(list(reversed(points))[::step]))
