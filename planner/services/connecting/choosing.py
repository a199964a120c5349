"""Choosing among the accounts that a network offers."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from planner.domain.roles import Permission as May
from planner.models import BegunConnection, Channel
from planner.security.vault import Vault, VaultError
from planner.services import channels
from planner.services.actor import Actor
from planner.services.connecting.settings import AppSettings, app_settings, digest
from planner.services.errors import Conflict, FieldError, Invalid
from planner.services.publishing.access import hold_all_waiting
from publishers.base import Account
from publishers.connecting import Offer, Permission

if TYPE_CHECKING:
    from planner.bootstrap import Platform


@dataclass(frozen=True, slots=True)
class Option:
    """One account to choose. ``missing`` are the permissions that it lacks; without a vital one it cannot be connected.
    ``channel`` is what it is connected as already: choosing it renews that channel's access."""

    offer: Offer
    missing: tuple[Permission, ...]
    channel: Channel | None

    @property
    def usable(self) -> bool:
        """Whether it can publish."""
        return not any(permission.vital for permission in self.missing)

    @property
    def label(self) -> str:
        """Name and id together, where one has to be told from another."""
        return f"{self.offer.account.name} ({self.id})"

    @property
    def id(self) -> str:
        """The network's own id of the account."""
        return self.offer.account.remote_id


@dataclass(frozen=True, slots=True)
class Choice:
    """What is offered, and to whom: ``person`` is who signed in at the network. ``expected`` is the channel that was to
    be reconnected; its account did not come, or may not publish. Further accounts may be there: in what is
    ``unlisted`` (its names), or for want of the permissions ``unseen``."""

    begun_id: int
    app: AppSettings
    person: str
    expected: Channel | None
    options: tuple[Option, ...]
    unlisted: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What became of a choice."""

    connected: tuple[Channel, ...]
    renewed: tuple[Channel, ...]


def choice(session: Session, platform: Platform, actor: Actor, begun_id: int, session_secret: str) -> Choice:
    """What a person may choose from. Raises Forbidden, Conflict ``consent_choice_gone``."""
    actor.require(May.MANAGE)
    row = session.get(BegunConnection, begun_id)
    mine = (actor.user_id, actor.workspace_id, digest(session_secret))
    if row is None or (row.user_id, row.workspace_id, row.session_digest) != mine or row.person is None:
        raise Conflict("consent_choice_gone")
    if row.expires_at <= platform.clock.now():
        raise Conflict("consent_choice_gone")
    app = app_settings(platform.settings, row.network)
    kept = _opened(platform.vault, row.sealed)
    offers = _offers(kept)
    connected = _connected(session, actor, row.network, [o.account.remote_id for o in offers])
    options = (
        Option(o, tuple(app.consent.permission(name) for name in o.account.missing), connected.get(o.account.remote_id))
        for o in offers
    )
    expected = session.get(Channel, row.channel_id) if row.channel_id else None
    unlisted, unseen = (tuple(json.loads(kept.get(name, "[]"))) for name in ("unlisted", "unseen"))
    return Choice(begun_id, app, row.person, expected, tuple(options), unlisted, unseen)


def choose(
    session: Session, platform: Platform, actor: Actor, begun_id: int, session_secret: str, ids: Collection[str]
) -> Chosen:
    """Make a channel of each chosen account; where it is one already, renew that one's access. All of them or none.

    Raises Forbidden; Conflict ``consent_choice_gone``; Invalid at ``accounts``: ``accounts_none`` or
    ``account_unusable``.
    """
    offered = choice(session, platform, actor, begun_id, session_secret)
    wanted = [option for option in offered.options if option.id in ids]
    if not wanted:
        raise Invalid(FieldError("accounts", "accounts_none"))
    for option in wanted:
        if not option.usable:
            raise Invalid(FieldError("accounts", "account_unusable", {"account": option.offer.account.name}))
    # A second click comes too late: whoever deletes the row connects.
    gone = session.execute(delete(BegunConnection).where(BegunConnection.id == begun_id))
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("consent_choice_gone")
    hold_all_waiting(session, [option.channel.id for option in wanted if option.channel is not None])
    done = [(option, _connect(session, platform, actor, offered.app, option)) for option in wanted]
    return Chosen(
        tuple(channel for option, channel in done if option.channel is None),
        tuple(channel for option, channel in done if option.channel is not None),
    )


def _connect(session: Session, platform: Platform, actor: Actor, app: AppSettings, option: Option) -> Channel:
    key, offer, now = app.network.key, option.offer, platform.clock.now()
    renews = platform.connections.can_renew(key, offer.credentials)
    if option.channel is not None:
        return channels.reconnect(
            session, actor, platform.vault, option.channel.id, offer.credentials, now=now, account=offer.account,
            renews=renews,
        )  # fmt: skip
    return channels.connect(
        session, actor, platform.vault, key, offer.credentials, now=now, account=offer.account, renews=renews
    )


def _opened(vault: Vault, sealed: str) -> dict[str, str]:
    try:
        return vault.open(sealed)
    except VaultError:
        raise Conflict("consent_choice_gone") from None


def _offers(kept: dict[str, str]) -> tuple[Offer, ...]:
    try:
        entries = json.loads(kept["offers"])
    except (KeyError, ValueError):
        raise Conflict("consent_choice_gone") from None
    return tuple(Offer(_account(e["account"]), e["credentials"], e["kind"]) for e in entries)


def _account(entry: dict[str, object]) -> Account:
    missing = entry["missing"]
    names = tuple(str(name) for name in missing) if isinstance(missing, list) else ()
    url = entry["url"]
    known = entry.get("permissions_known", True) is True
    return Account(str(entry["remote_id"]), str(entry["name"]), str(url) if url else None, names, known)


def _connected(session: Session, actor: Actor, network: str, ids: Sequence[str]) -> dict[str, Channel]:
    query = select(Channel).where(
        Channel.workspace_id == actor.workspace_id,
        Channel.network == network,
        Channel.remote_account_id.in_(ids),
        Channel.archived_at.is_(None),
    )
    return {str(channel.remote_account_id): channel for channel in session.scalars(query)}
