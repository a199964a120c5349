"""Connecting organisations and a member's own profile (learn.microsoft.com, "LinkedIn: Authorization Code Flow")."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from linkedin_v2.linkedin import LinkedInAuthentication

from publishers import reading
from publishers.base import Account, Connection, NetworkError, ReconnectNeeded, Rejected
from publishers.connecting import AppCheck, AppPoint, Begun, CodeRefused, Grant, Offer, Return, code_of, refused
from publishers.http import NetworkSession, browser_address, one_call, open_session
from publishers.linkedin.client import HOSTS, WEBSITE, LinkedInClient, open_linkedin_session
from publishers.linkedin.consent import CONSENT, ORGANIZATION, PERSON
from publishers.linkedin.errors import TITLE, judge
from publishers.linkedin.limits import readings
from publishers.linkedin.people import Profile, member, organisation, organisations

TOKEN = f"{WEBSITE}/oauth/v2/accessToken"

LISTS_ORGANISATIONS = frozenset({"rw_organization_admin", "r_organization_admin", "r_organization_social"})

APP_CODES = frozenset({"invalid_client", "invalid_client_id", "unauthorized_client", "invalid_redirect_uri"})


def begin(connection: Connection, redirect_uri: str, state: str) -> Begun:
    app = connection.app
    request = LinkedInAuthentication(
        app.get("client_id", ""), app.get("client_secret", ""), redirect_uri, list(CONSENT.wanted(app))
    )
    request.AUTHORIZATION_URL = f"{WEBSITE}/oauth/v2/authorization"  # the package has the one of before 2019
    request.state = state
    return Begun(browser_address(request.authorization_url, connection))


def finish(connection: Connection, back: Return) -> Grant:
    """Code to token (60 days), then the member and the organisations that they may post for."""
    code = code_of(back, TITLE)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back.redirect_uri}
    with one_call(TITLE, connection.timeout):
        now = datetime.now(UTC)
        answer = _token_call(connection, form)
        token = reading.text(answer.get("access_token"))
        if not token:
            raise CodeRefused(f"{TITLE} gave no access token.")
        access = _access(answer, token, now)
        granted = _scopes(answer, connection)
        secrets = (access.get("refresh_token", ""), connection.app.get("client_secret", ""))
        with closing(open_linkedin_session(token, secrets, connection)) as session:
            return _grant(LinkedInClient(token, session, connection.app), access, granted)


def check(connection: Connection, redirect_uri: str) -> AppCheck:  # noqa: ARG001 - LinkedIn tells nothing of it without a person
    """Id and secret: most apps may not have a token of their own, but are told so only after they were recognised."""
    try:
        with one_call(TITLE, connection.timeout):
            _token_call(connection, {"grant_type": "client_credentials"})
    except CodeRefused:
        pass
    return AppCheck((AppPoint.CREDENTIALS,))


def discard(connection: Connection, grant: Grant) -> bool:  # noqa: ARG001 - there is nothing to call
    """LinkedIn documents no call that voids one token and leaves the member's others alone."""
    return False


def _token_call(connection: Connection, form: dict[str, str]) -> dict[str, Any]:
    app = connection.app
    own = {"client_id": app.get("client_id", ""), "client_secret": app.get("client_secret", "")}
    with closing(_app_session(connection)) as session:
        try:
            answer = session.post(TOKEN, data={**form, **own})
        except (Rejected, ReconnectNeeded) as error:
            raise _refused(error) from error
        return reading.as_object(answer.json(), TITLE)


def _refused(error: NetworkError) -> NetworkError:
    """LinkedIn answers ``invalid_client`` or, for an app that it does not know, ``invalid_request`` that names it."""
    if "client" in error.network_message.lower() and error.code == "invalid_request":
        return refused(error, TITLE, app=frozenset({error.code}))
    return refused(error, TITLE, app=APP_CODES)


def _app_session(connection: Connection) -> NetworkSession:
    secrets = (connection.app.get("client_secret", ""),)
    return open_session(TITLE, HOSTS, connection, judge, limits=readings, secrets=secrets)


def _access(answer: Mapping[str, Any], token: str, now: datetime) -> dict[str, str]:
    access = {"access_token": token}
    if refresh_token := reading.text(answer.get("refresh_token")):
        access["refresh_token"] = refresh_token
    seconds = reading.count(answer, "expires_in")
    if seconds is not None:
        access["expires_at"] = reading.rfc3339(now + timedelta(seconds=seconds))
    if said := _said(answer):
        access["scopes"] = ",".join(sorted(said))
    return access


def _said(answer: Mapping[str, Any]) -> list[str]:
    return reading.text(answer.get("scope")).replace(",", " ").split()


def _scopes(answer: Mapping[str, Any], connection: Connection) -> frozenset[str]:
    """What was granted; what was asked for where LinkedIn does not say. Newer names of comment permissions
    (``w_organization_social_feed``) come beside the ones that posting needs."""
    return frozenset(_said(answer) or CONSENT.wanted(connection.app))


def _grant(client: LinkedInClient, access: dict[str, str], granted: frozenset[str]) -> Grant:
    own = member(client)
    urns = organisations(client) if granted & LISTS_ORGANISATIONS else []
    offers = [_offer(organisation(client, urn), access, granted, ORGANIZATION) for urn in urns]
    offers.append(_offer(own, access, granted, PERSON))
    return Grant(own[1], tuple(offers), granted)


def _offer(profile: Profile, access: dict[str, str], granted: frozenset[str], kind: str) -> Offer:
    urn, name, url = profile
    account = Account(urn, name, url, CONSENT.missing(granted, kind))
    return Offer(account, {"author": urn, **access}, kind)
