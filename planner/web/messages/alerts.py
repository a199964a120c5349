"""Alerts in words: what is wrong, and what to do."""

from __future__ import annotations

from flask_babel import LazyString, gettext as _, lazy_gettext as _l, ngettext

from planner.domain.alarms import AlertKind
from planner.models import Alert

ADVICE: dict[AlertKind, LazyString] = {
    AlertKind.SENDING: _l("Look whether the scheduler runs and the network answers. Nothing is sent a second time."),
    AlertKind.UNKNOWN: _l("Look on the network whether the post is there, and decide on the post's page."),
    AlertKind.CLOCK: _l(
        "Nothing is published until it runs again. Start “sendeplan serve”, or “sendeplan scheduler” beside the pages."
    ),
}


def title(alert: Alert) -> str:
    """What is wrong."""
    if alert.kind is AlertKind.CLOCK:
        return _("The scheduler gives no sign of life")
    count, minutes = int(alert.data.get("count", 1)), int(alert.data.get("minutes", 0))
    if alert.kind is AlertKind.SENDING:
        return ngettext(
            "%(num)s post has been sending for more than %(minutes)s minutes",
            "%(num)s posts have been sending for more than %(minutes)s minutes",
            count,
            minutes=minutes,
        )
    return ngettext(
        "%(num)s post has been unconfirmed for more than %(minutes)s minutes",
        "%(num)s posts have been unconfirmed for more than %(minutes)s minutes",
        count,
        minutes=minutes,
    )


def advice(alert: Alert) -> str:
    """What to do about it."""
    return str(ADVICE[alert.kind])
