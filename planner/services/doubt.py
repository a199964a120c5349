"""What nobody knows: whether a delivery that waits for a person is live."""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services.errors import Conflict

#: The error codes that are about doubt: it may be live. The others in `needs_person` were surely not sent.
DOUBT = frozenset({"ambiguous", "cannot_list", "attempts_exhausted"})


def is_in_doubt(delivery: Delivery) -> bool:
    """Whether a person has to say whether it is live."""
    return delivery.state is DeliveryState.NEEDS_PERSON and delivery.error_code in DOUBT


def refuse_doubt(deliveries: Iterable[Delivery]) -> None:
    """Raises Conflict ``in_doubt`` where a person has to say first whether one of these is live. What is taken out of
    the plan without that is forgotten although the network may show it, and is sent anew where it is brought back."""
    if any(is_in_doubt(delivery) for delivery in deliveries):
        raise Conflict("in_doubt")
