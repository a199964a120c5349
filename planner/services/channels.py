"""Channels: connecting an account, its health, its settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain import expiry
from planner.domain.roles import Permission
from planner.domain.states import ChannelHealth, DeliveryState
from planner.models import Channel, Delivery, Member
from planner.security.vault import Vault
from planner.services import events
from planner.services.actor import Actor
from planner.services.connections import Connections
from planner.services.errors import Conflict, FieldError, Invalid, NotFound, Problems
from planner.services.publishing.status import refresh_status
from publishers import registry
from publishers.base import Account, CredentialField, Network, NetworkError, Refused, Uncertain


def networks() -> list[Network]:
    """All networks, in the order of the registry."""
    return list(registry.networks().values())


def ask_network(connections: Connections, network_key: str, credentials: Mapping[str, str]) -> Account:
    """Ask the network whose account this is. No session is open meanwhile: a network may take its time.

    Raises Invalid at ``network`` or ``credentials``: ``credentials_refused`` with the network's own words,
    ``network_unreachable`` where it gave no answer about them, ``permissions_missing`` with the account that was found.
    """
    network = check_credentials(network_key, credentials)
    publisher = connections.connect(network, credentials)
    try:
        account = publisher.verify()
    except (Refused, Uncertain) as error:
        raise Invalid(FieldError("credentials", "network_unreachable", {"network": network.title})) from error
    except NetworkError as error:
        said = error.network_message or str(error)
        raise Invalid(FieldError("credentials", "credentials_refused", {"said": said})) from error
    finally:
        publisher.close()
    if account.missing:
        found = {"account": account.name, "missing": ", ".join(account.missing)}
        raise Invalid(FieldError("credentials", "permissions_missing", found))
    return account


def check_credentials(network_key: str, credentials: Mapping[str, str]) -> Network:
    """The network, if the credentials have its shape. Raises Invalid, naming each field."""
    problems = Problems()
    if network_key not in registry.networks():
        problems.add("network", "network_unknown", network=network_key, known=", ".join(registry.networks()))
        problems.raise_any()
    network = registry.network(network_key)
    known = {f.name: f for f in network.credential_fields}
    for name, value in credentials.items():
        problems.errors += _wrong(known.get(name), name, value)
    if not network.capabilities_of(credentials).assisted_only:
        for field in network.credential_fields:
            if field.required and field.name not in credentials:
                problems.add(f"credentials.{field.name}", "credential_missing", name=field.name)
    problems.raise_any()
    return network


def connect(
    session: Session,
    actor: Actor,
    vault: Vault,
    network_key: str,
    credentials: Mapping[str, str],
    *,
    now: datetime,
    name: str = "",
    account: Account | None = None,
    owner_id: int | None = None,
    renews: bool = False,
) -> Channel:
    """Store a connected account as a channel. ``account`` is the network's answer, where it was asked; ``renews`` says
    that the access renews itself (:meth:`Connections.can_renew`).

    Raises Forbidden, Invalid, and Conflict ``account_connected`` (one account is one channel of a workspace).
    """
    actor.require(Permission.MANAGE)
    network = check_credentials(network_key, credentials)
    account_id = account.remote_id if account else network.account_id(credentials)
    _refuse_second(session, actor, network, account_id)
    channel = Channel(
        workspace_id=actor.workspace_id,
        network=network.key,
        name=_name(name, account, network),
        owner_id=owner_id or actor.user_id,
        created_at=now,
        renews=renews,
    )
    _store_access(channel, vault, network, credentials, account_id=account_id, account=account, now=now)
    session.add(channel)
    session.flush()
    events.record(session, actor, now, "channel", channel.id, "connected", network=network.key)
    return channel


def reconnect(
    session: Session,
    actor: Actor,
    vault: Vault,
    channel_id: int,
    credentials: Mapping[str, str],
    *,
    now: datetime,
    account: Account | None = None,
    renews: bool = False,
) -> Channel:
    """New credentials for the same account: slots, history and queue stay, and what surely was not sent and
    waited for the connection is scheduled again.

    Raises NotFound, Forbidden, Invalid, Conflict ``other_account``.
    """
    actor.require(Permission.MANAGE)
    channel = get(session, actor.workspace_id, channel_id)
    network = check_credentials(channel.network, credentials)
    account_id = account.remote_id if account else network.account_id(credentials)
    if channel.remote_account_id and account_id and account_id != channel.remote_account_id:
        raise Conflict("other_account")
    _store_access(channel, vault, network, credentials, account_id=account_id, account=account, now=now)
    channel.credentials_version += 1
    channel.renews, channel.renewal_failing_since = renews, None
    release_waiting(session, channel, now)
    events.record(session, actor, now, "channel", channel.id, "reconnected")
    return channel


def update(
    session: Session,
    actor: Actor,
    channel_id: int,
    *,
    now: datetime,
    name: str | None = None,
    rhythm_per_week: int | None = None,
    missed_after_seconds: int | None = None,
    owner_id: int | None = None,
) -> Channel:
    """Change a channel's settings; what is None stays, ``rhythm_per_week`` 0 takes the rhythm away.

    Raises NotFound, Forbidden, Invalid.
    """
    actor.require(Permission.MANAGE)
    channel = get(session, actor.workspace_id, channel_id)
    problems = Problems()
    if name is not None and not name.strip():
        problems.add("name", "name_missing")
    if rhythm_per_week is not None and not 0 <= rhythm_per_week <= 100:
        problems.add("rhythm_per_week", "number_between", low=0, high=100)
    if missed_after_seconds is not None and not 60 <= missed_after_seconds <= 7 * 86400:
        problems.add("missed_after_seconds", "number_between", low=60, high=7 * 86400)
    if owner_id is not None and not _is_member(session, actor.workspace_id, owner_id):
        problems.add("owner", "owner_unknown", id=owner_id)
    problems.raise_any()
    channel.name = name.strip()[:200] if name is not None else channel.name
    channel.rhythm_per_week = channel.rhythm_per_week if rhythm_per_week is None else rhythm_per_week or None
    channel.missed_after_seconds = missed_after_seconds or channel.missed_after_seconds
    channel.owner_id = owner_id or channel.owner_id
    events.record(session, actor, now, "channel", channel.id, "changed")
    return channel


def get(session: Session, workspace_id: int, channel_id: int) -> Channel:
    """A channel that is in use. Raises NotFound."""
    query = select(Channel).where(
        Channel.id == channel_id, Channel.workspace_id == workspace_id, Channel.archived_at.is_(None)
    )
    channel = session.scalar(query)
    if channel is None:
        raise NotFound("not_found")
    return channel


def all_of(session: Session, workspace_id: int) -> list[Channel]:
    """The channels in use, by network and name."""
    query = (
        select(Channel)
        .where(Channel.workspace_id == workspace_id, Channel.archived_at.is_(None))
        .order_by(Channel.network, Channel.name, Channel.id)
    )
    return list(session.scalars(query))


def health(channel: Channel, now: datetime) -> ChannelHealth:
    """What the channel's badge says, the worst first."""
    if channel.reconnect_since is not None:
        return ChannelHealth.RECONNECT
    if channel.paused_at is not None:
        return ChannelHealth.PAUSED
    if channel.credentials is None:
        return ChannelHealth.ASSISTED
    failing_since = channel.renewal_failing_since
    if expiry.renews_itself(now, renews=bool(channel.renews), failing_since=failing_since):
        return ChannelHealth.OK
    if channel.token_expires_at is not None and channel.token_expires_at <= now + expiry.WEEK:
        return ChannelHealth.EXPIRING if channel.token_expires_at > now else ChannelHealth.RECONNECT
    return ChannelHealth.OK


def parse_moment(text: str) -> datetime | None:
    """An RFC 3339 moment with a zone, None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _wrong(field: CredentialField | None, name: str, value: str) -> list[FieldError]:
    """What is wrong with the shape of one credential: the first thing found, or nothing."""
    where = f"credentials.{name}"
    if field is None:
        return [FieldError(where, "credential_unknown", {"name": name})]
    if not value.strip():
        return [FieldError(where, "credential_empty", {"name": name})]
    if any(c.isspace() or ord(c) < 33 for c in value):
        return [FieldError(where, "credential_blanks", {"name": name})]
    if field.kind == "datetime" and parse_moment(value) is None:
        return [FieldError(where, "credential_moment", {"name": name})]
    if field.pattern and not re.fullmatch(field.pattern, value):
        return [FieldError(where, "credential_shape", {"name": name, "example": field.example})]
    return []


def _store_access(
    channel: Channel,
    vault: Vault,
    network: Network,
    credentials: Mapping[str, str],
    *,
    account_id: str | None,
    account: Account | None,
    now: datetime,
) -> None:
    channel.credentials = vault.seal(credentials) if credentials else None
    channel.remote_account_id = account_id
    channel.profile_url = (account.url if account else None) or network.profile_url(credentials)
    channel.token_expires_at = parse_moment(credentials.get("expires_at", ""))
    channel.verified_at = now if account else None
    channel.reconnect_since = channel.reconnect_reason = channel.throttled_until = channel.throttle_reason = None


def _refuse_second(session: Session, actor: Actor, network: Network, account_id: str | None) -> None:
    query = select(Channel.name).where(
        Channel.workspace_id == actor.workspace_id,
        Channel.network == network.key,
        Channel.remote_account_id == account_id,
        Channel.archived_at.is_(None),
    )
    name = session.scalar(query) if account_id is not None else None
    if name is not None:
        raise Conflict("account_connected", channel=name)


def _name(name: str, account: Account | None, network: Network) -> str:
    return (name.strip() or (account.name if account else "") or network.title)[:200]


def _is_member(session: Session, workspace_id: int, user_id: int) -> bool:
    query = select(Member.id).where(Member.workspace_id == workspace_id, Member.user_id == user_id)
    return session.scalar(query) is not None


def release_waiting(session: Session, channel: Channel, now: datetime) -> None:
    """The channel has access again: what waited for that, and was surely not sent, is scheduled again."""
    query = select(Delivery).where(
        Delivery.channel_id == channel.id,
        Delivery.state == DeliveryState.NEEDS_PERSON,
        Delivery.error_code == "reconnect",
    )
    waiting = list(session.scalars(query))
    for delivery in waiting:
        delivery.state = DeliveryState.SCHEDULED
        delivery.try_at = now
        delivery.error_code = delivery.error_params = delivery.network_message = None
        delivery.updated_at = now
    refresh_status(session, *[d.post_id for d in waiting])
