"""What a token may do, by Graph's word.

Sources: Graph API, Debug-Token (an app's own token may inspect those that were given to it; ``scopes``,
``granular_scopes``, ``profile_id``), Batch requests, User: permissions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from publishers import reading
from publishers.base import NetworkError
from publishers.facebook.client import GraphClient, proof_of
from publishers.facebook.versions import asked_for
from publishers.http import BearerAuth, NetworkSession

GRAPH = "https://graph.facebook.com"


@dataclass(frozen=True, slots=True)
class Inspected:
    """``scopes`` are granted; of those in ``only_for`` on these objects alone. ``page`` is whose token it is, where it
    is a Page's."""

    scopes: frozenset[str]
    page: str = ""
    only_for: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def granted_on(self, page: str) -> frozenset[str]:
        """What is granted for one Page."""
        return frozenset(scope for scope in self.scopes if page in self.only_for.get(scope, frozenset({page})))


def inspect(client: GraphClient, session: NetworkSession, token: str, app: Mapping[str, str]) -> Inspected | None:
    """None where Graph does not say: a Page's token is told to nobody but the app that it was given to."""
    found = _by_the_app(session, token, app) if app.get("client_id") and app.get("client_secret") else None
    return found or _by_itself(client)


def _by_the_app(session: NetworkSession, token: str, app: Mapping[str, str]) -> Inspected | None:
    """As a part of a batch: so the token travels in the body, and no log of addresses holds it."""
    part = {"method": "GET", "relative_url": f"debug_token?{urlencode({'input_token': token})}"}
    own = f"{app['client_id']}|{app['client_secret']}"
    form = {"batch": json.dumps([part]), "include_headers": "false", "access_token": own}
    form |= proof_of(own, app["client_secret"])
    try:
        answer = session.post(f"{GRAPH}/{asked_for(app)}/", data=form, auth=BearerAuth(own)).json()
        body = (
            json.loads(reading.text(reading.child(answer[0], "body"))) if isinstance(answer, list) and answer else None
        )
    except (NetworkError, ValueError):
        return None
    data = reading.child(body, "data")
    scopes = reading.child(data, "scopes")
    if not isinstance(scopes, list) or reading.child(data, "is_valid") is not True:
        return None
    return Inspected(_names(scopes), reading.identifier(data.get("profile_id")) or "", _only_for(data))


def _by_itself(client: GraphClient) -> Inspected | None:
    """A person's own token may ask; a Page's has no such edge."""
    try:
        answer = client.ask("me/permissions")
    except NetworkError:
        return None
    listed = reading.child(answer, "data")
    if not isinstance(listed, list):
        return None
    return Inspected(_names([p.get("permission") for p in reading.items(listed) if p.get("status") == "granted"]))


def _only_for(data: Any) -> dict[str, frozenset[str]]:
    """A scope without ``target_ids`` holds for everything."""
    found = {}
    for one in reading.items(reading.child(data, "granular_scopes")):
        targets = one.get("target_ids")
        if isinstance(targets, list) and targets:
            found[reading.text(one.get("scope"))] = frozenset(str(target) for target in targets)
    return found


def _names(values: list[Any]) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str))
