"""python-linkedin-v2's application on our session, with the calls that post, which the package does not have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests
from linkedin_v2 import linkedin

from publishers.base import Connection
from publishers.http import BearerAuth, NetworkSession, open_session
from publishers.linkedin import versions
from publishers.linkedin.errors import TITLE, judge
from publishers.linkedin.limits import readings
from publishers.preparing import FileBody

HOSTS = ("api.linkedin.com", "www.linkedin.com")
WEBSITE = "https://www.linkedin.com"  # where tokens are given out
PROTOCOL = "2.0.0"


def open_linkedin_session(token: str, secrets: tuple[str, ...], connection: Connection) -> NetworkSession:
    return open_session(
        TITLE, HOSTS, connection, judge, limits=readings, secrets=(token, *secrets), auth=BearerAuth(token)
    )


class LinkedInClient(linkedin.LinkedInApplication):  # type: ignore[misc]
    """linkedin.LinkedInApplication whose requests carry the token in a header instead of the address."""

    def __init__(self, token: str, session: NetworkSession, app: Mapping[str, str]) -> None:
        super().__init__(token=token)
        self._session = session
        self._versioned = {
            "LinkedIn-Version": versions.asked_for(app),
            "X-Restli-Protocol-Version": PROTOCOL,
        }

    def make_request(
        self,
        method: str,
        url: str,
        data: bytes | str | FileBody | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_timeout: Any,
    ) -> requests.Response:
        """The package's one way out, overridden. What bounds the time is the deadline of the call."""
        sent = {**self._versioned, **(headers or {})}
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        return self._session.request(method.upper(), url, data=data, params=params, headers=sent)

    def rest(self, method: str, path: str, body: Any = None, action: str = "") -> requests.Response:
        """A call of the versioned API. ``path`` comes with its query, encoded as Rest.li 2.0 wants it."""
        data = None if body is None else json.dumps(body)
        headers = {"X-RestLi-Method": action} if action else {}
        return self.make_request(method, f"{self.BASE_URL}{path}", data=data, headers=headers)


def encoded(urn: str) -> str:
    """A URN as Rest.li wants it in an address: its colons and brackets percent-encoded."""
    return quote(urn, safe="")
