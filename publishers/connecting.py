"""Connecting by consent in the browser: what a network needs for it, and what comes of it.

1. :meth:`Flow.begin` gives the address to send the person's browser to, and secrets to keep until it comes back.
2. The network asks the person, and sends the browser back to the redirect address with a few parameters.
3. :meth:`Flow.finish` turns those into accounts with their credentials, for the person to choose from.

What is kept between the steps, for whom and for how long, is the caller's business: nothing here remembers anything.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from publishers.base import Account, Connection, Credentials, NetworkError


class Purpose(StrEnum):
    """What a permission is for, so that whoever misses it can be told what that prevents."""

    PUBLISH = "publish"
    CHOOSE = "choose"
    PORTFOLIOS = "portfolios"
    RECOGNISE = "recognise"
    IMAGES = "images"
    CONFIRM = "confirm"
    FIGURES = "figures"
    FOLLOWERS = "followers"
    COMMENTS = "comments"
    MENTIONS = "mentions"
    ANSWERS = "answers"
    HIDING = "hiding"
    LIKES = "likes"
    RENEW = "renew"
    ROLE = "role"
    ACCESS = "access"


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission of a network, under its own name. ``vital``: without it nothing can be published. ``kinds`` are
    the kinds of account that it concerns (empty: all; :data:`CHOOSING`: none of them); ``instead`` are other names
    under which it may be granted, ``also`` what it is for besides."""

    name: str
    purpose: Purpose
    vital: bool = False
    kinds: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    also: tuple[Purpose, ...] = ()

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """All that it is for."""
        return (self.purpose, *self.also)


CHOOSING = "choosing"
"""Stands among a permission's kinds where it is for seeing which accounts there are: what is connected does without."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what must be kept, secret, until it comes back."""

    address: str
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Return:
    """What is known when the browser is back: the parameters that it ``brought``, what was ``kept``, and the
    ``redirect_uri`` and ``state`` that it was sent away with."""

    redirect_uri: str
    state: str
    kept: Mapping[str, str]
    brought: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """One account that the person may connect. ``kind`` is page, organization, person or user; ``account.missing``
    names the permissions that it lacks, vital or not."""

    account: Account
    credentials: Credentials
    kind: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What the person granted: who they are at the network, the accounts that this opens, and the permissions under
    their own names (None: the network has none). ``unlisted`` names what was shared and could not be looked into."""

    person: str
    offers: tuple[Offer, ...]
    granted: frozenset[str] | None = None
    unlisted: tuple[str, ...] = ()


class AppPoint(StrEnum):
    """One thing about a developer app that may be right or wrong."""

    CREDENTIALS = "credentials"
    VERSION = "version"
    REDIRECT = "redirect"
    DOMAINS = "domains"
    PRIVACY = "privacy"
    PERMISSIONS = "permissions"
    MODE = "mode"


@dataclass(frozen=True, slots=True)
class AppCheck:
    """What a network said about a developer app without a person: points that are ``right``, points that are
    ``doubtful``, each with what the network has there, and those that only a person's sign-in shows (``unseen``)."""

    right: tuple[AppPoint, ...]
    doubtful: tuple[tuple[AppPoint, str], ...] = ()
    unseen: tuple[AppPoint, ...] = (AppPoint.REDIRECT, AppPoint.PERMISSIONS)


class Denied(NetworkError):
    """The person did not allow it."""


class CodeRefused(NetworkError):
    """What the browser brought back is void: used already, too old, or never given out."""


class AppRefused(NetworkError):
    """The network does not take the operator's developer app as it is set up: its id, secret, redirect address or
    permissions."""


class Flow(Protocol):
    """The steps, each with the operator's :class:`Connection`: a network's module ``oauth``.

    They raise :class:`Denied`, :class:`CodeRefused`, :class:`AppRefused`, or any other :class:`NetworkError`; within
    ``Connection.timeout`` in total.
    """

    def begin(self, connection: Connection, redirect_uri: str, state: str) -> Begun:
        """The address to send the browser to."""

    def finish(self, connection: Connection, back: Return) -> Grant:
        """What the person granted. A code works once: whoever calls this twice gets CodeRefused."""

    def check(self, connection: Connection, redirect_uri: str) -> AppCheck:
        """Ask the network about the developer app's settings, as far as that goes without a person."""

    def discard(self, connection: Connection, grant: Grant) -> bool:
        """Make the tokens of a grant void at the network. False where it offers no way that would leave the person's
        other connections alone."""


@dataclass(frozen=True, slots=True)
class Consent:
    """How a network lets a person consent.

    ``flow`` imports and gives what does it, so that a mere description stays light. ``needs`` are the app options
    without which nothing begins; ``permissions`` are what a complete connection holds, ``scopes`` what is asked for
    where the operator sets nothing else (the app option ``scopes``, separated by blanks or commas). ``roles`` are
    what an account may lack besides, which no consent gives: the person's role there.
    """

    flow: Callable[[], Flow]
    permissions: tuple[Permission, ...] = ()
    scopes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ("client_id", "client_secret")
    roles: tuple[Permission, ...] = ()

    def lacking(self, app: Mapping[str, str]) -> tuple[str, ...]:
        """The app options that are not set and without which nothing begins."""
        return tuple(name for name in self.needs if not app.get(name))

    def wanted(self, app: Mapping[str, str]) -> tuple[str, ...]:
        """What a person is asked for."""
        return tuple(app.get("scopes", "").replace(",", " ").split()) or self.scopes

    def missing(self, granted: frozenset[str], kind: str) -> tuple[str, ...]:
        """The permissions of a complete connection to this kind of account that are not ``granted``."""
        concerned = (p for p in self.permissions if not p.kinds or kind in p.kinds)
        return tuple(p.name for p in concerned if granted.isdisjoint((p.name, *p.instead)))

    def permission(self, name: str) -> Permission:
        """One permission by its name; one that is not listed counts as vital."""
        known = (*self.permissions, *self.roles)
        return next((p for p in known if p.name == name), Permission(name, Purpose.PUBLISH, vital=True))

    def vital(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names without which nothing can be published."""
        return tuple(name for name in names if self.permission(name).vital)

    def withheld(self, granted: frozenset[str] | None, app: Mapping[str, str]) -> tuple[Permission, ...]:
        """What a person was asked for and did not grant, as far as it is for something; nothing where nobody knows."""
        if granted is None:
            return ()
        wanted = frozenset(self.wanted(app))
        asked = (p for p in self.permissions if not wanted.isdisjoint((p.name, *p.instead)))
        return tuple(p for p in asked if granted.isdisjoint((p.name, *p.instead)))


DENIALS = frozenset({"access_denied", "user_cancelled_login", "user_cancelled_authorize", "user_refused"})
"""``error`` of a browser that comes back from a person who said no (RFC 6749, 4.1.2.1; LinkedIn has two of its own)."""


def require_own_state(back: Return) -> None:
    """The network must give the state back as it was. Raises CodeRefused."""
    if not hmac.compare_digest(back.brought.get("state", "").encode(), back.state.encode()):
        raise CodeRefused("The answer belongs to another request.")


def code_of(back: Return, network: str) -> str:
    """The authorization code of OAuth 2 that the browser brought.

    Raises Denied where the person said no, AppRefused where the network objects to the request itself, CodeRefused
    where there is no code at all.
    """
    require_own_state(back)
    error = back.brought.get("error") or back.brought.get("error_code") or ""
    said = back.brought.get("error_description") or back.brought.get("error_message") or error
    if error in DENIALS or back.brought.get("error_reason") == "user_denied":
        raise Denied(f"{network} says that access was not allowed.", code=error)
    if error:
        raise AppRefused(f"{network} does not take the request.", code=error, network_message=said[:300])
    code = back.brought.get("code", "")
    if not code:
        raise CodeRefused(f"{network} sent no code.")
    return code


def refused(error: NetworkError, network: str, *, app: frozenset[str]) -> NetworkError:
    """What a clear refusal at a token address means: the app's own fault where the code is one of ``app``, else the
    code's."""
    if error.code in app:
        return AppRefused(
            f"{network} does not accept the developer app.",
            status=error.status,
            code=error.code,
            network_message=error.network_message,
        )
    return CodeRefused(
        f"{network} does not take this answer.",
        status=error.status,
        code=error.code,
        network_message=error.network_message,
    )
