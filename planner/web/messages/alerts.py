"""Alerts in words: what is wrong, and what to do."""

from __future__ import annotations

from datetime import date

from flask_babel import LazyString, gettext as _, lazy_gettext as _l, ngettext

from planner.domain.alarms import AlertKind
from planner.models import Alert
from planner.web.formats import day
from planner.web.messages.advice import what_to_set

ADVICE: dict[AlertKind, LazyString] = {
    AlertKind.SENDING: _l("Look whether the scheduler runs and the network answers. Nothing is sent a second time."),
    AlertKind.UNKNOWN: _l(
        "Look whether the scheduler runs and the network answers. It is looked for until it is clear; where nobody can "
        "tell, the post's page asks you."
    ),
    AlertKind.ANSWER_SENDING: _l(
        "Look whether the scheduler runs and the network answers. Nothing is sent a second time."
    ),
    AlertKind.ANSWER_UNKNOWN: _l(
        "Look whether the scheduler runs and the network answers. It is looked for until it is clear; where nobody can "
        "tell, a notice asks for your decision."
    ),
    AlertKind.OVERDUE: _l(
        "The scheduler gives signs of life, but does not send. “sendeplan doctor” and its log say more; start the "
        "scheduler and the workers again. Nothing is sent a second time. Where all of them are busy, more threads help "
        "(SENDEPLAN_SENDER_THREADS)."
    ),
    AlertKind.CLOCK: _l(
        "Nothing is published until it runs again. Start “sendeplan serve”, or “sendeplan scheduler” beside the pages."
    ),
}


def title(alert: Alert) -> str:
    """What is wrong."""
    if alert.kind is AlertKind.CLOCK:
        return _("The scheduler gives no sign of life")
    if alert.kind is AlertKind.VERSION:
        return _version_title(alert)
    count, minutes = int(alert.data.get("count", 1)), int(alert.data.get("minutes", 0))
    if alert.kind is AlertKind.SENDING:
        return ngettext(
            "%(num)s post has been sending for more than %(minutes)s minutes",
            "%(num)s posts have been sending for more than %(minutes)s minutes",
            count,
            minutes=minutes,
        )
    if alert.kind in (AlertKind.ANSWER_SENDING, AlertKind.ANSWER_UNKNOWN):
        return _answers_title(alert.kind, count, minutes)
    if alert.kind is AlertKind.OVERDUE:
        return ngettext(
            "On %(num)s channel a post has been due for more than %(minutes)s minutes, and nobody takes it",
            "On %(num)s channels a post has been due for more than %(minutes)s minutes, and nobody takes it",
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
    if alert.kind is AlertKind.VERSION:
        without = _("Without it nothing goes out on %(network)s.", network=alert.data["network"])
        return f"{what_to_set(alert.data)} {without}"
    return str(ADVICE[alert.kind])


def _answers_title(kind: AlertKind, count: int, minutes: int) -> str:
    if kind is AlertKind.ANSWER_SENDING:
        return ngettext(
            "%(num)s answer to a comment has been sending for more than %(minutes)s minutes",
            "%(num)s answers to comments have been sending for more than %(minutes)s minutes",
            count,
            minutes=minutes,
        )
    return ngettext(
        "%(num)s answer to a comment has been unconfirmed for more than %(minutes)s minutes",
        "%(num)s answers to comments have been unconfirmed for more than %(minutes)s minutes",
        count,
        minutes=minutes,
    )


def _version_title(alert: Alert) -> str:
    if alert.data["ends"] is None:
        return _(
            "%(network)s no longer serves version %(version)s of its API",
            network=alert.data["network"],
            version=alert.data["version"],
        )
    ends = date.fromisoformat(alert.data["ends"])
    return _(
        "%(network)s serves version %(version)s of its API only until about %(day)s",
        network=alert.data["network"],
        version=alert.data["version"],
        day=day(ends),
    )
