"""A post on X that is live: looked at. Its API edits only for accounts with a subscription: editing is not offered."""

from __future__ import annotations

from publishers import reading
from publishers.base import Rejected, RemotePost, Uncertain
from publishers.connected import Connected
from publishers.twitter import listing
from publishers.twitter.client import TwitterClient
from publishers.twitter.errors import TITLE


class TwitterAfter(Connected):
    """See :class:`publishers.optional.AfterPublishing`."""

    _client: TwitterClient

    def look(self, remote_id: str) -> RemotePost | None:
        with self._call():
            answer = reading.as_object(
                self._client.get_tweets([remote_id], tweet_fields=list(listing.FIELDS), user_auth=False), TITLE
            )
            found = next((listing.one(tweet) for tweet in reading.items(answer.get("data"))), None)
            if found is not None:
                return found
            problems = reading.items(answer.get("errors"))
            if any(reading.text(p.get("type")).endswith("/resource-not-found") for p in problems):
                return None
            if problems:
                raise Rejected(
                    f"{TITLE} does not show this post.", network_message=reading.text(problems[0].get("detail"))
                )
            raise Uncertain(f"{TITLE} gave a post that cannot be read.")
