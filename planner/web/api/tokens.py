"""Who calls: a bearer token, looked up by its hash. A cookie opens nothing here."""

from __future__ import annotations

from flask import request

from planner import logs
from planner.models import ApiToken
from planner.services import tokens
from planner.services.actor import Actor
from planner.services.errors import ServiceError
from planner.web.context import now, platform


class Unauthorized(ServiceError):
    """No token, or one that opens nothing."""


def authenticate() -> Actor:
    """The token of this request as an actor. Raises Unauthorized."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthorized("token_missing")
    return actor_of(secret.strip())


def actor_of(secret: str) -> Actor:
    """The actor behind a token; notes, at most once a minute, that it was used. Raises Unauthorized."""
    with platform().database.read() as session:
        token = tokens.identify(session, secret)
    if token is None:
        raise Unauthorized("token_unknown")
    logs.about_request(token_id=token.id)
    if tokens.is_use_worth_noting(token, now()):
        with platform().database.write() as session:
            tokens.note_use(session, token.id, now=now())
    return _actor(token)


def _actor(token: ApiToken) -> Actor:
    return Actor(token.workspace_id, token.role, token.name, token_id=token.id)
