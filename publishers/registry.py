"""The only list of networks.

A third party adds one by the entry point group ``sendeplan.publishers``: the entry point's value is a
:class:`publishers.base.Network` or a function without arguments that returns one.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from publishers.base import Network, Unsupported

ENTRY_POINT_GROUP = "sendeplan.publishers"

_log = logging.getLogger(__name__)


class UnknownNetwork(Unsupported):
    """No adapter of that name is installed: nothing can be asked of the network, nor sent to it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no network “{key}”.")


def networks() -> dict[str, Network]:
    """All networks by key, our own first, in the order in which they are offered."""
    return dict(_networks())


def network(key: str) -> Network:
    """One network. Raises UnknownNetwork."""
    try:
        return _networks()[key]
    except KeyError:
        raise UnknownNetwork(key) from None


@cache
def _networks() -> dict[str, Network]:
    # The descriptors are light: each adapter imports its client package only when it connects.
    from publishers import facebook, instagram, linkedin, pinterest, snapchat, threads, twitter, xing, youtube

    by_api = (linkedin, facebook, twitter, xing)
    by_hand = (instagram, youtube, pinterest, snapchat, threads)
    found = {adapter.NETWORK.key: adapter.NETWORK for adapter in (*by_api, *by_hand)}
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        added = _load(entry)
        if added is not None:
            found.setdefault(added.key, added)
    return found


def _load(entry: EntryPoint) -> Network | None:
    """A third party's network; one that cannot be loaded is named in the log and left out, the others work."""
    try:
        value = entry.load()
        added = value if isinstance(value, Network) else value()
    except Exception:  # noqa: BLE001 - a stranger's code may fail in any way
        _log.exception("The network %r could not be loaded.", entry.name)
        return None
    if isinstance(added, Network):
        return added
    _log.error("The entry point %r gives no network.", entry.name)
    return None
