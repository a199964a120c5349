"""Keys for scripts: shown once, kept as a hash, each with a role of its own."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from planner.domain.roles import Permission, Role
from planner.models import ApiToken
from planner.services import events
from planner.services.actor import Actor
from planner.services.errors import NotFound, Problems

PREFIX = "sp_"
HINT_LENGTH = 9
NAME_LENGTH = 100
#: How exactly the last use is noted: writing it on every request would cost more than it tells.
USE_NOTED_EVERY = timedelta(minutes=1)


def create(session: Session, actor: Actor, name: str, role: Role, *, now: datetime) -> tuple[ApiToken, str]:
    """Make a token. Returns its row and the token itself, which is never seen again.

    Raises Forbidden, and Invalid at ``name`` (``name_missing``, ``too_long``).
    """
    actor.require(Permission.MANAGE)
    problems = Problems()
    if not name.strip():
        problems.add("name", "name_missing")
    elif len(name.strip()) > NAME_LENGTH:
        problems.add("name", "too_long", limit=NAME_LENGTH)
    problems.raise_any()
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        workspace_id=actor.workspace_id,
        name=name.strip(),
        role=role,
        token_hash=digest(secret),
        hint=secret[:HINT_LENGTH],
        created_at=now,
    )
    session.add(token)
    session.flush()
    events.record(session, actor, now, "token", token.id, "created", role=role.value)
    return token, secret


def identify(session: Session, secret: str) -> ApiToken | None:
    """The token that was shown, None for one that is unknown or revoked."""
    query = select(ApiToken).where(ApiToken.token_hash == digest(secret), ApiToken.revoked_at.is_(None))
    return session.scalar(query)


def is_use_worth_noting(token: ApiToken, now: datetime) -> bool:
    """Whether the last use that is noted lies long enough behind."""
    return token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY


def note_use(session: Session, token_id: int, *, now: datetime) -> None:
    """Note that the token was used; of several at once, one writes."""
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - USE_NOTED_EVERY)
    session.execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(last_used_at=now))


def all_of(session: Session, workspace_id: int) -> list[ApiToken]:
    """The tokens in use, oldest first."""
    query = (
        select(ApiToken)
        .where(ApiToken.workspace_id == workspace_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id)
    )
    return list(session.scalars(query))


def revoke(session: Session, actor: Actor, token_id: int, *, now: datetime) -> None:
    """End a token at once. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE)
    query = select(ApiToken).where(
        ApiToken.id == token_id, ApiToken.workspace_id == actor.workspace_id, ApiToken.revoked_at.is_(None)
    )
    token = session.scalar(query)
    if token is None:
        raise NotFound("not_found")
    token.revoked_at = now
    events.record(session, actor, now, "token", token.id, "revoked")


def digest(secret: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
