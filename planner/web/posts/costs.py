"""What a post costs, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from planner.models import Delivery
from planner.services import channels, spending
from planner.services.posts.steps import Step
from planner.web import context
from planner.web.formats import dollars
from publishers.costs import Cost


def lines(costs: Mapping[int, Cost]) -> list[str]:
    """A line for each channel where it costs anything."""
    if not costs:
        return []
    names = {c.id: c.name for c in channels.all_of(context.reading(), context.member().workspace_id)}
    return [_line(names.get(channel_id, ""), cost) for channel_id, cost in costs.items()]


def of_deliveries(deliveries: Sequence[Delivery], steps: Mapping[int, Sequence[Step]]) -> dict[int, int]:
    """By delivery id, with all that follows each, in millionths of a US dollar."""
    folder = context.platform().settings.media_folder
    found = {d.id: spending.cost_with_steps(d, steps.get(d.id, ()), folder) for d in deliveries}
    return {delivery_id: micros for delivery_id, micros in found.items() if micros is not None}


def _line(channel: str, cost: Cost) -> str:
    amount = dollars(cost.micros)
    if cost.with_link:
        return _("%(channel)s: %(amount)s, because a link makes it dearer", channel=channel, amount=amount)
    return _("%(channel)s: %(amount)s", channel=channel, amount=amount)
