"""A Page's post or comment that is live: looked at, and given another text (Graph API, Page Post and Comment)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from publishers import reading
from publishers.base import NetworkError, OutgoingPost, RemotePost, Uncertain
from publishers.connected import Connected
from publishers.facebook import listing
from publishers.facebook.client import GraphClient
from publishers.facebook.errors import TITLE, is_gone
from publishers.facebook.text import compose

_ALWAYS = datetime.min.replace(tzinfo=UTC)


class FacebookAfter(Connected):
    """See :class:`publishers.optional.AfterPublishing`."""

    _client: GraphClient
    _page: str

    def look(self, remote_id: str) -> RemotePost | None:
        own_post = remote_id.startswith(f"{self._page}_")
        fields = listing.POST_FIELDS if own_post else listing.COMMENT_FIELDS
        with self._call():
            try:
                found = reading.as_object(self._client.ask(quote(remote_id, safe=""), fields=fields), TITLE)
            except NetworkError as error:
                if not is_gone(error):
                    raise
                # Graph says the same of a post that is gone and of one that the token may not see: whoever may read
                # the Page's posts would see it.
                self._client.ask(f"{self._page}/published_posts", fields="id", limit="1")
                return None
            posts, _ = listing.read([found], _ALWAYS, author=None if own_post else self._page)
            if not posts:
                raise Uncertain(f"{TITLE} gave a post that cannot be read.")
            return posts[0]

    def edit(self, remote_id: str, post: OutgoingPost) -> None:
        with self._call():
            path = f"{self._client.version}/{quote(remote_id, safe='')}"
            answer = self._client.request(path, post_args={"message": compose(post)})
            if reading.child(answer, "success") is not True:
                raise Uncertain(f"{TITLE} did not say whether the post was changed.")
