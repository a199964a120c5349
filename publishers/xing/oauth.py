"""Connecting a XING account by OAuth 1.0a, PLAINTEXT, where the operator has keys of the former partner API."""

from __future__ import annotations

from contextlib import closing
from typing import Any
from urllib.parse import parse_qsl, urlencode

from oauthlib.oauth1 import SIGNATURE_PLAINTEXT
from requests_oauthlib import OAuth1

from publishers import reading
from publishers.base import Account, Connection, NetworkError, ReconnectNeeded, Rejected, Uncertain
from publishers.connecting import (
    AppCheck,
    AppPoint,
    AppRefused,
    Begun,
    CodeRefused,
    Denied,
    Grant,
    Offer,
    Return,
    refused,
    require_own_state,
)
from publishers.http import NetworkSession, browser_address, one_call, open_session
from publishers.xing.client import HOST, HOSTS, XingClient, open_xing_session
from publishers.xing.errors import TITLE, judge
from publishers.xing.limits import readings

USER = "user"
APP_CODES = frozenset({
    "INVALID_OAUTH_CONSUMER", "INVALID_OAUTH_SIGNATURE", "INVALID_OAUTH_SIGNATURE_METHOD", "REQUIRED_PARAMETER_MISSING",
    "INVALID_CALLBACK", "CALLBACK_URL_NOT_ALLOWED",
})  # fmt: skip


def begin(connection: Connection, redirect_uri: str, state: str) -> Begun:
    """A request token, and the page where a person approves it. OAuth 1 has no state: it travels in the callback."""
    callback = f"{redirect_uri}?{urlencode({'state': state})}"
    with one_call(TITLE, connection.timeout):
        token, secret = _tokens(connection, "request_token", callback_uri=callback)
    address = f"{HOST}/v1/authorize?{urlencode({'oauth_token': token})}"
    return Begun(browser_address(address, connection), {"token": token, "token_secret": secret})


def finish(connection: Connection, back: Return) -> Grant:
    """The approved request token to an access token, which does not expire; then whose it is."""
    require_own_state(back)
    brought, kept = back.brought, back.kept
    if brought.get("oauth_problem") or brought.get("denied") or not brought.get("oauth_verifier"):
        raise Denied(f"{TITLE} says that access was not allowed.", code=brought.get("oauth_problem", ""))
    if not kept.get("token") or brought.get("oauth_token") != kept["token"]:
        raise CodeRefused("The answer belongs to another request.")
    with one_call(TITLE, connection.timeout):
        token, secret = _tokens(
            connection,
            "access_token",
            resource_owner_key=kept["token"],
            resource_owner_secret=kept.get("token_secret", ""),
            verifier=brought["oauth_verifier"],
        )
        credentials = {**_consumer(connection), "token": token, "token_secret": secret}
        with closing(open_xing_session(credentials, connection)) as session:
            answer = reading.as_object(XingClient(session, "").me(), TITLE)
    user = next(iter(reading.items(answer.get("users"))), answer)
    user_id = reading.accepted_id(user.get("id"), TITLE)
    name = reading.text(user.get("display_name")) or user_id
    account = Account(user_id, name, reading.text(user.get("permalink")) or None)
    return Grant(name, (Offer(account, {**credentials, "user_id": user_id}, USER),))


def check(connection: Connection, redirect_uri: str) -> AppCheck:
    """A request token that nobody will approve: key, secret and callback in one."""
    with one_call(TITLE, connection.timeout):
        _tokens(connection, "request_token", callback_uri=redirect_uri)
    return AppCheck((AppPoint.CREDENTIALS, AppPoint.REDIRECT), unseen=())


def discard(connection: Connection, grant: Grant) -> bool:  # noqa: ARG001 - there is nothing to call
    """The former API has no call that voids a token."""
    return False


def _consumer(connection: Connection) -> dict[str, str]:
    app = connection.app
    return {"consumer_key": app.get("client_id", ""), "consumer_secret": app.get("client_secret", "")}


def _tokens(connection: Connection, name: str, **signing: Any) -> tuple[str, str]:
    """Token and secret of a form-encoded answer."""
    with closing(_session(connection, signing)) as session:
        try:
            answer = session.post(f"{HOST}/v1/{name}")
        except (Rejected, ReconnectNeeded) as error:
            raise _refused(error) from error
        found = dict(parse_qsl(answer.text.strip()))
    token, secret = found.get("oauth_token", ""), found.get("oauth_token_secret", "")
    if not token or not secret:
        raise Uncertain(f"{TITLE} gave an answer that is not the documented one.")
    return token, secret


def _session(connection: Connection, signing: dict[str, Any]) -> NetworkSession:
    own = _consumer(connection)
    if not all(own.values()):
        raise AppRefused(f"No key of {TITLE}'s is set.")
    signed = OAuth1(
        own["consumer_key"], client_secret=own["consumer_secret"], signature_method=SIGNATURE_PLAINTEXT, **signing
    )
    secrets = (own["consumer_secret"], signing.get("resource_owner_secret", ""))
    return open_session(TITLE, HOSTS, connection, judge, limits=readings, secrets=secrets, auth=signed)


def _refused(error: NetworkError) -> NetworkError:
    return refused(error, TITLE, app=APP_CODES)
