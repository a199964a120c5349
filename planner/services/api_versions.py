"""Which versions of the networks' APIs this installation asks for, and which of them come to an end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.config import Settings, name_of_app_option
from planner.models import Channel
from planner.services.publishing.advising import versions_refused
from publishers import registry
from publishers.versions import ApiVersion

#: How long before its end a version is warned of.
AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class InUse:
    """A network that has channels here, the version it is asked for, and the setting that names another. ``refused``
    says that the network no longer serves it, whatever the calendar says."""

    network: str
    title: str
    version: ApiVersion
    setting: str
    refused: bool = False

    def ends_within(self, ahead: timedelta, now: datetime) -> date | None:
        """Its last day, where that comes within ``ahead``."""
        last = self.version.ends
        return last if last is not None and last - now.date() <= ahead else None


def in_use(session: Session, settings: Settings) -> Iterator[InUse]:
    """One for each network with a connected channel whose API has versions."""
    connected = select(Channel.network).where(Channel.archived_at.is_(None), Channel.credentials.is_not(None))
    networks, refused = registry.networks(), frozenset(versions_refused(session))
    for key in session.scalars(connected.distinct().order_by(Channel.network)):
        network = networks.get(key)
        if network is not None and network.version is not None:
            version = network.version(settings.network(key).app)
            setting = name_of_app_option(key, "api_version")
            yield InUse(key, network.title, version, setting, (key, version.name) in refused)
