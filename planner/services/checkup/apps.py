"""The developer apps by which people connect channels, as far as they can be looked at without a person."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from planner.services.checkup.finding import Finding, Scene, notice, ok, problem
from planner.services.checkup.settings import is_here
from planner.services.connecting.settings import AppSettings, app_settings, redirect_address
from publishers import registry
from publishers.base import NetworkError
from publishers.connecting import AppRefused

SECONDS = 8.0
#: Options that somebody sets who means to connect by consent.
MEANT = ("client_id", "client_secret", "scopes", "config_id")


def set_up(scene: Scene) -> Iterator[Finding]:
    """Each app of which something is set."""
    settings = scene.platform.settings
    for key, network in registry.networks().items():
        if network.consent is not None and any(settings.network(key).app.get(option) for option in MEANT):
            yield from app(scene, key, settings.public_url)


def app(scene: Scene, network_key: str, public_url: str | None) -> Iterator[Finding]:
    """One app. ``public_url`` is where people reach Sendeplan (None: not known); ``scene.online`` allows to ask the
    network. Raises NotFound for a network without consent."""
    found = app_settings(scene.platform.settings, network_key)
    title = found.network.title
    for name in found.lacking:
        yield problem("apps", "app_setting_missing", network=title, setting=name)
    yield from _redirect(scene, found, public_url)
    if not found.lacking and scene.online:
        yield _asked(scene, found, redirect_address(public_url or "http://localhost", network_key))


def _redirect(scene: Scene, found: AppSettings, public_url: str | None) -> Iterator[Finding]:
    title = found.network.title
    if public_url is None:
        yield notice("apps", "app_address_unknown", network=title)
        return
    address = redirect_address(public_url, found.network.key)
    parts = urlsplit(address)
    if parts.scheme == "http" and not is_here(parts.hostname or ""):
        yield problem("apps", "app_address_plain", network=title, address=address)
    elif scene.platform.settings.public_url is None and parts.scheme == "https":
        yield notice("apps", "app_address_guessed", network=title, address=address)


def _asked(scene: Scene, found: AppSettings, redirect_uri: str) -> Finding:
    title = found.network.title
    connection = scene.platform.connections.connection(found.network.key, timeout=SECONDS)
    try:
        found.consent.flow().check(connection, redirect_uri)
    except AppRefused as error:
        said = error.network_message or str(error)
        if error.code == "version":
            return problem("apps", "app_version_other", network=title, said=said)
        return problem("apps", "app_refused", network=title, said=said)
    except NetworkError as error:
        return notice("apps", "app_silent", network=title, reason=str(error))
    return ok("apps", "app_accepted", network=title)
