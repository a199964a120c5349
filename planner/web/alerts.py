"""Alerts: what the machine complains of, and what it complained of before."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from planner.domain.roles import Permission
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
    return render_template("alerts/index.html", alerts=alerts.open_alerts(session, place.id), past=past)
