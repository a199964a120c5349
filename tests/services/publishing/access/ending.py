"""A channel whose access ends soon."""

from __future__ import annotations

from itertools import count

from planner.models import Channel
from tests.services.publishing.stage import Stage

APP = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
_NUMBERS = count(1)


def ending(stage: Stage, network: str = "twitter", *, partner: bool = False, **left: float) -> Channel:
    """Its token ends after so much time (``minutes=10``). ``partner``: LinkedIn gave a refresh token."""
    more = {"refresh_token": f"partner-refresh-{next(_NUMBERS)}"} if partner else {}
    return stage.channel(network, token_expires_at=stage.moment(**left), more=more)
