"""Settings that nobody reads, that contradict each other, or that fit only a trial."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from planner.config import unknown_names
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem
from publishers import registry

#: Networks show a new post in their listings within this time, as a rule.
SHORTEST_SETTLE = 120.0
SHORTEST_SECRET = 16


def names(scene: Scene) -> Iterator[Finding]:
    """A name that is spelled wrong sets nothing, silently."""
    instance = scene.platform.settings.instance
    unknown = unknown_names(instance, scene.environ, list(registry.networks()))
    for name in unknown:
        if name.nearest:
            yield problem("settings", "setting_misspelled", name=name.name, nearest=name.nearest)
        else:
            yield problem("settings", "setting_unknown", name=name.name)
    if not unknown:
        yield ok("settings", "settings_known")


def durations(scene: Scene) -> Iterator[Finding]:
    """A lease outlasts a call; what is unconfirmed gets time to show."""
    settings = scene.platform.settings
    if settings.lease_seconds < settings.send_timeout_seconds:
        lease, timeout = settings.lease_seconds, settings.send_timeout_seconds
        yield problem("settings", "lease_short", lease=lease, timeout=timeout)
    if settings.reconcile_settle_seconds < SHORTEST_SETTLE:
        yield problem("settings", "settle_short", settle=settings.reconcile_settle_seconds, least=SHORTEST_SETTLE)


def front_door(scene: Scene) -> Iterator[Finding]:
    """Where people reach it, and whether their cookies travel safely."""
    settings = scene.platform.settings
    url = settings.public_url or ""
    parts = urlsplit(url)
    if not url:
        if settings.secure_cookies:  # behind TLS: this is no trial
            yield notice("settings", "url_missing")
    elif parts.scheme not in ("http", "https") or not parts.hostname:
        yield problem("settings", "url_wrong", url=url)
    elif parts.scheme == "http" and not is_here(parts.hostname):
        yield problem("settings", "url_plain", url=url)
    elif parts.scheme == "https" and not settings.secure_cookies:
        yield problem("settings", "cookies_plain", url=url)


def redirected(scene: Scene) -> Iterator[Finding]:
    """A network whose calls go elsewhere publishes nothing there."""
    for key, network in registry.networks().items():
        url = scene.platform.settings.network(key).api_url
        if url:
            host = urlsplit(url).netloc.rpartition("@")[2]
            yield notice("settings", "network_redirected", network=network.title, host=host, setting=_setting(key))


def secrets(scene: Scene) -> Iterator[Finding]:
    """A key that signs sessions must not be guessed."""
    if len(scene.platform.settings.secret_key) < SHORTEST_SECRET:
        yield problem("settings", "secret_short", least=SHORTEST_SECRET)


def _setting(network: str) -> str:
    return f"SENDEPLAN_{network.upper()}_API_URL"


def is_here(host: str) -> bool:
    """Whether a host is this very machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
