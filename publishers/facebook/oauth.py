"""Connecting Pages by Facebook Login.

Sources: developers.facebook.com, "Manually Build a Login Flow", "Long-Lived Access Tokens".
"""

from __future__ import annotations

from contextlib import closing
from typing import Any
from urllib.parse import urlencode, urlsplit

from requests import Response

from publishers import reading
from publishers.base import Connection, ReconnectNeeded, Rejected, Uncertain
from publishers.connecting import AppCheck, AppPoint, AppRefused, Begun, Grant, Return, code_of, refused
from publishers.facebook import pages
from publishers.facebook.client import HOSTS, GraphClient, open_facebook_session
from publishers.facebook.consent import CONSENT
from publishers.facebook.errors import TITLE, judge
from publishers.facebook.limits import readings
from publishers.facebook.versions import asked_for
from publishers.http import NetworkSession, browser_address, one_call, open_session

DIALOG = "https://www.facebook.com"
GRAPH = "https://graph.facebook.com"

UNSEEN = (AppPoint.REDIRECT, AppPoint.PERMISSIONS, AppPoint.MODE)
"""What Graph tells nobody but a person who signs in. Whether an app is live is no field of an Application."""

APP_CODES = frozenset({"1", "101", "191", "100/33"})
"""Codes by which Graph says that the app's id, secret or redirect address is wrong; 100 is what a void code gets."""


def begin(connection: Connection, redirect_uri: str, state: str) -> Begun:
    """The Login dialog. Permissions that a person declined before are asked for again (``auth_type=rerequest``)."""
    app = connection.app
    query = {
        "client_id": app.get("client_id", ""),
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "auth_type": "rerequest",
    }
    if app.get("config_id"):  # Facebook Login for Business: its configuration takes the place of the permissions
        query |= {"config_id": app["config_id"], "override_default_response_type": "true"}
    else:
        query["scope"] = ",".join(CONSENT.wanted(app))
    return Begun(browser_address(f"{DIALOG}/{asked_for(app)}/dialog/oauth?{urlencode(query)}", connection))


def finish(connection: Connection, back: Return) -> Grant:
    """Code to user token, to long-lived user token, to the Pages that the person shared. Tokens of Pages that are taken
    with a long-lived token do not expire."""
    code = code_of(back, TITLE)
    with one_call(TITLE, connection.timeout):
        with closing(_app_session(connection)) as session:
            short = _token(session, connection, {"redirect_uri": back.redirect_uri, "code": code})
            exchange = {"grant_type": "fb_exchange_token", "fb_exchange_token": short}
            token = _token(session, connection, exchange)
        with closing(open_facebook_session(token, connection)) as session:
            client = GraphClient(token, session, connection.app)
            person = reading.as_object(client.ask("me", fields="id,name"), TITLE)
            granted = _granted(client)
            found = pages.pages(client, granted)
            offers = tuple(pages.offer(page, granted) for page in found.pages)
            return Grant(reading.text(person.get("name")), offers, granted, found.unlisted)


def check(connection: Connection, redirect_uri: str) -> AppCheck:
    """Id, secret and version: by an app token, and by asking for the app itself with it; and whether its settings fit
    the host of the redirect address (Graph API, Application: ``app_domains``, ``privacy_policy_url``)."""
    with closing(_app_session(connection)) as session, one_call(TITLE, connection.timeout):
        token = _token(session, connection, {"grant_type": "client_credentials"})
        answer = _application(session, connection, token)
        version = asked_for(connection.app)
        served = answer.headers.get("facebook-api-version", version)
        if served != version:
            raise AppRefused(f"{TITLE} serves {served} instead of {version}.", code="version", network_message=served)
        return _read_application(reading.as_object(answer.json(), TITLE), urlsplit(redirect_uri).hostname or "")


def discard(connection: Connection, grant: Grant) -> bool:  # noqa: ARG001 - there is nothing to call
    """Graph voids no single token: ``DELETE /me/permissions`` ends the person's consent, and with it the tokens of all
    Pages that they ever connected."""
    return False


def _application(session: NetworkSession, connection: Connection, token: str) -> Response:
    """The app by its own token. Fields that Graph does not give to it are not asked for a second time."""
    address = f"{GRAPH}/{asked_for(connection.app)}/{connection.app.get('client_id', '')}"
    try:
        return session.get(address, params={"fields": "id,name,app_domains,privacy_policy_url"}, headers=_bearer(token))
    except (Rejected, ReconnectNeeded):
        return session.get(address, params={"fields": "id,name"}, headers=_bearer(token))


def _read_application(app: dict[str, Any], host: str) -> AppCheck:
    right = [AppPoint.CREDENTIALS, AppPoint.VERSION]
    doubtful: list[tuple[AppPoint, str]] = []
    domains = app.get("app_domains")
    named = [d.lower() for d in domains if isinstance(d, str)] if isinstance(domains, list) else []
    if named and any(host == domain or host.endswith(f".{domain}") for domain in named):
        right.append(AppPoint.DOMAINS)
    elif named:
        doubtful.append((AppPoint.DOMAINS, ", ".join(named)))
    if "privacy_policy_url" in app and not reading.text(app["privacy_policy_url"]):
        doubtful.append((AppPoint.PRIVACY, ""))
    elif reading.text(app.get("privacy_policy_url")):
        right.append(AppPoint.PRIVACY)
    return AppCheck(tuple(right), tuple(doubtful), UNSEEN)


def _app_session(connection: Connection) -> NetworkSession:
    """A session without an account: the app names itself in the body, where no log of addresses keeps its secret."""
    secrets = (connection.app.get("client_secret", ""),)
    return open_session(TITLE, HOSTS, connection, judge, limits=readings, secrets=secrets)


def _token(session: NetworkSession, connection: Connection, form: dict[str, str]) -> str:
    app = connection.app
    own = {"client_id": app.get("client_id", ""), "client_secret": app.get("client_secret", "")}
    try:
        answer = session.post(f"{GRAPH}/{asked_for(app)}/oauth/access_token", data={**form, **own})
    except (Rejected, ReconnectNeeded) as error:
        raise refused(error, TITLE, app=APP_CODES) from error
    except Uncertain as error:
        if error.code == "1" and "client secret" in error.network_message:  # "Error validating client secret."
            raise refused(error, TITLE, app=APP_CODES) from error
        raise
    token = reading.text(reading.child(answer.json(), "access_token"))
    if not token:
        raise Uncertain(f"{TITLE} gave no access token.")
    return token


def _granted(client: GraphClient) -> frozenset[str]:
    answer = reading.as_object(client.ask("me/permissions"), TITLE)
    listed = reading.items(reading.as_list(answer.get("data"), TITLE))
    return frozenset(reading.text(p.get("permission")) for p in listed if p.get("status") == "granted")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
