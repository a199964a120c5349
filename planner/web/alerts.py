"""Alerts: what the machine complains of, and what it complained of before."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from planner.domain.alarms import AlertKind
from planner.domain.roles import Permission
from planner.domain.states import PostStatus
from planner.models import Alert
from planner.services import alerts
from planner.web import context
from planner.web.access import requires
from planner.web.messages import alerts as sentences

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")
blueprint.add_app_template_global(sentences.title, "alert_title")
blueprint.add_app_template_global(sentences.advice, "alert_advice")


@blueprint.get("")
@requires(Permission.MANAGE)
def index() -> ResponseReturnValue:
    """What is wrong now, and what was."""
    session, place = context.reading(), context.workspace()
    past = alerts.past_alerts(session, place.id)
    now = alerts.open_alerts(session, place.id)
    return render_template("alerts/index.html", alerts=now, past=past, alert_place=_place)


def _place(alert: Alert) -> tuple[str, str]:
    """Where to look on: what leads there is called, and its address."""
    if alert.kind in (AlertKind.SENDING, AlertKind.UNKNOWN):
        return _("Show the posts"), url_for("posts.index", status=PostStatus.PUBLISHING.value)
    return _("Show the system's state"), url_for("settings.system")
