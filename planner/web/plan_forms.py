"""Reading the forms of the plan's entries, and filling them."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from flask import request
from flask_babel import LazyString, get_locale, lazy_gettext as _l

from planner.services import channels, plan
from planner.services.errors import Problems
from planner.services.plan import AudienceInput, CampaignInput, CategoryInput, FormatInput, GoalInput
from planner.web import inputs
from planner.web.looks import network_look
from planner.web.words import metric_name

COLORS: dict[str, LazyString] = {
    "blue": _l("Blue"),
    "teal": _l("Teal"),
    "green": _l("Green"),
    "yellow": _l("Yellow"),
    "orange": _l("Orange"),
    "red": _l("Red"),
    "pink": _l("Pink"),
    "purple": _l("Purple"),
    "gray": _l("Grey"),
}


def campaign() -> CampaignInput:
    """A campaign as it was typed. Raises Invalid for what cannot be read."""
    problems = Problems()
    given = CampaignInput(
        name=inputs.text("name"),
        description=inputs.text("description"),
        starts_on=inputs.day("starts_on", problems),
        ends_on=inputs.day("ends_on", problems),
        budget_cents=inputs.cents("budget_cents", problems),
        spent_cents=inputs.cents("spent_cents", problems) or 0,
    )
    problems.raise_any()
    return given


def campaign_values(row: Any) -> dict[str, Any]:
    """A stored campaign under the names of the form."""
    return {
        "name": row.name,
        "description": row.description,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "budget_cents": _amount(row.budget_cents),
        "spent_cents": _amount(row.spent_cents or None),
    }


def goal() -> GoalInput:
    """A goal as it was typed; a goal needs a period. Raises Invalid."""
    problems = Problems()
    starts_on, ends_on = inputs.day("starts_on", problems), inputs.day("ends_on", problems)
    target = inputs.number("target", problems, low=1)
    for name, value in (("starts_on", starts_on), ("ends_on", ends_on), ("target", target)):
        if value is None and not any(e.field == name for e in problems.errors):
            problems.add(name, "missing")
    if starts_on is None or ends_on is None or target is None:
        problems.raise_any()
    assert starts_on is not None and ends_on is not None and target is not None  # noqa: PT018, S101 - for the type
    return GoalInput(
        name=inputs.text("name"),
        metric=inputs.text("metric"),
        target=target,
        starts_on=starts_on,
        ends_on=ends_on,
        network=inputs.text("network") or None,
        campaign_id=inputs.reference("campaign"),
    )


def goal_values(row: Any) -> dict[str, Any]:
    """A stored goal under the names of the form."""
    return {
        "name": row.name,
        "metric": row.metric,
        "target": row.target,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "network": row.network,
        "campaign": row.campaign_id,
    }


def audience() -> AudienceInput:
    """A target group as it was typed."""
    return AudienceInput(inputs.text("name"), inputs.text("description"), tuple(request.form.getlist("networks")))


def audience_values(row: Any) -> dict[str, Any]:
    """A stored target group under the names of the form."""
    return {"name": row.name, "description": row.description, "networks": list(row.networks)}


def category() -> CategoryInput:
    """A category as it was typed."""
    return CategoryInput(inputs.text("name"), inputs.text("color"))


def category_values(row: Any) -> dict[str, Any]:
    """A stored category under the names of the form."""
    return {"name": row.name, "color": row.color}


def format_() -> FormatInput:
    """A format as it was typed."""
    return FormatInput(
        inputs.text("name"), inputs.text("description"), inputs.text("rhythm"), inputs.reference("category")
    )


def format_values(row: Any) -> dict[str, Any]:
    """A stored format under the names of the form."""
    return {
        "name": row.name,
        "description": row.description,
        "rhythm": row.rhythm,
        "category": row.category_id,
    }


def metric_choices() -> list[tuple[str, str]]:
    """What a goal can count."""
    return [(key, metric_name(key)) for key in plan.METRICS]


def network_choices() -> list[tuple[str, str]]:
    """All networks by name."""
    return [(network.key, str(network_look(network.key).label)) for network in channels.networks()]


def color_choices() -> list[tuple[str, str]]:
    """The palette."""
    return [(key, str(COLORS[key])) for key in plan.COLORS]


def _amount(cents: int | None) -> str:
    """As a person writes it, and as :func:`planner.web.inputs.cents` reads it: ``1.234,50``, ``12.000``."""
    if cents is None:
        return ""
    return str(format_decimal(cents / 100, "#,##0.00" if cents % 100 else "#,##0", locale=get_locale()))
