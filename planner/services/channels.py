"""Channels: connecting an account, its health, its settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.domain import expiry
from planner.domain.roles import Permission
from planner.domain.states import ChannelHealth
from planner.models import Channel, Member
from planner.security.vault import Vault
from planner.services import events
from planner.services.actor import Actor
from planner.services.by_hand import is_by_hand
from planner.services.connections import Connections
from planner.services.errors import Conflict, FieldError, Invalid, NotFound, Problems
from planner.services.publishing.access import hold_waiting, release_waiting
from publishers import registry
from publishers.base import Account, CredentialField, Network, NetworkError, Refused, Uncertain
from publishers.checks import is_web_address

LONGEST_NAME = 200


def networks() -> list[Network]:
    """All networks, in the order of the registry."""
    return list(registry.networks().values())


def ask_network(connections: Connections, network_key: str, credentials: Mapping[str, str]) -> Account:
    """Ask the network whose account this is. No session is open meanwhile: a network may take its time.

    Raises Invalid at ``network`` or ``credentials``: ``credentials_refused`` with the network's own words,
    ``network_unreachable`` where it gave no answer about them, ``credentials_of_another`` with the account that they
    open, ``permissions_missing`` with those without which nothing can be published.
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
    named = network.account_id(credentials)
    if named and account.remote_id != named:
        found = {"account": account.name or account.remote_id, "expected": named}
        raise Invalid(FieldError("credentials", "credentials_of_another", found))
    if lacking := vital(network, account.missing):
        found = {"account": account.name, "missing": ", ".join(lacking)}
        raise Invalid(FieldError("credentials", "permissions_missing", found))
    return account


def vital(network: Network, missing: Iterable[str]) -> tuple[str, ...]:
    """Those of the missing permissions without which nothing can be published: all, where the network does not say."""
    return network.consent.vital(missing) if network.consent else tuple(missing)


def check_profile(network: Network, address: str) -> str | None:
    """Where an account is found, None for nothing said. Raises Invalid at ``profile_url``."""
    address = address.strip()
    if address and not (is_web_address(address) and len(address) <= 2000 and network.is_at_home(address)):
        raise Invalid(FieldError("profile_url", "address_elsewhere", {"network": network.title}))
    return address or None


def check_credentials(network_key: str, credentials: Mapping[str, str], *, by_hand: bool = False) -> Network:
    """The network, if the credentials have its shape; ``by_hand`` needs none. Raises Invalid, naming each field."""
    problems = Problems()
    if network_key not in registry.networks():
        problems.add("network", "network_unknown", network=network_key, known=", ".join(registry.networks()))
        problems.raise_any()
    network = registry.network(network_key)
    known = {f.name: f for f in network.credential_fields}
    for name, value in credentials.items():
        problems.errors += _wrong(known.get(name), name, value)
    if not network.capabilities_of(credentials).assisted_only and not (by_hand and not credentials):
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
    by_hand: bool = False,
    profile_url: str = "",
) -> Channel:
    """Store a connected account as a channel. ``account`` is the network's answer, where it was asked; ``renews`` says
    that the access renews itself (:meth:`Connections.can_renew`). ``by_hand``: people publish here, without
    credentials; ``profile_url`` is where they find the account.

    Raises Forbidden, Invalid, and Conflict ``account_connected`` (one account is one channel of a workspace).
    """
    actor.require(Permission.MANAGE)
    network = check_credentials(network_key, credentials, by_hand=by_hand)
    address = check_profile(network, profile_url)
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
    channel.profile_url = address or channel.profile_url
    channel.by_hand_since = now if by_hand else None
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
    channel = _held(session, actor, channel_id)
    network = check_credentials(channel.network, credentials)
    account_id = account.remote_id if account else network.account_id(credentials)
    if channel.remote_account_id and account_id and account_id != channel.remote_account_id:
        raise Conflict("other_account")
    _store_access(channel, vault, network, credentials, account_id=account_id, account=account, now=now)
    channel.credentials_version += 1
    channel.renews, channel.renewal_failing_since, channel.renewal_refused_at = renews, None, None
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
    profile_url: str | None = None,
) -> Channel:
    """Change a channel's settings; what is None stays, ``rhythm_per_week`` 0 takes the rhythm away.

    Raises NotFound, Forbidden, Invalid.
    """
    actor.require(Permission.MANAGE)
    channel = get(session, actor.workspace_id, channel_id)
    problems = Problems()
    if name is not None and not name.strip():
        problems.add("name", "name_missing")
    elif name is not None and len(name.strip()) > LONGEST_NAME:
        problems.add("name", "too_long", limit=LONGEST_NAME)
    if rhythm_per_week is not None and not 0 <= rhythm_per_week <= 100:
        problems.add("rhythm_per_week", "number_between", low=0, high=100)
    if missed_after_seconds is not None and not 60 <= missed_after_seconds <= 7 * 86400:
        problems.add("missed_after_seconds", "number_between", low=60, high=7 * 86400)
    if owner_id is not None and not _is_member(session, actor.workspace_id, owner_id):
        problems.add("owner", "owner_unknown", id=owner_id)
    given = (profile_url or "").strip()
    if profile_url is not None and given != (channel.profile_url or "") and channel.network in registry.networks():
        try:
            channel.profile_url = check_profile(registry.network(channel.network), profile_url)
        except Invalid as error:
            problems.errors += error.errors
    problems.raise_any()
    channel.name = name.strip() if name is not None else channel.name
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


def _held(session: Session, actor: Actor, channel_id: int) -> Channel:
    """As :func:`get`, with all that changing its access concerns held, and asked again then."""
    get(session, actor.workspace_id, channel_id)
    channel = hold_waiting(session, channel_id)
    if channel.archived_at is not None:
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
    if channel.reconnect_since is not None and channel.by_hand_since is None:
        return ChannelHealth.RECONNECT
    if channel.paused_at is not None:
        return ChannelHealth.PAUSED
    if channel.credentials is None or channel.by_hand_since is not None:
        return ChannelHealth.ASSISTED
    refused, failing_since = channel.renewal_refused_at is not None, channel.renewal_failing_since
    if expiry.renews_itself(now, renews=bool(channel.renews), failing_since=failing_since, refused=refused):
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
    found = (account.url if account else None) or network.profile_url(credentials)
    channel.profile_url = found or channel.profile_url
    channel.token_expires_at = parse_moment(credentials.get("expires_at", ""))
    channel.verified_at = now if account else None
    if credentials:  # the network takes posts from programs again
        channel.by_hand_since = None
    channel.reconnect_since = channel.reconnect_reason = channel.reconnect_advice = None
    channel.refreshing_until = channel.throttled_until = channel.throttle_reason = None
    channel.missing = list(account.missing) if account and account.permissions_known else None


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
    return (name.strip() or (account.name if account else "") or network.title)[:LONGEST_NAME]


def _is_member(session: Session, workspace_id: int, user_id: int) -> bool:
    query = select(Member.id).where(Member.workspace_id == workspace_id, Member.user_id == user_id)
    return session.scalar(query) is not None


def switch_to_hand(session: Session, actor: Actor, channel_id: int, *, now: datetime) -> Channel:
    """From now on people publish here, whatever becomes of the connection; what waited for it is handed to them.

    Raises NotFound, Forbidden.
    """
    actor.require(Permission.MANAGE)
    channel = _held(session, actor, channel_id)
    if not is_by_hand(channel):
        channel.by_hand_since = now
        release_waiting(session, channel, now)
        events.record(session, actor, now, "channel", channel.id, "by_hand")
    return channel


def switch_back(session: Session, actor: Actor, channel_id: int, *, now: datetime) -> Channel:
    """Posts go out by themselves again. What was handed to people stays with them: it may be live by now.

    Raises NotFound, Forbidden, and Conflict ``no_connection`` where nothing is connected.
    """
    actor.require(Permission.MANAGE)
    channel = get(session, actor.workspace_id, channel_id)
    if channel.credentials is None:
        raise Conflict("no_connection")
    if channel.by_hand_since is not None:
        channel.by_hand_since = None
        events.record(session, actor, now, "channel", channel.id, "by_connection")
    return channel


def takes_credentials(channel: Channel) -> bool:
    """Whether the channel's network can be connected at all."""
    known = registry.networks().get(channel.network)
    return known is not None and bool(known.credential_fields)
