"""Channels whose access ends, ended, cannot be read, or lacks permissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain.expiry import DAY
from planner.domain.states import ChannelHealth
from planner.models import Channel
from planner.security.vault import VaultError
from planner.services import verifying
from planner.services.channels import health, vital as vital_of
from planner.services.checkup.finding import Finding, Scene, notice, ok, problem
from planner.services.connections import ChannelAccess
from publishers import registry
from publishers.connecting import Purpose


def access(scene: Scene, session: Session) -> Iterator[Finding]:
    """Each channel that needs somebody."""
    query = select(Channel).where(Channel.archived_at.is_(None), scene.within(Channel.workspace_id))
    found = list(session.scalars(query.order_by(Channel.id)))
    ailing = [finding for channel in found if (finding := _ailment(scene, channel))]
    lacking = [] if scene.online else [one for channel in found for one in _lacking(channel)]
    yield from (*ailing, *lacking)
    if not ailing and not lacking:
        yield ok("channels", "channels_fine", count=len(found)) if found else ok("channels", "channels_none")


def asked(scene: Scene) -> Iterator[Finding]:
    """Each connected channel by its network's word of now, where one may ask; nothing is kept of it."""
    if not scene.online:
        return
    query = select(Channel).where(
        Channel.archived_at.is_(None), Channel.credentials.is_not(None), Channel.by_hand_since.is_(None),
        Channel.reconnect_since.is_(None), scene.within(Channel.workspace_id),
    )  # fmt: skip
    with scene.platform.database.read() as session:
        found = list(session.scalars(query.order_by(Channel.id)))
    for channel in found:
        if health(channel, scene.now) is not ChannelHealth.RECONNECT and not _renews_first(channel, scene):
            checked = verifying.look(scene.platform, ChannelAccess.of(channel), channel.remote_account_id)
            yield from _told(channel, checked)


def _renews_first(channel: Channel, scene: Scene) -> bool:
    """A token that is renewed by the scheduler alone, and has ended meanwhile, would be refused for nothing."""
    return channel.renews and channel.token_expires_at is not None and channel.token_expires_at <= scene.now


def _told(channel: Channel, checked: verifying.Checked) -> Iterator[Finding]:
    which = _which(channel)
    if checked.outcome is verifying.Outcome.FINE:
        yield ok("channels", "connection_works", **which, account=checked.account or "?")
    elif checked.missing:
        yield from _missing(channel, checked.missing)
    elif checked.outcome is verifying.Outcome.OTHER_ACCOUNT:
        yield problem("channels", "connection_other_account", **which, account=checked.account)
    elif checked.outcome is verifying.Outcome.UNREACHABLE:
        yield notice("channels", "connection_unasked", **which, said=checked.said)
    elif checked.outcome in (verifying.Outcome.DENIED, verifying.Outcome.REFUSED):
        yield notice("channels", "connection_unseen", **which, said=checked.said)
    else:
        yield problem("channels", "connection_broken", **which, said=checked.said)


def _lacking(channel: Channel) -> Iterator[Finding]:
    """What the access lacks by the network's last word. One that asks to be reconnected says so already."""
    if channel.missing and channel.reconnect_since is None and channel.by_hand_since is None:
        yield from _missing(channel, channel.missing)


def _missing(channel: Channel, names: Iterable[str]) -> Iterator[Finding]:
    known = registry.networks().get(channel.network)
    for name in names:
        purposes = known.consent.permission(name).purposes if known and known.consent else (Purpose.PUBLISH,)
        which = _which(channel) | {"permission": name, "prevents": " ".join(purposes)}
        vital = known is not None and bool(vital_of(known, [name]))
        yield problem("channels", "channel_unfit", **which) if vital else notice("channels", "channel_lacks", **which)


def _which(channel: Channel) -> dict[str, str]:
    known = registry.networks().get(channel.network)
    return {"name": channel.name, "network": known.title if known else channel.network}


def _ailment(scene: Scene, channel: Channel) -> Finding | None:
    which = _which(channel)
    try:
        scene.platform.connections.credentials(ChannelAccess.of(channel))
    except VaultError:
        return problem("channels", "channel_unreadable", **which)
    state = health(channel, scene.now)
    if state is ChannelHealth.EXPIRING and channel.token_expires_at is not None:
        found = problem if channel.token_expires_at - scene.now <= DAY else notice
        return found("channels", "channel_expiring", **which, until=channel.token_expires_at)
    if state is ChannelHealth.RECONNECT:
        return problem("channels", "channel_reconnect", **which)
    return None
