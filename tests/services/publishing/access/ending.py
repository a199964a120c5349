"""A channel whose access ends soon."""

from __future__ import annotations

from planner.models import Channel
from tests.services.publishing.stage import Stage

APP = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}


def ending(stage: Stage, network: str = "twitter", **left: float) -> Channel:
    """Its token ends after so much time (``minutes=10``)."""
    return stage.channel(network, token_expires_at=stage.moment(**left))
