"""Connecting Pages by Facebook Login.

Sources: developers.facebook.com, "Manually Build a Login Flow", "Long-Lived Access Tokens".
"""

from __future__ import annotations

from contextlib import closing
from typing import Any
from urllib.parse import urlencode

from publishers import reading
from publishers.base import Account, Connection, ReconnectNeeded, Rejected, Uncertain
from publishers.connecting import AppRefused, Begun, Grant, Offer, Return, code_of, refused
from publishers.facebook.client import HOSTS, GraphClient, open_facebook_session
from publishers.facebook.consent import CONSENT, PAGE, TASK
from publishers.facebook.errors import TITLE, judge
from publishers.facebook.limits import readings
from publishers.facebook.versions import asked_for
from publishers.http import NetworkSession, browser_address, one_call, open_session

DIALOG = "https://www.facebook.com"
GRAPH = "https://graph.facebook.com"
PAGES_AT_ONCE = 100
MOST_CALLS = 10

MAY_PUBLISH = frozenset({"MANAGE", "CREATE_CONTENT", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_CREATE_CONTENT"})
"""Tasks on a Page that let a person publish (Pages API, Page roles and tasks)."""

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
            offers = tuple(_offer(page, granted) for page in _pages(client, granted))
            return Grant(reading.text(person.get("name")), offers)


def check(connection: Connection, redirect_uri: str) -> None:  # noqa: ARG001 - Graph tells nothing of it without a person
    """Id, secret and version: by an app token, and by asking for the app itself with it."""
    with closing(_app_session(connection)) as session, one_call(TITLE, connection.timeout):
        token = _token(session, connection, {"grant_type": "client_credentials"})
        version, app = asked_for(connection.app), connection.app.get("client_id", "")
        answer = session.get(f"{GRAPH}/{version}/{app}", params={"fields": "id,name"}, headers=_bearer(token))
        served = answer.headers.get("facebook-api-version", version)
        if served != version:
            raise AppRefused(f"{TITLE} serves {served} instead of {version}.", code="version", network_message=served)


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


def _pages(client: GraphClient, granted: frozenset[str]) -> list[dict[str, Any]]:
    """The Pages that the person shared; none where they did not let us list them."""
    if "pages_show_list" not in granted:
        return []
    query = {"fields": "id,name,link,access_token,tasks", "limit": str(PAGES_AT_ONCE)}
    found: list[dict[str, Any]] = []
    for _ in range(MOST_CALLS):
        answer = reading.as_object(client.ask("me/accounts", **query), TITLE)
        found += reading.items(reading.as_list(answer.get("data"), TITLE))
        after = reading.text(reading.child(answer, "paging", "cursors", "after"))
        if not after or not reading.child(answer, "paging", "next"):
            break
        query["after"] = after
    return [page for page in found if reading.identifier(page.get("id")) and reading.text(page.get("access_token"))]


def _offer(page: dict[str, Any], granted: frozenset[str]) -> Offer:
    page_id = reading.accepted_id(page.get("id"), TITLE)
    tasks = page.get("tasks")
    idle = isinstance(tasks, list) and not MAY_PUBLISH.intersection(t for t in tasks if isinstance(t, str))
    missing = (*CONSENT.missing(granted, PAGE), *((TASK.name,) if idle else ()))
    url = reading.text(page.get("link")) or f"https://www.facebook.com/{page_id}"
    account = Account(page_id, reading.text(page.get("name")) or page_id, url, missing)
    return Offer(account, {"page_id": page_id, "access_token": reading.text(page.get("access_token"))}, PAGE)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
