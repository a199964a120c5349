"""The trip to the network and back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from planner.domain.roles import Permission
from planner.models import BegunConnection, Channel
from planner.security.vault import VaultError
from planner.services import channels
from planner.services.actor import Actor
from planner.services.connecting import trying
from planner.services.connecting.settings import LIFETIME, AppSettings, app_settings, digest
from planner.services.errors import Conflict, NotFound
from planner.services.publishing.access import hold_all_waiting
from publishers.base import NetworkError, Refused
from publishers.connecting import CHOOSING, AppRefused, Begun, CodeRefused, Denied, Grant, Offer, Return

if TYPE_CHECKING:
    from planner.bootstrap import Platform


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of a trip: a channel that is ``reconnected``, lacking the permissions ``missing``, and with it others
    of the same sign-in (``also``); or a choice to make, or what a ``trial`` showed, by the number of the row that holds
    it."""

    begun_id: int
    reconnected: Channel | None = None
    missing: tuple[str, ...] = ()
    also: tuple[Channel, ...] = ()
    trial: bool = False


def begin(
    platform: Platform,
    actor: Actor,
    network_key: str,
    *,
    session_secret: str,
    redirect_uri: str,
    channel_id: int | None = None,
    trial: bool = False,
) -> str:
    """The address to send the person's browser to. ``channel_id`` is the channel to reconnect; a ``trial`` only tries
    the developer app out.

    Raises Forbidden, NotFound, Conflict: ``consent_app_missing``, ``consent_app_refused``, ``consent_unreachable``,
    ``consent_unreadable``.
    """
    actor.require(Permission.MANAGE)
    app = app_settings(platform.settings, network_key)
    if app.lacking:
        raise Conflict("consent_app_missing", network=app.network.title, settings=", ".join(app.lacking))
    if channel_id is not None:
        with platform.database.read() as session:
            if channels.get(session, actor.workspace_id, channel_id).network != network_key:
                raise NotFound("not_found")
    state = secrets.token_urlsafe(32)
    try:
        begun = app.consent.flow().begin(platform.connections.connection(network_key), redirect_uri, state)
    except NetworkError as error:
        raise conflict_of(error, app) from error
    with platform.database.write() as session:
        row = _row(platform, actor, begun, state, session_secret, redirect_uri)
        row.network, row.channel_id, row.trial = network_key, channel_id, trial
        session.execute(delete(BegunConnection).where(BegunConnection.expires_at < platform.clock.now()))
        session.add(row)
    return begun.address


def come_back(
    platform: Platform, actor: Actor, network_key: str, *, session_secret: str, brought: Mapping[str, str]
) -> Arrival:
    """Take what the browser brought, once; no session is open while the network is asked.

    Who comes back a second time is led to the choice that the first time made, if it still stands. Raises Forbidden,
    NotFound, Conflict: ``consent_unknown`` (forged, or not known any more), ``consent_foreign`` (another person,
    session or workspace), ``consent_expired``, ``consent_used``, ``consent_denied``, ``consent_code_refused``,
    ``consent_app_refused``, ``consent_unreachable`` (nothing is lost: the same address may be opened again),
    ``consent_unreadable``, ``consent_empty``, ``consent_empty_portfolios``.
    """
    actor.require(Permission.MANAGE)
    app = app_settings(platform.settings, network_key)
    state = brought.get("state", "")
    with platform.database.write() as session:
        row = _claim(session, actor, network_key, state, session_secret, platform.clock.now())
        if row.person is not None:
            return Arrival(row.id, trial=row.trial)
        begun_id, sealed, redirect_uri, is_trial = row.id, row.sealed, row.redirect_uri, row.trial
    try:
        back = Return(redirect_uri, state, platform.vault.open(sealed), brought)
        if is_trial:
            trying.finish(platform, app, begun_id, back)
            return Arrival(begun_id, trial=True)
        grant = app.consent.flow().finish(platform.connections.connection(network_key), back)
    except VaultError:
        raise Conflict("consent_unknown") from None
    except NetworkError as error:
        _after_failure(platform, begun_id, error)
        raise conflict_of(error, app) from error
    return _settle(platform, actor, app, begun_id, grant)


def conflict_of(error: NetworkError, app: AppSettings) -> Conflict:
    """What a failure at the network means to a person."""
    title, said = app.network.title, error.network_message or str(error)
    if isinstance(error, Denied):
        return Conflict("consent_denied", network=title)
    if isinstance(error, CodeRefused):
        return Conflict("consent_code_refused", network=title, said=said)
    if isinstance(error, AppRefused):
        return Conflict("consent_app_refused", network=title, said=said)
    if isinstance(error, Refused):
        return Conflict("consent_unreachable", network=title)
    return Conflict("consent_unreadable", network=title, said=said)


def _row(
    platform: Platform, actor: Actor, begun: Begun, state: str, session_secret: str, redirect_uri: str
) -> BegunConnection:
    now = platform.clock.now()
    return BegunConnection(
        workspace_id=actor.workspace_id,
        user_id=actor.user_id,
        state_digest=digest(state),
        session_digest=digest(session_secret),
        redirect_uri=redirect_uri,
        sealed=platform.vault.seal(begun.kept),
        created_at=now,
        expires_at=now + LIFETIME,
    )


def _claim(
    session: Session, actor: Actor, network_key: str, state: str, session_secret: str, now: datetime
) -> BegunConnection:
    """The row of this state, taken for this return alone; or, where an earlier return left a choice, with that."""
    row = session.scalar(select(BegunConnection).where(BegunConnection.state_digest == digest(state)))
    if row is None or row.network != network_key:
        raise Conflict("consent_unknown")
    mine = (actor.user_id, actor.workspace_id, digest(session_secret))
    if (row.user_id, row.workspace_id, row.session_digest) != mine:
        raise Conflict("consent_foreign")
    if row.expires_at <= now:
        raise Conflict("consent_expired")
    # Two returns at once, of a double click: one of them exchanges the code, the other is told so.
    taken = session.execute(
        update(BegunConnection)
        .where(BegunConnection.id == row.id, BegunConnection.returned_at.is_(None))
        .values(returned_at=now)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1 and row.person is None:  # type: ignore[attr-defined]
        raise Conflict("consent_used")
    return row


def _after_failure(platform: Platform, begun_id: int, error: NetworkError) -> None:
    """Where the network surely took nothing, the same return may be tried again; else the row is done with."""
    if not isinstance(error, Refused):
        _drop(platform, begun_id)
        return
    with platform.database.write() as session:
        session.execute(update(BegunConnection).where(BegunConnection.id == begun_id).values(returned_at=None))


def _drop(platform: Platform, begun_id: int) -> None:
    with platform.database.write() as session:
        session.execute(delete(BegunConnection).where(BegunConnection.id == begun_id))


def _settle(platform: Platform, actor: Actor, app: AppSettings, begun_id: int, grant: Grant) -> Arrival:
    now = platform.clock.now()
    if not grant.offers:
        _drop(platform, begun_id)
        raise _nothing_shared(app, grant)
    with platform.database.write() as session:
        row = session.get(BegunConnection, begun_id)
        if row is None:
            raise Conflict("consent_unknown")
        channel = session.get(Channel, row.channel_id) if row.channel_id else None
        offer = _offer_for(channel, app, grant.offers)
        if channel is not None and offer is not None:
            others = _of_the_same_sign_in(session, platform, app, channel, grant.offers)
            hold_all_waiting(session, [channel.id, *(other.id for other, _ in others)])
            reconnected = _reconnect(session, platform, actor, channel, offer, now)
            also = tuple(_reconnect(session, platform, actor, other, its, now) for other, its in others)
            session.delete(row)
            return Arrival(begun_id, reconnected, offer.account.missing, also)
        row.person = (grant.person or app.network.title)[:200]
        row.sealed = platform.vault.seal(
            {
                "offers": json.dumps([asdict(offer) for offer in grant.offers]),
                "unlisted": json.dumps(list(grant.unlisted)),
                "unseen": json.dumps(unseen(app, grant)),
            }
        )
        row.expires_at = now + LIFETIME
    return Arrival(begun_id)


def unseen(app: AppSettings, grant: Grant) -> list[str]:
    """The permissions without which accounts may be there that nobody saw."""
    withheld = app.consent.withheld(grant.granted, {"scopes": " ".join(app.scopes)})
    return [permission.name for permission in withheld if CHOOSING in permission.kinds]


def _nothing_shared(app: AppSettings, grant: Grant) -> Conflict:
    told = {"network": app.network.title, "person": grant.person}
    for name in unseen(app, grant):
        if not app.consent.permission(name).vital:
            return Conflict("consent_empty_portfolios", permission=name, **told)
    return Conflict("consent_empty", **told)


def _offer_for(channel: Channel | None, app: AppSettings, offers: tuple[Offer, ...]) -> Offer | None:
    """The offer that surely is the channel's own account, and may publish. A channel that a person served until now has
    no account yet: then it is the one that was offered."""
    if channel is None or channel.archived_at is not None:
        return None
    same = [o for o in offers if channel.remote_account_id in (o.account.remote_id, None)]
    if len(same) != 1 or any(app.consent.permission(name).vital for name in same[0].account.missing):
        return None
    return same[0]


def _of_the_same_sign_in(
    session: Session, platform: Platform, app: AppSettings, channel: Channel, offers: tuple[Offer, ...]
) -> list[tuple[Channel, Offer]]:
    """The workspace's other channels that live on the token of ``channel``, as LinkedIn's organisations and profile of
    one sign-in do, each with its offer: their access ends with it. One served by a person now stays as it is."""
    tokens = _tokens(platform, channel)
    query = select(Channel).where(
        Channel.workspace_id == channel.workspace_id,
        Channel.network == channel.network,
        Channel.id != channel.id,
        Channel.by_hand_since.is_(None),
        Channel.remote_account_id.is_not(None),
    )
    others = [other for other in session.scalars(query.order_by(Channel.id)) if _tokens(platform, other) & tokens]
    found = [(other, _offer_for(other, app, offers)) for other in others]
    return [(other, offer) for other, offer in found if offer is not None]


def _tokens(platform: Platform, channel: Channel) -> set[str]:
    """What a channel's access hangs on. A refresh token stays the same when each channel has renewed for itself."""
    try:
        kept = platform.vault.open(channel.credentials) if channel.credentials else {}
    except VaultError:
        return set()
    return {kept[name] for name in ("access_token", "refresh_token") if kept.get(name)}


def _reconnect(
    session: Session, platform: Platform, actor: Actor, channel: Channel, offer: Offer, now: datetime
) -> Channel:
    return channels.reconnect(
        session,
        actor,
        platform.vault,
        channel.id,
        offer.credentials,
        now=now,
        account=offer.account,
        renews=platform.connections.can_renew(channel.network, offer.credentials),
    )
