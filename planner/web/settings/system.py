"""How the installation is doing, in an admin's words: a page of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from babel.dates import format_timedelta
from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from planner.domain.roles import Permission
from planner.web import context
from planner.web.access import requires
from planner.web.formats import moment
from planner.web.messages import checkup
from planner.web.settings.base import blueprint

if TYPE_CHECKING:
    from planner.services.checkup import Finding


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words."""

    code: str
    area: str
    said: str
    hint: str


@blueprint.get("/system")
@requires(Permission.MANAGE)
def system() -> ResponseReturnValue:
    """The check-up, as far as it concerns this workspace and the installation it lives in."""
    from planner.services.checkup import Level, examine  # most servers are never asked

    found: dict[str, list[Said]] = {level.value: [] for level in Level}
    for finding in examine(context.platform(), patient=False, workspace_id=context.workspace().id):
        found[finding.level.value].append(_said(finding))
    return render_template("settings/system.html", found=found)


def _said(finding: Finding) -> Said:
    said, hint = checkup.explain(finding, moment, _span)
    return Said(finding.code, checkup.area(finding), said, hint)


def _span(span: timedelta) -> str:
    return str(format_timedelta(span, threshold=2, locale=get_locale()))
