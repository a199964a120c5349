"""The developer apps by which people connect channels, as far as they can be looked at without a person."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from planner.services.checkup.finding import Finding, Scene, notice, ok, problem
from planner.services.checkup.settings import is_here
from planner.services.connecting.settings import AppSettings, app_settings, redirect_address
from publishers import registry
from publishers.base import NetworkError
from publishers.connecting import AppCheck, AppPoint, AppRefused

SECONDS = 8.0
#: What each point of a developer app is called where it is right, or doubtful.
RIGHT = {
    AppPoint.CREDENTIALS: "app_accepted",
    AppPoint.VERSION: "app_version_right",
    AppPoint.REDIRECT: "app_redirect_right",
    AppPoint.DOMAINS: "app_domains_right",
    AppPoint.PRIVACY: "app_privacy_right",
}
DOUBTFUL = {AppPoint.DOMAINS: "app_domains_other", AppPoint.PRIVACY: "app_privacy_other"}
#: Options that somebody sets who means to connect by consent.
MEANT = ("client_id", "client_secret", "scopes", "config_id")


def set_up(scene: Scene) -> Iterator[Finding]:
    """Each app of which something is set."""
    settings = scene.platform.settings
    for key, network in registry.networks().items():
        if network.consent is not None and any(settings.network(key).app.get(option) for option in MEANT):
            yield from app(scene, key, settings.public_url)


def app(scene: Scene, network_key: str, public_url: str | None, opened_at: str | None = None) -> Iterator[Finding]:
    """One app. ``public_url`` is where people reach Sendeplan (None: not known), ``opened_at`` where who looks is
    just now; ``scene.online`` allows to ask the network. Raises NotFound for a network without consent."""
    found = app_settings(scene.platform.settings, network_key)
    title = found.network.title
    for name in found.lacking:
        yield problem("apps", "app_setting_missing", network=title, setting=name)
    yield from _redirect(scene, found, public_url, opened_at)
    if not found.lacking and scene.online:
        yield from _asked(scene, found, redirect_address(public_url or "http://localhost", network_key))


def _redirect(scene: Scene, found: AppSettings, public_url: str | None, opened_at: str | None) -> Iterator[Finding]:
    title = found.network.title
    if public_url is None:
        yield notice("apps", "app_address_unknown", network=title)
        return
    address = redirect_address(public_url, found.network.key)
    parts = urlsplit(address)
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        yield problem("apps", "app_address_odd", network=title, address=address)
    elif parts.scheme == "http" and not is_here(parts.hostname):
        yield problem("apps", "app_address_plain", network=title, address=address)
    elif scene.platform.settings.public_url is None and parts.scheme == "https":
        yield notice("apps", "app_address_guessed", network=title, address=address)
    elif opened_at is not None:
        yield ok("apps", "app_address", network=title, address=address)
    there, here = parts.netloc.lower(), urlsplit(opened_at or "").netloc.lower()
    if here and here != there:
        yield problem("apps", "app_address_elsewhere", network=title, here=here, there=there)


def _asked(scene: Scene, found: AppSettings, redirect_uri: str) -> Iterator[Finding]:
    title = found.network.title
    connection = scene.platform.connections.connection(found.network.key, timeout=SECONDS)
    try:
        checked = found.consent.flow().check(connection, redirect_uri)
    except AppRefused as error:
        said = error.network_message or str(error)
        code = "app_version_other" if error.code == "version" else "app_refused"
        yield problem("apps", code, network=title, said=said)
    except NetworkError as error:
        yield notice("apps", "app_silent", network=title, reason=str(error))
    else:
        yield from _said(title, checked)


def _said(title: str, checked: AppCheck) -> Iterator[Finding]:
    for point in checked.right:
        code = RIGHT[point]
        yield ok("apps", code, network=title)
    for point, there in checked.doubtful:
        code = DOUBTFUL[point]
        yield notice("apps", code, network=title, there=there)
    if checked.unseen:
        yield notice("apps", "app_unseen", network=title, points=" ".join(checked.unseen))
