"""How moments and figures are shown: in the workspace's zone and the person's language, a missing figure as "–"."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date, format_datetime as babel_datetime, format_time as babel_time
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask
from flask_babel import get_locale, get_timezone

MISSING = "–"


def init_app(app: Flask) -> None:
    """Offer the formats to templates as filters."""
    app.jinja_env.filters.update(
        moment=moment,
        wall_moment=wall_moment,
        day=day,
        clock=clock,
        number=number,
        percent=percent,
        dollars=dollars,
        duration=duration,
        zone_name=zone_name,
        iso=iso,
    )


def local(value: datetime, zone: str | None = None) -> datetime:
    """The moment on the workspace's wall clock, or on that of another zone."""
    return value.astimezone(ZoneInfo(zone or str(get_timezone())))


def moment(value: datetime | None, zone: str | None = None) -> str:
    """``Di., 24. Nov. 2026, 18:36``; the zone stands beside it by ``zone_name``. ``zone``: not the workspace's."""
    return MISSING if value is None else wall_moment(local(value, zone))


def wall_moment(value: datetime) -> str:
    """As :func:`moment`, of what some clock shows."""
    pattern = "EEE, d. MMM y, HH:mm" if get_locale().language == "de" else "EEE, d MMM y, HH:mm"
    return babel_datetime(value.replace(tzinfo=None), pattern, locale=get_locale())


def day(value: date | datetime | None) -> str:
    """``24. November 2026``."""
    if value is None:
        return MISSING
    # British English, as the shorter forms are: 24 November 2026.
    locale = "de" if get_locale().language == "de" else "en_GB"
    return babel_date(local(value).date() if isinstance(value, datetime) else value, "long", locale=locale)


def clock(value: datetime) -> str:
    """``18:36``, 24 hours in both languages."""
    return babel_time(local(value), "HH:mm", locale=get_locale())


def number(value: float | int | None) -> str:
    """``1.234,5`` in German; a missing figure is "–", never 0."""
    return MISSING if value is None else format_decimal(value, locale=get_locale())


def file_size(size: int) -> str:
    """``4,9 MB`` for 4 912 000 bytes, ``350 KB`` for less than a megabyte: in thousands, as networks state limits."""
    if size < 1_000_000:
        return f"{format_decimal(-(-size // 1000), locale=get_locale())} KB"
    return f"{format_decimal(-(-size // 10_000) / 100, '#,##0.##', locale=get_locale())} MB"


def duration(seconds: float) -> str:
    """``0:42``, ``1:02:03``: how long a video runs."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def percent(value: float | None) -> str:
    """``4,2 %``, ``4.2%``."""
    if value is None:
        return MISSING
    pattern = "#,##0.0\u00a0%" if get_locale().language == "de" else "#,##0.0%"
    return format_percent(value, pattern, locale=get_locale())


def dollars(micros: int | None) -> str:
    """``0,20 $`` for 200 000 millionths; tenths of a cent are shown where there are some: ``0,015 $``."""
    if micros is None:
        return MISSING
    pattern = "#,##0.00# ¤" if get_locale().language == "de" else "¤#,##0.00#"
    return format_currency(Decimal(micros) / 1_000_000, "USD", pattern, locale=get_locale(), currency_digits=False)


def zone_name(_value: object = None) -> str:
    """The zone that times are shown in."""
    return str(get_timezone())


def iso(value: datetime) -> str:
    """For ``<time datetime>``."""
    return value.isoformat().replace("+00:00", "Z")
