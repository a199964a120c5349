"""Why a delivery waits, in one sentence and the words of whoever held it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from planner.models import Delivery
from planner.services.publishing.guards import Hold
from planner.services.publishing.status import Holds
from planner.web import context
from planner.web.messages.advice import advice
from planner.web.messages.pausing import pause_reason
from planner.web.posts.trouble import waiting


def holds_of(holds: Holds, deliveries: Iterable[Delivery]) -> dict[int, str]:
    """What holds each delivery, by its id; what nothing holds is left out."""
    return {d.id: sentence(holds, d, hold) for d in deliveries if (hold := holds.reason(d))}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person ends what holds something: a link with its icon."""

    label: str
    url: str
    icon: str


def places_of(holds: Holds, deliveries: Iterable[Delivery]) -> dict[int, Place]:
    """Where to end what holds each delivery, by its id; what ends by itself is left out, and the pause of everything,
    which stands over every page."""
    found = {d.id: _place(d, hold) for d in deliveries if (hold := holds.reason(d))}
    return {id_: place for id_, place in found.items() if place is not None}


def _place(delivery: Delivery, hold: Hold) -> Place | None:
    if hold in (Hold.CHANNEL_PAUSED, Hold.RECONNECT):
        icon = "plug-connected" if hold is Hold.RECONNECT else "broadcast"
        return Place(_("To the channel"), url_for("channels.show", channel_id=delivery.channel_id), icon)
    if hold is Hold.CAMPAIGN_PAUSED:
        url = url_for("plan.edit", kind="campaigns", entry_id=delivery.post.campaign_id)
        return Place(_("To the campaign"), url, "flag")
    return None


def sentence(holds: Holds, delivery: Delivery, hold: Hold) -> str:
    """What holds it, and why: a pause has a reason. Where a network's answer is the reason, what to do about it."""
    said, what = _words(holds, delivery, hold), waiting(hold, holds.goes_on_at(delivery, hold))
    if told := advice(holds.advice(delivery, hold), delivery.channel.network):
        return f"{what} {told}"
    return _("%(what)s Reason: %(reason)s", what=what, reason=_ended(said)) if said else what


def _words(holds: Holds, delivery: Delivery, hold: Hold) -> str:
    return pause_reason(context.workspace()) if hold is Hold.WORKSPACE_PAUSED else holds.words(delivery, hold)


def _ended(said: str) -> str:
    return said if said.endswith((".", "!", "?", "…")) else said + "."
