"""A sign-in that only tries a developer app out: what worked and what did not, point by point.

It goes the whole way that connecting goes. No channel comes of it: the tokens are in memory alone, are made void where
the network offers that, and what is kept for a quarter of an hour are the points.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from planner.domain.roles import Permission as May
from planner.models import BegunConnection
from planner.security.vault import VaultError
from planner.services.actor import Actor
from planner.services.connecting.settings import LIFETIME, AppSettings, app_settings, digest
from planner.services.errors import Conflict
from publishers.base import NetworkError, Refused
from publishers.connecting import CHOOSING, AppRefused, Denied, Grant, Offer, Permission, Return

if TYPE_CHECKING:
    from planner.bootstrap import Platform

_log = logging.getLogger(__name__)


class Point(StrEnum):
    """What is tried out, in the order in which it comes up."""

    REDIRECT = "redirect"
    STATE = "state"
    ALLOWED = "allowed"
    CODE = "code"
    PERMISSION = "permission"
    ACCOUNT = "account"
    UNLISTED = "unlisted"
    TOKENS = "tokens"


class Mark(StrEnum):
    """How it went: ``open`` was not come to, or not asked for."""

    RIGHT = "right"
    WRONG = "wrong"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Tried:
    """One point. ``name`` is the permission's, or the account's; ``said`` are the network's words where it objected;
    ``why`` tells ways apart in which a point is as it is."""

    point: Point
    mark: Mark
    name: str = ""
    said: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial showed; ``person`` signed in at the network, as far as it came to that."""

    app: AppSettings
    person: str
    points: tuple[Tried, ...]

    @property
    def good(self) -> bool:
        """Whether a channel that is connected now publishes: some account can, and nothing before it went wrong."""
        way = (Point.REDIRECT, Point.STATE, Point.ALLOWED, Point.CODE)
        come = all(tried.mark is Mark.RIGHT for tried in self.points if tried.point in way)
        return come and any(t.point is Point.ACCOUNT and t.mark is Mark.RIGHT for t in self.points)


def trial(session: Session, platform: Platform, actor: Actor, begun_id: int, session_secret: str) -> Trial:
    """What a trial of this person in this session showed. Raises Forbidden, Conflict ``trial_gone``."""
    actor.require(May.MANAGE)
    row = session.get(BegunConnection, begun_id)
    mine = (actor.user_id, actor.workspace_id, digest(session_secret))
    if row is None or not row.trial or row.person is None or row.expires_at <= platform.clock.now():
        raise Conflict("trial_gone")
    if (row.user_id, row.workspace_id, row.session_digest) != mine:
        raise Conflict("trial_gone")
    try:
        entries = json.loads(platform.vault.open(row.sealed)["points"])
    except (VaultError, KeyError, ValueError):
        raise Conflict("trial_gone") from None
    points = tuple(
        Tried(Point(e["point"]), Mark(e["mark"]), e.get("name", ""), e.get("said", ""), e.get("why", ""))
        for e in entries
    )
    return Trial(app_settings(platform.settings, row.network), row.person, points)


def finish(platform: Platform, app: AppSettings, begun_id: int, back: Return) -> None:
    """Go the rest of the way, throw away what came of it, and keep how it went."""
    connection = platform.connections.connection(app.network.key)
    person = ""
    points = [Tried(Point.REDIRECT, Mark.RIGHT), Tried(Point.STATE, Mark.RIGHT)]
    try:
        grant = app.consent.flow().finish(connection, back)
    except NetworkError as error:
        points += _failed(error, back)
    else:
        person = grant.person
        points += (Tried(Point.ALLOWED, Mark.RIGHT), Tried(Point.CODE, Mark.RIGHT))
        points += (*_permissions(platform, app, grant), *_accounts(app, grant))
        points.append(_thrown_away(platform, app, grant))
    with platform.database.write() as session:
        row = session.get(BegunConnection, begun_id)
        if row is not None:
            row.person = (person or app.network.title)[:200]
            row.sealed = platform.vault.seal({"points": json.dumps([asdict(tried) for tried in points])})
            row.expires_at = platform.clock.now() + LIFETIME


def _failed(error: NetworkError, back: Return) -> list[Tried]:
    said = error.network_message or str(error)
    rest = [Tried(point, Mark.OPEN) for point in (Point.PERMISSION, Point.ACCOUNT)]
    if isinstance(error, Denied):
        return [Tried(Point.ALLOWED, Mark.WRONG, why="denied"), Tried(Point.CODE, Mark.OPEN), *rest]
    if isinstance(error, AppRefused) and (back.brought.get("error") or back.brought.get("error_code")):
        return [Tried(Point.ALLOWED, Mark.WRONG, said=said, why="app"), Tried(Point.CODE, Mark.OPEN), *rest]
    why = "app" if isinstance(error, AppRefused) else "unreachable" if isinstance(error, Refused) else ""
    return [Tried(Point.ALLOWED, Mark.RIGHT), Tried(Point.CODE, Mark.WRONG, said=said, why=why), *rest]


def _permissions(platform: Platform, app: AppSettings, grant: Grant) -> Iterator[Tried]:
    """Each permission of a complete connection: granted, withheld, or not even asked for."""
    if grant.granted is None:
        return
    configured = bool(platform.settings.network(app.network.key).app.get("config_id"))  # what it asks is not known here
    for permission in app.consent.permissions:
        names = (permission.name, *permission.instead)
        if not grant.granted.isdisjoint(names):
            yield Tried(Point.PERMISSION, Mark.RIGHT, permission.name)
        elif configured or not set(app.scopes).isdisjoint(names):
            yield Tried(Point.PERMISSION, Mark.WRONG, permission.name)
        else:
            yield Tried(Point.PERMISSION, Mark.OPEN, permission.name)


def _accounts(app: AppSettings, grant: Grant) -> Iterator[Tried]:
    for offer in grant.offers:
        lacking = _vital(app, offer)
        mark = Mark.WRONG if lacking else Mark.RIGHT
        yield Tried(Point.ACCOUNT, mark, offer.account.name, why=" ".join(p.name for p in lacking))
    if not grant.offers:
        yield Tried(Point.ACCOUNT, Mark.WRONG, why="none")
    for name in grant.unlisted:
        yield Tried(Point.UNLISTED, Mark.WRONG, name)


def _vital(app: AppSettings, offer: Offer) -> list[Permission]:
    missing = [app.consent.permission(name) for name in offer.account.missing]
    return [permission for permission in missing if permission.vital and CHOOSING not in permission.kinds]


def _thrown_away(platform: Platform, app: AppSettings, grant: Grant) -> Tried:
    try:
        voided = app.consent.flow().discard(platform.connections.connection(app.network.key), grant)
    except NetworkError as error:
        _log.warning("The tokens of a trial sign-in could not be made void: %s", error)
        return Tried(Point.TOKENS, Mark.WRONG, said=error.network_message or str(error))
    return Tried(Point.TOKENS, Mark.RIGHT, why="void" if voided else "forgotten")
