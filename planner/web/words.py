"""Small words that several screens say: weekdays, weeks, periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from babel.dates import format_date, get_day_names
from babel.numbers import format_currency, format_percent
from flask import Flask
from flask_babel import LazyString, get_locale, gettext as _

from planner.domain.states import DeliveryState, PostStatus
from planner.domain.week import Week
from planner.models import Delivery
from planner.services import by_hand
from planner.web import context, figure_words
from planner.web.formats import MISSING

#: The look of what went out to a played network alone.
REHEARSED = "rehearsed"

#: What can be shown in charts and rankings, in the order of the choice.
METRICS: dict[str, LazyString] = figure_words.labels(
    ("interactions", "impressions", "reach", "clicks", "reactions", "comments", "shares")
)


def init_app(app: Flask) -> None:
    """Offer them to templates."""
    app.jinja_env.globals.update(
        weekday_name=weekday_name, weekdays=weekdays, week_label=week_label, metric_name=metric_name, standing=standing
    )
    app.jinja_env.filters.update(
        short_day=short_day, signed_percent=signed_percent, euros=euros, whole_percent=whole_percent
    )


def standing(status: PostStatus | DeliveryState, deliveries: Iterable[Delivery]) -> str:
    """The state to show for a post or one of its deliveries: what only waits for a hand asks for no decision, and what
    was only rehearsed is not published."""
    shown = list(deliveries)
    return REHEARSED if is_rehearsed(shown) else by_hand.standing(shown, context.now()) or status


class Shown(Protocol):
    """A delivery as far as it is looked at here."""

    @property
    def state(self) -> DeliveryState: ...
    @property
    def rehearsed(self) -> bool: ...


def is_rehearsed(deliveries: Iterable[Shown]) -> bool:
    """Whether all of these went out, and only to a played network."""
    shown = [d for d in deliveries if d.state is not DeliveryState.CANCELLED]
    return bool(shown) and all(d.rehearsed and d.state is DeliveryState.PUBLISHED for d in shown)


def metric_name(key: str) -> str:
    """``Reichweite`` for ``reach``; a goal may also count posts."""
    return str(figure_words.FIGURES[key].label)


def weekday_name(day: int) -> str:
    """``Montag`` for 0."""
    return str(get_day_names("wide", context="stand-alone", locale=get_locale())[day])


def weekdays() -> list[tuple[int, str]]:
    """All seven, Monday first, as a select takes them."""
    return [(day, weekday_name(day)) for day in range(7)]


def week_label(week: Week) -> str:
    """``KW 12``."""
    return str(_("Week %(number)s", number=week.number))


def short_day(value: date) -> str:
    """``24.11.2026``, ``24 Nov 2026``."""
    pattern = "dd.MM.y" if get_locale().language == "de" else "d MMM y"
    return str(format_date(value, pattern, locale=get_locale()))


def whole_percent(value: float | None) -> str:
    """``61 %``; a missing figure is "–"."""
    return MISSING if value is None else str(format_percent(value, locale=get_locale()))


def signed_percent(value: float) -> str:
    """``+12 %``, ``−4 %``, ``±0 %``."""
    sign = "±" if abs(value) < 0.005 else "+" if value > 0 else "−"
    return sign + str(format_percent(abs(value), locale=get_locale()))


def euros(cents: int | None) -> str:
    """``1.234,50 €``; nothing said is "–"."""
    return MISSING if cents is None else str(format_currency(cents / 100, "EUR", locale=get_locale()))
