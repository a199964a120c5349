"""XING's partner API by requests-oauthlib: OAuth 1.0a, PLAINTEXT."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import requests
from oauthlib.oauth1 import SIGNATURE_PLAINTEXT
from requests_oauthlib import OAuth1

from publishers.base import Connection, Credentials
from publishers.connected import required
from publishers.http import NetworkSession, open_session
from publishers.xing.errors import TITLE, judge
from publishers.xing.limits import readings

HOST = "https://api.xing.com"
HOSTS = ("api.xing.com",)
SECRETS = ("consumer_secret", "token", "token_secret")


def open_xing_session(credentials: Credentials, connection: Connection) -> NetworkSession:
    signed = OAuth1(
        required(credentials, "consumer_key", TITLE),
        client_secret=required(credentials, "consumer_secret", TITLE),
        resource_owner_key=required(credentials, "token", TITLE),
        resource_owner_secret=required(credentials, "token_secret", TITLE),
        signature_method=SIGNATURE_PLAINTEXT,
    )
    secrets = tuple(credentials[name] for name in SECRETS)
    return open_session(TITLE, HOSTS, connection, judge, limits=readings, secrets=secrets, auth=signed)


class XingClient:
    """The few calls of the partner API that publishing needs."""

    def __init__(self, session: NetworkSession, user_id: str) -> None:
        self._session = session
        self._user = quote(user_id or "me", safe="")

    def me(self) -> Any:
        return self._get("/v1/users/me", fields="id,display_name,permalink").json()

    def post_status(self, message: str) -> requests.Response:
        return self._session.post(f"{HOST}/v1/users/me/status_message", data={"message": message})

    def share_link(self, link: str, text: str) -> requests.Response:
        form = {"uri": link, "text": text} if text else {"uri": link}
        return self._session.post(f"{HOST}/v1/users/me/share/link", data=form)

    def feed(self, until: str | None = None) -> Any:
        """The account's own activities, newest first. ``until``: only those before this moment (ISO 8601)."""
        query = {"aggregate": "false"}
        if until is not None:
            query["until"] = until
        return self._get(f"/v1/users/{self._user}/feed", **query).json()

    def activity(self, activity_id: str) -> Any:
        return self._get(f"/v1/activities/{quote(activity_id, safe='')}").json()

    def comments(self, activity_id: str, offset: int, limit: int) -> Any:
        """The comments of an activity, earliest first."""
        path = f"/v1/activities/{quote(activity_id, safe='')}/comments"
        return self._get(path, offset=str(offset), limit=str(limit)).json()

    def comment(self, activity_id: str, text: str) -> requests.Response:
        return self._session.post(f"{HOST}/v1/activities/{quote(activity_id, safe='')}/comments", data={"text": text})

    def delete_comment(self, activity_id: str, comment_id: str) -> None:
        path = f"/v1/activities/{quote(activity_id, safe='')}/comments/{quote(comment_id, safe='')}"
        self._session.delete(f"{HOST}{path}")

    def delete(self, activity_id: str) -> None:
        self._session.delete(f"{HOST}/v1/activities/{quote(activity_id, safe='')}")

    def _get(self, path: str, **query: str) -> requests.Response:
        return self._session.get(f"{HOST}{path}", params=query)
