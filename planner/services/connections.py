"""Open connections to channels: publishers are costly to build, so idle ones are kept and handed out again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from planner.config import Settings
from planner.counts import Counts
from planner.models import Channel
from planner.security.vault import Vault, VaultError
from planner.services.observed import AdapterFailed, ObservedPublisher
from planner.stage import Stage, stand_in
from publishers import registry
from publishers.base import Capabilities, Connection, ContentRules, Credentials, Network, NetworkError

IDLE_PER_CHANNEL = 2

_log = logging.getLogger(__name__)

Key = tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class ChannelAccess:
    """What is needed to talk to a channel, read once from its row so that no session need stay open. ``by_hand`` says
    that people publish there, whatever the credentials; ``rehearsing`` that the call goes to the stage
    (:mod:`planner.stage`) and not to the network."""

    channel_id: int
    workspace_id: int
    network: str
    sealed: str | None
    version: int
    by_hand: bool = False
    rehearsing: bool = False

    @classmethod
    def of(cls, channel: Channel, *, rehearsing: bool = False) -> ChannelAccess:
        """The access of a stored channel, or the one by which its posts were rehearsed."""
        return cls(
            channel.id,
            channel.workspace_id,
            channel.network,
            channel.credentials,
            channel.credentials_version,
            by_hand=channel.by_hand_since is not None,
            rehearsing=rehearsing,
        )


class Connections:
    """Hands out publishers: one thread at a time has each."""

    def __init__(self, settings: Settings, vault: Vault, counts: Counts, stage: Stage | None = None) -> None:
        self._stage = stage or Stage()
        self._settings = settings
        self._counts = counts
        self._vault = vault
        self._idle: dict[Key, list[ObservedPublisher]] = {}
        self._lock = threading.Lock()

    def connection(self, network: str, *, timeout: float | None = None) -> Connection:
        """The operator's settings for a network, as an adapter takes them."""
        configured = self._settings.network(network)
        return Connection(
            configured.api_url,
            timeout or self._settings.send_timeout_seconds,
            configured.app,
            self._settings.prepare_timeout_seconds,
        )

    def connect(self, network: Network, credentials: Credentials) -> ObservedPublisher:
        """A fresh publisher that is not kept: for verifying credentials before they are stored."""
        return self._opened(network, credentials, self.connection(network.key))

    def capabilities(self, access: ChannelAccess) -> Capabilities:
        """What this channel's connection can do. Raises VaultError, UnknownNetwork, AdapterFailed."""
        network, credentials = registry.network(access.network), self.credentials(access)
        with _foreseen("could not tell what the connection can do"):
            return network.capabilities_of(credentials)

    def content_rules(self, access: ChannelAccess) -> ContentRules:
        """What this channel's posts can hold; what its network's can, where its credentials cannot be read."""
        network = registry.network(access.network)
        try:
            return network.content_rules_of(self.credentials(access))
        except VaultError:
            return network.content_rules

    def credentials(self, access: ChannelAccess) -> dict[str, str]:
        """The channel's credentials, decrypted; empty for an assisted channel. Raises VaultError."""
        opened = self._vault.open(access.sealed) if access.sealed else {}
        return stand_in(registry.network(access.network), opened, access.channel_id) if access.rehearsing else opened

    def renews(self, access: ChannelAccess) -> bool:
        """Whether this channel's access renews itself. No where its credentials cannot be read.

        Raises AdapterFailed where its adapter cannot tell.
        """
        try:
            return self.can_renew(access.network, self.credentials(access))
        except VaultError:
            return False

    def can_renew(self, network: str, credentials: Credentials) -> bool:
        """Whether access given by these credentials renews itself with the operator's developer app.

        Raises AdapterFailed where its adapter cannot tell.
        """
        known = registry.networks().get(network)
        with _foreseen("could not tell whether access renews itself"):
            return known is not None and known.renews(credentials, self._settings.network(network).app)

    @contextmanager
    def publisher(self, access: ChannelAccess) -> Iterator[ObservedPublisher]:
        """Borrow a publisher of the channel. Raises VaultError where the credentials cannot be read."""
        key = (access.channel_id, access.version, access.rehearsing)
        publisher = self._take(key) or self._open(access)
        try:
            yield publisher
        except BaseException:
            publisher.close()
            raise
        self._give_back(key, publisher)

    def close(self) -> None:
        """Close all idle publishers, and the stage."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for publishers in idle.values():
            for publisher in publishers:
                publisher.close()
        self._stage.close()

    def _open(self, access: ChannelAccess) -> ObservedPublisher:
        network, credentials = registry.network(access.network), self.credentials(access)
        if not access.rehearsing:
            return self.connect(network, credentials)
        return self._opened(network, credentials, self._stage.connection(network.key))

    def _opened(self, network: Network, credentials: Credentials, connection: Connection) -> ObservedPublisher:
        with _foreseen("could not open the connection"):
            publisher = network.connect(credentials, connection)
        return ObservedPublisher(publisher, network.key, self._counts)

    def _take(self, key: Key) -> ObservedPublisher | None:
        with self._lock:
            idle = self._idle.get(key)
            return idle.pop() if idle else None

    def _give_back(self, key: Key, publisher: ObservedPublisher) -> None:
        with self._lock:
            for old in [k for k in self._idle if k[0] == key[0] and k != key]:
                for stale in self._idle.pop(old):
                    stale.close()
            idle = self._idle.setdefault(key, [])
            if len(idle) < IDLE_PER_CHANNEL:
                idle.append(publisher)
                return
        publisher.close()


@contextmanager
def _foreseen(failed: str) -> Iterator[None]:
    """No error leaves an adapter that is none of a network's."""
    try:
        yield
    except NetworkError:
        raise
    except Exception as error:
        _log.exception("The adapter %s", failed)
        raise AdapterFailed(error) from error
