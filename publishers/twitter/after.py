"""A post on X that is live: looked at. Its API edits only for accounts with a subscription: editing is not offered."""

from __future__ import annotations

from datetime import UTC, datetime

from publishers import reading
from publishers.base import Rejected, RemotePost, Uncertain
from publishers.connected import Connected
from publishers.twitter.client import TwitterClient
from publishers.twitter.errors import TITLE

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_FIELDS = ["created_at", "entities", "attachments", "note_tweet"]


class TwitterAfter(Connected):
    """See :class:`publishers.optional.AfterPublishing`."""

    _client: TwitterClient

    def look(self, remote_id: str) -> RemotePost | None:
        from publishers.twitter.publisher import _read

        with self._call():
            answer = reading.as_object(
                self._client.get_tweets([remote_id], tweet_fields=_FIELDS, user_auth=False), TITLE
            )
            posts, _ = _read(reading.items(answer.get("data")), _ALWAYS)
            if posts:
                return posts[0]
            problems = reading.items(answer.get("errors"))
            if any(reading.text(p.get("type")).endswith("/resource-not-found") for p in problems):
                return None
            if problems:
                raise Rejected(
                    f"{TITLE} does not show this post.", network_message=reading.text(problems[0].get("detail"))
                )
            raise Uncertain(f"{TITLE} gave a post that cannot be read.")
