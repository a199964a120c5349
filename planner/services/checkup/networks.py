"""The networks' clocks against ours, where one may ask them."""

from __future__ import annotations

from collections.abc import Iterator

from planner.services.checkup.clocks import compared
from planner.services.checkup.finding import Finding, Scene, notice
from publishers import registry
from publishers.base import NetworkError

SECONDS = 8.0


def clocks(scene: Scene) -> Iterator[Finding]:
    """Each network's own time, off its answer to a call without credentials."""
    if not scene.online:
        return
    from publishers.asking import network_time  # with all that HTTP needs, which a server may never use

    for key, network in registry.networks().items():
        if not network.credential_fields:
            continue  # people publish there: nothing is ever asked of it
        connection = scene.platform.connections.connection(key, timeout=SECONDS)
        before = scene.platform.clock.now()
        try:
            theirs = network_time(network, connection)
        except NetworkError as error:
            yield notice("clock", "network_silent", network=network.title, reason=str(error))
            continue
        after = scene.platform.clock.now()
        if theirs is not None:  # to the whole second, cut off
            yield compared(network.title, theirs - (before + (after - before) / 2))
