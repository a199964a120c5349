"""What a person can do about a network's answer: a code and what it needs to be said in any language, as deliveries
(``error_params``) and channels (``pause_advice``, ``reconnect_advice``) keep it; the sentences are the screens'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.config import Settings, name_of_app_option
from planner.models import Channel
from planner.services.publishing.classify import Verdict
from publishers import registry

#: The codes that name a setting of the operator's, and the app option that it sets.
VERSION, APP_SECRET = "version", "app_secret"
_OPTIONS = {VERSION: "api_version", APP_SECRET: "client_secret"}


def completed(settings: Settings, network_key: str, verdict: Verdict) -> Verdict:
    """The verdict with what its advice needs of this installation: the setting's name and, where the version of an API
    has ended, which one is in use, the newest that is known, and where all are listed."""
    return replace(verdict, advice=with_settings(settings, network_key, verdict.advice))


def with_settings(settings: Settings, network_key: str, advice: Mapping[str, Any]) -> Mapping[str, Any]:
    """As :func:`completed`, of the advice alone."""
    option, network = _OPTIONS.get(str(advice.get("advice"))), registry.networks().get(network_key)
    if option is None or network is None:
        return advice
    told = {**advice, "network": network.title, "setting": name_of_app_option(network_key, option)}
    if option == "api_version" and network.version is not None:
        version = network.version(settings.network(network_key).app)
        told |= {"version": version.name, "newer": version.newer, "listed_at": version.listed_at}
    return told


def versions_refused(session: Session) -> Iterator[tuple[str, str]]:
    """Network and version wherever a network refused the version, which holds a channel since then."""
    query = select(Channel.network, Channel.pause_advice).where(
        Channel.archived_at.is_(None), Channel.paused_at.is_not(None), Channel.pause_advice.is_not(None)
    )
    for network, advice in session.execute(query):
        if advice and advice.get("advice") == VERSION:
            yield network, str(advice.get("version", ""))
