"""Asking a network something at once, for a person or for the clock: access that has ended is renewed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from planner.services import limits
from planner.services.connections import ChannelAccess
from planner.services.observed import ObservedPublisher
from planner.services.publishing import renewal
from publishers.base import ReconnectNeeded

if TYPE_CHECKING:
    from planner.bootstrap import Platform

Result = TypeVar("Result")


def ask(platform: Platform, access: ChannelAccess, call: Callable[[ObservedPublisher], Result]) -> Result:
    """What ``call`` gives, made with the channel's connection; no session may be open meanwhile.

    ``call`` comes a second time only where the network surely refused the first for its token. Raises NetworkError, and
    VaultError where the credentials cannot be read.
    """
    try:
        with limits.watched(platform, access) as publisher:
            return call(publisher)
    except ReconnectNeeded as error:
        # A permission that only this needs may be missing while the channel publishes all the same.
        if error.missing or error.status == 403:
            raise
        renewed = renewal.renew(platform, access)
        if not renewed.differs_from(access):
            raise
        with limits.watched(platform, renewed.access) as publisher:
            return call(publisher)
