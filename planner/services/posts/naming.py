"""Whose a short name is: asked of the network, through a channel that is connected to it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from planner.models import Channel
from planner.security.vault import VaultError
from planner.services.asking import ask
from planner.services.connections import ChannelAccess
from planner.services.errors import FieldError, Invalid, Problems
from planner.services.posts import mentions
from planner.services.posts.inputs import MentionInput
from publishers.base import Account, NetworkError

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: So many channels of a network are asked, where the first ones may not tell.
MOST_CHANNELS = 3

_log = logging.getLogger(__name__)


def resolved(platform: Platform, workspace_id: int, given: Sequence[MentionInput]) -> tuple[MentionInput, ...]:
    """Each mention with its id; short names are asked of their networks, so no session may be open meanwhile.

    Raises Invalid where a network knows no such account (``mention_not_found``), or did not say
    (``mention_not_looked_up``). What is wrong besides stays as it was.
    """
    found: list[MentionInput] = []
    errors: list[FieldError] = []
    for index, mention in enumerate(mentions.read(given)):
        try:
            asked = mentions.reference(mention).name
            account = named(platform, workspace_id, mention, index) if asked else None
        except Invalid as error:
            errors += error.errors
        else:
            found.append(replace(mention, remote_id=account.remote_id) if account else mention)
    if errors:
        raise Invalid(*errors)
    return tuple(found)


def named(platform: Platform, workspace_id: int, mention: MentionInput, index: int = 0) -> Account:
    """The account that was given for a mention. It has a name only where its network was asked.

    Raises Invalid as :func:`resolved` does, and with ``network_unknown`` or ``mention_id_wrong``.
    """
    problems = Problems()
    mentions.check_id(index, mention, problems, looked_up=False)
    problems.raise_any()
    found = mentions.reference(mention)
    if found.remote_id:
        return Account(found.remote_id, "")
    try:
        account = look_up(platform, workspace_id, mention.network, found.name)
    except LookupError as error:
        raise Invalid(mentions.wrong(index, mention, "mention_not_looked_up")) from error
    if account is None:
        raise Invalid(mentions.wrong(index, mention, "mention_not_found"))
    return account


def look_up(platform: Platform, workspace_id: int, network: str, name: str) -> Account | None:
    """The account with a short name, asked by the channels of that network until one may know; None: there is none.

    Raises LookupError where no channel is connected, or none of them may ask.
    """
    for access in _connected(platform, workspace_id, network):
        try:
            return ask(platform, access, lambda publisher: publisher.named(name))
        except (NetworkError, VaultError) as error:
            _log.info("Channel %s could not look up an account: %s", access.channel_id, error)
    raise LookupError(name)


def _connected(platform: Platform, workspace_id: int, network: str) -> list[ChannelAccess]:
    query = (
        select(Channel)
        .where(
            Channel.workspace_id == workspace_id,
            Channel.network == network,
            Channel.credentials.is_not(None),
            Channel.archived_at.is_(None),
            Channel.by_hand_since.is_(None),
            Channel.reconnect_since.is_(None),
        )
        .order_by(Channel.id)
        .limit(MOST_CHANNELS)
    )
    with platform.database.read() as session:
        return [ChannelAccess.of(channel) for channel in session.scalars(query)]
