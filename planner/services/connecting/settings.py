"""The operator's developer app at a network, as far as the settings say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from planner.config import Settings, name_of_app_option
from planner.services.errors import NotFound
from publishers import registry
from publishers.base import Network
from publishers.connecting import Consent

#: How long the network's pages may take a person, and how long what came of it is kept.
LIFETIME = timedelta(minutes=15)

PATH = "/channels/connect/{network}/back"


@dataclass(frozen=True, slots=True)
class AppSettings:
    """What connecting by consent needs, and what is there. ``lacking`` are names of settings without which it does not
    work; ``scopes`` are the permissions that are asked for."""

    network: Network
    consent: Consent
    lacking: tuple[str, ...]
    scopes: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether a person can connect by consent."""
        return not self.lacking


def app_settings(settings: Settings, network_key: str) -> AppSettings:
    """Raises NotFound for a network that is not there, or that knows no consent."""
    network = registry.networks().get(network_key)
    if network is None or network.consent is None:
        raise NotFound("not_found")
    app = settings.network(network_key).app
    lacking = tuple(name_of_app_option(network_key, option) for option in network.consent.lacking(app))
    return AppSettings(network, network.consent, lacking, network.consent.wanted(app))


def digest(secret: str) -> str:
    """What is stored of a secret that comes back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def redirect_address(public_url: str, network_key: str) -> str:
    """Where a network sends browsers back to: what the operator enters at the developer app, to the letter."""
    return public_url.rstrip("/") + PATH.format(network=network_key)
