"""How many deliveries a second one process can claim, on each kind of database."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import update

from bench.filling import fill
from bench.instance import Instance, instance
from planner.domain.states import DeliveryState
from planner.models import Delivery
from planner.services.publishing.claim import claim
from tests.support.databases import own_postgres_server

DELIVERIES, CHANNELS = 2_000, 200
BATCHES = {"one": 1, "sixteen": 16}


def claims() -> dict[str, Any]:
    """Claims a second, one by one and in batches of 16, of 2,000 due deliveries over 200 channels."""
    with own_postgres_server() as server:
        result: dict[str, Any] = {}
        for kind, settings in (("sqlite", {}), ("postgresql", {"SENDEPLAN_DATABASE_URL": server.database()})):
            with instance(None, **settings) as made:
                fill(made, DELIVERIES, channels=CHANNELS, due=DELIVERIES)
                result[kind] = {name: _rate(made, size) for name, size in BATCHES.items()}
        return result


def _rate(made: Instance, size: int, seconds: float = 5.0) -> float:
    claimed, spent = 0, 0.0
    while spent < seconds:
        began = time.perf_counter()
        batch = claim(made.platform, "bench", size)
        spent += time.perf_counter() - began
        assert len(batch.claimed) == size
        claimed += size
        _give_back(made)
    return claimed / spent


def _give_back(made: Instance) -> None:
    """So that as much is due for the next claim, and no channel is busy."""
    with made.platform.database.write() as session:
        taken = update(Delivery).where(Delivery.state == DeliveryState.CLAIMED)
        session.execute(taken.values(state=DeliveryState.SCHEDULED, lease_until=None, claim_owner=None))
