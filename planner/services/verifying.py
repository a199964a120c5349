"""Whether a channel's connection still is what it was: its account, its access, its permissions, by the network's word.

A person asks at once; the clock asks once a day (:func:`check_due`), so that a permission that was taken away is told
before a post fails. Only a clear answer holds the channel: that its access ended, that a permission to publish is gone,
that the account is another. What a network does not say, or cannot be asked, changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from planner import logs
from planner.domain.roles import Permission
from planner.models import Channel
from planner.security.vault import VaultError
from planner.services import channels, events, limits
from planner.services.actor import Actor
from planner.services.connections import ChannelAccess
from planner.services.errors import Conflict
from planner.services.one_of_many import OneOfMany
from planner.services.publishing import channel_effects, notices, renewal
from planner.services.publishing.access import hold_waiting, release_waiting
from planner.services.publishing.again import write_again
from planner.services.publishing.classify import advice_of
from planner.services.publishing.renewal import Renewal
from publishers import registry
from publishers.base import NetworkError, ReconnectNeeded, Refused, Rejected, Uncertain
from publishers.limits import Calls

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: How long the network's word holds before the clock asks again, looked at every hour.
EVERY = timedelta(hours=23)

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What a check came to. ``fine``: account and access are as ever, and all permissions there or not told;
    ``lacking``: something is missing, and posts go out all the same; ``unfit``: a permission to publish is missing;
    ``denied``: the network does not let the connection see its account, which says nothing of publishing."""

    FINE = "fine"
    LACKING = "lacking"
    UNFIT = "unfit"
    ENDED = "ended"
    GONE = "gone"
    OTHER_ACCOUNT = "other_account"
    DENIED = "denied"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"


ANSWERED = frozenset({Outcome.FINE, Outcome.LACKING, Outcome.UNFIT})


@dataclass(frozen=True, slots=True)
class Checked:
    """What a network said ``at`` a moment. ``account`` is its name for the account, ``said`` are its words where it
    refused, ``missing`` the permissions that are not granted (worth something where ``permissions_known``).
    ``advice`` says what to do (:mod:`planner.services.publishing.advising`); ``resumed``: the channel goes on."""

    outcome: Outcome
    at: datetime
    account: str = ""
    said: str = ""
    missing: tuple[str, ...] = ()
    permissions_known: bool = False
    advice: Mapping[str, Any] | None = None
    resumed: bool = False

    @property
    def holds(self) -> bool:
        """Whether nothing goes out until a person reconnects the channel. What a network calls gone without a word of
        why (a 404) may be an address of its own that has moved."""
        if self.outcome is Outcome.GONE:
            return bool(self.advice)
        return self.outcome in (Outcome.UNFIT, Outcome.ENDED, Outcome.OTHER_ACCOUNT)


def check(platform: Platform, actor: Actor, channel_id: int) -> Checked:
    """Ask the network now, and keep what it says; no session may be open meanwhile.

    Raises NotFound, Forbidden, Conflict ``no_connection`` where nothing is connected.
    """
    actor.require(Permission.MANAGE)
    with platform.database.read() as session:
        channel = channels.get(session, actor.workspace_id, channel_id)
        if channel.credentials is None:
            raise Conflict("no_connection")
        access, expected = ChannelAccess.of(channel), channel.remote_account_id
    checked, access = _ask(platform, access, expected)
    return write_again(platform.database, lambda session: _keep(session, access, checked, actor))


def check_due(platform: Platform) -> int:
    """Ask for every channel whose last word is a day old. Returns how many answered.

    Where reading costs money, a token that renews itself every two hours tells as much, and nothing is asked.
    """
    return sum(_check_by_clock(platform, access, expected) for access, expected in _due(platform))


def look(platform: Platform, access: ChannelAccess, expected: str | None) -> Checked:
    """Ask the network and keep nothing. ``expected`` is the account's id, None where it is not known."""
    now = platform.clock.now()
    network = registry.network(access.network)
    try:
        with limits.watched(platform, access) as publisher:
            account = publisher.verify()
    except VaultError as error:
        return Checked(Outcome.UNREADABLE, now, said=str(error))
    except NetworkError as error:
        return _failed(error, now)
    if expected and account.remote_id != expected:
        name = account.name or account.remote_id
        return Checked(Outcome.OTHER_ACCOUNT, now, name, advice={"advice": "other_account"})
    vital = channels.vital(network, account.missing)
    outcome = Outcome.UNFIT if vital else Outcome.LACKING if account.missing else Outcome.FINE
    advice = {"advice": "permission", "permissions": list(vital)} if vital else None
    known = account.permissions_known
    return Checked(outcome, now, account.name, missing=account.missing, permissions_known=known, advice=advice)


def _failed(error: NetworkError, now: datetime) -> Checked:
    """What a failure says. A missing permission to look is none to publish; what passes by itself says nothing."""
    said = error.network_message or str(error)
    if isinstance(error, ReconnectNeeded):
        advice = advice_of(error)
        if advice.get("advice") == "page_gone":
            return Checked(Outcome.GONE, now, said=said, advice=advice)
        withheld = error.missing or error.status == 403 or advice.get("advice") == "permission"
        return Checked(Outcome.DENIED if withheld else Outcome.ENDED, now, said=said, advice=advice)
    if isinstance(error, Refused | Uncertain):
        return Checked(Outcome.UNREACHABLE, now, said=said)
    gone = isinstance(error, Rejected) and error.status in (404, 410)
    return Checked(Outcome.GONE if gone else Outcome.REFUSED, now, said=said)


def _ask(platform: Platform, access: ChannelAccess, expected: str | None) -> tuple[Checked, ChannelAccess]:
    """As :func:`look`; access that has ended is renewed once before that is believed."""
    checked = look(platform, access, expected)
    if checked.outcome is not Outcome.ENDED:
        return checked, access
    renewed = renewal.renew(platform, access)
    if renewed.differs_from(access):
        return look(platform, renewed.access, expected), renewed.access
    if renewed.renewal in (Renewal.FAILED, Renewal.ELSEWHERE):
        return replace(checked, outcome=Outcome.UNREACHABLE), access
    return checked, access


def _keep(session: Session, access: ChannelAccess, checked: Checked, actor: Actor | None) -> Checked:
    """Write down what was said, unless the channel got other access meanwhile. ``actor`` asked (None: the clock)."""
    channel = hold_waiting(session, access.channel_id)
    if channel.credentials_version != access.version:
        return checked
    if checked.holds:
        channel_effects.ask_to_reconnect(session, access, checked.at, _reason(checked), checked.advice)
    if checked.outcome not in ANSWERED:
        return checked
    channel.verified_at = checked.at
    if not checked.permissions_known:
        return checked
    news = [name for name in checked.missing if name not in (channel.missing or ())]
    channel.missing = list(checked.missing)
    if actor is None and news and checked.outcome is Outcome.LACKING:
        data = {"permissions": news}
        notices.about_channel(session, channel.workspace_id, channel.id, checked.at, "channel_lacks", **data)
    if actor is None or channel.reconnect_since is None or checked.outcome is Outcome.UNFIT:
        return checked
    # The network takes the very same access again: what waited for it goes on.
    channel.reconnect_since = channel.reconnect_reason = channel.reconnect_advice = None
    release_waiting(session, channel, checked.at)
    events.record(session, actor, checked.at, "channel", channel.id, "access_works_again")
    return replace(checked, resumed=True)


def _reason(checked: Checked) -> str:
    """In the words that the adapters have for such things."""
    if checked.outcome is Outcome.UNFIT:
        vital = (checked.advice or {}).get("permissions", ())
        return f"A permission to publish is not granted: {', '.join(vital)}."
    if checked.outcome is Outcome.OTHER_ACCOUNT:
        return f"The access opens another account: {checked.account}."
    return checked.said


def _due(platform: Platform) -> list[tuple[ChannelAccess, str | None]]:
    asked = [key for key, known in registry.networks().items() if not known.capabilities.reading_costs]
    query = select(Channel).where(
        Channel.archived_at.is_(None),
        Channel.credentials.is_not(None),
        Channel.reconnect_since.is_(None),
        Channel.by_hand_since.is_(None),
        Channel.rehearsing_since.is_(None),
        Channel.network.in_(asked),
        or_(Channel.verified_at.is_(None), Channel.verified_at <= platform.clock.now() - EVERY),
    )
    with platform.database.read() as session:
        found = session.scalars(query.order_by(Channel.id))
        return [(ChannelAccess.of(channel), channel.remote_account_id) for channel in found]


def _check_by_clock(platform: Platform, access: ChannelAccess, expected: str | None) -> bool:
    if platform.stopping.is_set():
        return False
    with platform.database.read() as session:
        if limits.reading_held_until(session, access, Calls.METRICS, platform.clock.now()) is not None:
            return False
    with logs.about_channel(access.channel_id, access.network, access.workspace_id):
        with OneOfMany(_log, "The daily check of the connection failed") as one:
            checked, access = _ask(platform, access, expected)
            write_again(platform.database, lambda session: _keep(session, access, checked, None))
        if one.failed:
            return False
        if checked.outcome not in ANSWERED:
            _log.warning("The daily check of the connection: %s (%s)", checked.outcome.value, checked.said)
    return checked.outcome in ANSWERED
