"""A LinkedIn post or comment that is live: looked at, and given another text (Posts API, "Update a post")."""

from __future__ import annotations

from publishers import reading
from publishers.base import OutgoingPost, ReconnectNeeded, Rejected, RemotePost, Uncertain
from publishers.connected import Connected
from publishers.linkedin import comments
from publishers.linkedin.client import LinkedInClient, encoded
from publishers.linkedin.errors import TITLE
from publishers.linkedin.metrics import unsupported_if_unreadable
from publishers.linkedin.text import compose, escape


class LinkedInAfter(Connected):
    """See :class:`publishers.optional.AfterPublishing`."""

    _client: LinkedInClient
    _author: str

    def look(self, remote_id: str) -> RemotePost | None:
        """Raises Unsupported where the connection may not read: self-serve apps post for members without that."""
        from publishers.linkedin.publisher import _remote_post

        with self._call():
            try:
                if comments.is_comment(remote_id):
                    return comments.one(self._client, self._author, remote_id)
                answer = self._client.rest("GET", f"/rest/posts/{encoded(remote_id)}").json()
            except ReconnectNeeded as error:
                raise unsupported_if_unreadable(error) from error
            except Rejected as error:
                if error.status in (404, 410):
                    return None
                raise
            found = _remote_post(reading.as_object(answer, TITLE))
            if found is None:
                raise Uncertain(f"{TITLE} gave a post that cannot be read.")
            return found

    def edit(self, remote_id: str, post: OutgoingPost) -> None:
        body = {"patch": {"$set": {"commentary": escape(compose(post))}}}
        with self._call():
            if comments.is_comment(remote_id):
                comments.edit(self._client, self._author, remote_id, post)
                return
            self._client.rest("POST", f"/rest/posts/{encoded(remote_id)}", body, action="PARTIAL_UPDATE")
