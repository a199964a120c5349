"""tweepy's client on our session."""

from __future__ import annotations

from typing import Any

import tweepy

from publishers.base import Connection
from publishers.http import USER_AGENT, BearerAuth, NetworkSession, open_session
from publishers.twitter import costs
from publishers.twitter.errors import TITLE, judge
from publishers.twitter.limits import readings

HOST = "https://api.twitter.com"
HOSTS = ("api.twitter.com", "api.x.com", "upload.twitter.com", "upload.x.com")


def open_twitter_session(token: str, user_id: str, secrets: tuple[str, ...], connection: Connection) -> NetworkSession:
    """A session of one account; ``secrets`` are those besides its token."""
    return open_session(
        TITLE,
        HOSTS,
        connection,
        judge,
        limits=readings,
        charges=costs.reader(user_id, connection.app),
        secrets=(token, *secrets),
        auth=BearerAuth(token),
    )


class TwitterClient(tweepy.Client):  # type: ignore[misc]
    """tweepy.Client with its host fixed, so that our session decides where it goes and how long it may take.

    The token stays with the session: tweepy writes the header it would make itself into its debug log.
    """

    def __init__(self, session: NetworkSession) -> None:
        super().__init__(return_type=dict, wait_on_rate_limit=False)
        self.session = session
        self.user_agent = USER_AGENT

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """A call that tweepy has no name for. ``json`` is its body, ``params`` its query."""
        return self._make_request(method, path, **options)
