"""Connecting an X account by OAuth 2 with PKCE, through tweepy's handler.

Source: docs.x.com, "OAuth 2.0 Authorization Code Flow with PKCE".
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import tweepy
from requests_oauthlib import OAuth2Session

from publishers import reading
from publishers.base import Account, Connection, NetworkError, ReconnectNeeded, Rejected
from publishers.connecting import AppCheck, AppPoint, Begun, CodeRefused, Grant, Offer, Return, code_of, refused
from publishers.http import BearerAuth, NetworkSession, browser_address, one_call, open_session
from publishers.twitter.client import HOST, HOSTS, TwitterClient
from publishers.twitter.consent import CONSENT, USER
from publishers.twitter.errors import TITLE, judge
from publishers.twitter.limits import readings

TOKEN = f"{HOST}/2/oauth2/token"
REVOKE = f"{HOST}/2/oauth2/revoke"
AUTHORIZE = "https://x.com/i/oauth2/authorize"

APP_CODES = frozenset({"unauthorized_client", "invalid_client", "redirect_uri_mismatch"})


class Handler(tweepy.OAuth2UserHandler):  # type: ignore[misc]
    """tweepy's handler on our transport, with the address of today, and with a verifier that outlives the object."""

    def __init__(self, connection: Connection, redirect_uri: str, session: NetworkSession | None = None) -> None:
        app = connection.app
        super().__init__(
            client_id=app.get("client_id", ""),
            client_secret=app.get("client_secret") or None,
            redirect_uri=redirect_uri,
            scope=list(CONSENT.wanted(app)),
        )
        self.trust_env = False
        self.adapters.clear()  # it reaches nothing but by the session that it is given
        if session is not None:
            self.adapters.update(session.adapters)

    def address(self, state: str) -> tuple[str, str]:
        """Where the browser goes, and the verifier to keep."""
        verifier = self._client.create_code_verifier(128)
        challenge = self._client.create_code_challenge(verifier, "S256")
        address, _ = self.authorization_url(
            AUTHORIZE, state=state, code_challenge=challenge, code_challenge_method="S256"
        )
        return address, verifier

    def exchange(self, code: str, verifier: str) -> Mapping[str, Any]:
        """The token answer. Where X grants other scopes than asked for, oauthlib raises a Warning that holds it."""
        try:
            # Not tweepy's own method: it wants the whole address of the return, and that by HTTPS even on this machine.
            token = OAuth2Session.fetch_token(
                self, TOKEN, code=code, auth=self.auth, include_client_id=True, code_verifier=verifier
            )
        except Warning as changed:
            token = getattr(changed, "token", {})
        return reading.as_object(dict(token), TITLE)


def begin(connection: Connection, redirect_uri: str, state: str) -> Begun:
    address, verifier = Handler(connection, redirect_uri).address(state)
    return Begun(browser_address(address, connection), {"verifier": verifier})


def finish(connection: Connection, back: Return) -> Grant:
    """Code and verifier to a pair of tokens (the code lives 30 seconds), then whose they are."""
    code = code_of(back, TITLE)
    verifier = back.kept.get("verifier", "")
    if not verifier:
        raise CodeRefused("The verifier was not kept.")
    with one_call(TITLE, connection.timeout):
        now = datetime.now(UTC)
        with closing(_app_session(connection)) as session:
            try:
                answer = Handler(connection, back.redirect_uri, session).exchange(code, verifier)
            except (Rejected, ReconnectNeeded) as error:
                raise _refused(error) from error
        return _grant(connection, answer, now)


def check(connection: Connection, redirect_uri: str) -> AppCheck:  # noqa: ARG001 - X tells nothing of it without a person
    """Id and secret: a refresh token that cannot be is refused by name only after the app itself was accepted."""
    app = connection.app
    form = {"grant_type": "refresh_token", "refresh_token": "sendeplan-check", "client_id": app.get("client_id", "")}
    secret = app.get("client_secret", "")
    with closing(_app_session(connection)) as session, one_call(TITLE, connection.timeout):
        try:
            session.post(TOKEN, data=form, auth=(form["client_id"], secret) if secret else None)
        except (Rejected, ReconnectNeeded) as error:
            objection = _refused(error)
            if not isinstance(objection, CodeRefused):
                raise objection from error
    return AppCheck((AppPoint.CREDENTIALS,))


def discard(connection: Connection, grant: Grant) -> bool:
    """Void the tokens of a grant, each by itself; others of the same person stay (docs.x.com, OAuth 2.0: revoke, as
    RFC 7009 has it)."""
    app = connection.app
    client_id, secret = app.get("client_id", ""), app.get("client_secret", "")
    tokens = [
        (offer.credentials[kind], kind)
        for offer in grant.offers
        for kind in ("refresh_token", "access_token")
        if offer.credentials.get(kind)
    ]
    with (
        closing(_app_session(connection, *(token for token, _ in tokens))) as session,
        one_call(TITLE, connection.timeout),
    ):
        session.auth = None  # the app names itself; no bearer token belongs here
        for token, kind in tokens:
            form = {"token": token, "token_type_hint": kind, "client_id": client_id}
            session.post(REVOKE, data=form, auth=(client_id, secret) if secret else None)
    return bool(tokens)


def _app_session(connection: Connection, token: str = "", *more: str) -> NetworkSession:
    """A session of the app, or of an account that is not known yet: nothing is charged to it."""
    secrets = (connection.app.get("client_secret", ""), token, *more)
    auth = BearerAuth(token) if token else None
    return open_session(TITLE, HOSTS, connection, judge, limits=readings, secrets=secrets, auth=auth)


def _refused(error: NetworkError) -> NetworkError:
    """X answers 401 where it does not know the app, whatever it calls that, and 400 where it does not take the code."""
    if error.status == 401:
        return refused(error, TITLE, app=frozenset({error.code}))
    return refused(error, TITLE, app=APP_CODES)


def _grant(connection: Connection, answer: Mapping[str, Any], now: datetime) -> Grant:
    token = reading.text(answer.get("access_token"))
    if not token:
        raise CodeRefused(f"{TITLE} gave no access token.")
    granted = scopes(answer.get("scope"))
    with closing(_app_session(connection, token, reading.text(answer.get("refresh_token")))) as session:
        found = reading.as_object(TwitterClient(session).get_me(user_auth=False), TITLE)
    user = reading.as_object(found.get("data"), TITLE)
    user_id, handle = reading.accepted_id(user.get("id"), TITLE), reading.text(user.get("username"))
    name = f"@{handle}" if handle else reading.text(user.get("name")) or user_id
    account = Account(user_id, name, f"https://x.com/{handle}" if handle else None, CONSENT.missing(granted, USER))
    return Grant(name, (Offer(account, _credentials(answer, token, user_id, now), USER),), granted)


def _credentials(answer: Mapping[str, Any], token: str, user_id: str, now: datetime) -> dict[str, str]:
    credentials = {"access_token": token, "user_id": user_id}
    if refresh_token := reading.text(answer.get("refresh_token")):
        credentials["refresh_token"] = refresh_token
    if granted := scopes(answer.get("scope")):
        credentials["scopes"] = ",".join(sorted(granted))
    seconds = reading.count(answer, "expires_in")
    if seconds is not None:
        credentials["expires_at"] = reading.rfc3339(now + timedelta(seconds=seconds))
    return credentials


def scopes(value: Any) -> frozenset[str]:
    """oauthlib makes a list of what the answer has as one text."""
    names = value if isinstance(value, list) else reading.text(value).split()
    return frozenset(str(name) for name in names)
