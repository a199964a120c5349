"""Why a delivery waits, in one sentence and the words of whoever held it."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from planner.models import Delivery
from planner.services.publishing.guards import Hold
from planner.services.publishing.status import Holds
from planner.web.messages.advice import advice
from planner.web.posts.trouble import waiting


def holds_of(holds: Holds, deliveries: Iterable[Delivery]) -> dict[int, str]:
    """What holds each delivery, by its id; what nothing holds is left out."""
    return {d.id: sentence(holds, d, hold) for d in deliveries if (hold := holds.reason(d))}


def sentence(holds: Holds, delivery: Delivery, hold: Hold) -> str:
    """What holds it, and why: a pause has a reason. Where a network's answer is the reason, what to do about it."""
    said, what = holds.words(delivery, hold), waiting(hold, holds.goes_on_at(delivery, hold))
    if told := advice(holds.advice(delivery, hold), delivery.channel.network):
        return f"{what} {told}"
    return _("%(what)s Reason: %(reason)s", what=what, reason=_ended(said)) if said else what


def _ended(said: str) -> str:
    return said if said.endswith((".", "!", "?", "…")) else said + "."
